'use strict';
// How the built-in classes are read. The bytes of buffers are copied: the memory they came in is used again.

const { brokenBody: broken } = require('../../../node/errors');
const { define } = require('./records');
const {
  SHORT_TEXT, UNDEFINED, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT, ODD_ARRAY, ODD_LENGTH, MAP, SET, DATE, REGEXP, BOXED,
  ARRAY_BUFFER, ARRAY_BUFFER_BLOCK, VIEW, VIEW_BLOCK, BUFFER, views,
} = require('./tags');
const {
  BigInt, Date, Map, Object, RegExp, Set, Uint8Array, bufferAlloc, bufferAllocUnsafeSlow, bufferCopy, bufferSubarray, mapSet, regexpExec, setAdd,
} = require('../../../node/primordials');

// Small views share blocks, as they share Node's read buffer in a channel without us. No block is written twice.
const BLOCK = 64 * 1024;
const OWN_BLOCK = 8 * 1024;
let block = bufferAlloc(0);
let used = 0;

function read(from, tag) {
  switch (tag) {
    case MAP: return map(from);
    case SET: return set(from);
    case DATE: return date(from);
    case VIEW:
    case VIEW_BLOCK: return view(from, tag);
    case ARRAY_BUFFER:
    case ARRAY_BUFFER_BLOCK: return arrayBuffer(from, tag);
    case BIGINT: return bigint(from);
    case REGEXP: return from.keep(new RegExp(text(from), text(from)));
    case BOXED: return boxed(from);
    case ODD_ARRAY: return oddArray(from);
    default: throw broken();
  }
}

function text(from) {
  const tag = from.u8();
  if (tag >= SHORT_TEXT && tag < UNDEFINED) return from.short(tag - SHORT_TEXT);
  if (tag === LATIN1 || tag === UTF16 || tag === LATIN1_BLOCK || tag === UTF16_BLOCK) return from.long(tag);
  throw broken();
}

function map(from) {
  const count = from.items(2);
  const map = from.keep(new Map());
  for (let i = 0; i < count; i++) {
    const key = from.value();
    mapSet(map, key, from.value());
  }
  return map;
}

function set(from) {
  const count = from.items(1);
  const set = from.keep(new Set());
  for (let i = 0; i < count; i++) setAdd(set, from.value());
  return set;
}

function date(from) {
  const time = from.value();
  if (typeof time !== 'number') throw broken();
  return from.keep(new Date(time));
}

function bigint(from) {
  const isNegative = from.u8() === 1;
  const digits = text(from);
  if (regexpExec(/^[0-9a-f]+$/, digits) === null) throw broken();
  const value = BigInt(`0x${digits}`);
  return isNegative ? -value : value;
}

function boxed(from) {
  const value = from.value();
  if (value === null || value === undefined || typeof value === 'object') throw broken();
  return from.keep(Object(value));
}

function oddArray(from) {
  const length = from.u8();
  if (length > ODD_LENGTH) throw broken();
  const array = from.keep([]);
  array.length = length;
  for (let count = from.u16(); count > 0; count--) {
    const key = text(from);
    if (key === 'length') throw broken();
    define(array, key, from.value());
  }
  if (array.length !== length) throw broken();
  return array;
}

function arrayBuffer(from, tag) {
  if (tag === ARRAY_BUFFER_BLOCK) return from.keep(ownBlock(from).buffer);
  const length = from.items(1);
  const at = from.take(length);
  const bytes = new Uint8Array(length);
  bufferCopy(from.bytes, bytes, 0, at, at + length);
  return from.keep(bytes.buffer);
}

function view(from, tag) {
  const index = from.u8();
  if (index >= views.length) throw broken();
  const bytes = tag === VIEW_BLOCK ? ownBlock(from) : inside(from);
  if (index === BUFFER) return from.keep(bytes);
  const View = views[index];
  const size = View.BYTES_PER_ELEMENT ?? 1;
  const { buffer, byteOffset, length } = bytes;
  if (length % size !== 0) throw broken();
  return from.keep(new View(buffer, byteOffset, length / size));
}

function inside(from) {
  const length = from.items(1);
  return place(from.bytes, from.take(length), length);
}

// -> a Buffer with memory of its own.
function ownBlock(from) {
  const { generation, page, length } = from.block();
  const bytes = from.blocks?.take(generation, page, length);
  if (bytes === undefined) throw broken();
  return bytes;
}

// -> a Buffer with a copy, at a place where every kind of view may begin.
function place(source, at, length) {
  let target;
  if (length > OWN_BLOCK) {
    target = bufferAllocUnsafeSlow(length);
  } else {
    // A block is without length when somebody has transferred it away.
    if (used + length > block.length) {
      block = bufferAlloc(BLOCK);
      used = 0;
    }
    target = bufferSubarray(block, used, used + length);
    used = (used + length + 7) & ~7;
  }
  bufferCopy(source, target, 0, at, at + length);
  return target;
}

module.exports = { read };
