'use strict';
// How the built-in classes are written. Each function asks the engine first whether the object is what its prototype says.

const brands = require('./brands');
const {
  MAP, SET, DATE, REGEXP, BOXED, ARRAY_BUFFER, ARRAY_BUFFER_BLOCK, VIEW, VIEW_BLOCK, BUFFER, views,
} = require('./tags');
const { LARGE } = require('../internal-messages');
const {
  ArrayBuffer, BigInt, Boolean, Buffer, DataView, Date, Map, Number, OwnMap, RegExp, Set, String, Uint8Array, arrayPush, bigintValueOf, booleanValueOf, bufferSet, dateGetTime,
  getMapSize, getRegExpSource, getSetSize, mapForEach, numberValueOf, setForEach, stringValueOf,
} = require('../../../node/primordials');

const { view, dataView, arrayBuffer, flags } = brands;

// Runs a built-in that throws for what is not of its class.
function ask(out, method, object) {
  try {
    return method(object);
  } catch {
    throw out.notFast;
  }
}

function date(out, object) {
  const time = ask(out, dateGetTime, object);
  out.tag(DATE);
  out.number(time, out.notFast);
}

// Entries are taken before any of them is written: a getter in one may change the rest.
function map(out, object) {
  const size = ask(out, getMapSize, object);
  const entries = [];
  mapForEach(object, (value, key) => {
    entries[entries.length] = key;
    entries[entries.length] = value;
  });
  collection(out, MAP, size, entries);
}

function set(out, object) {
  const size = ask(out, getSetSize, object);
  const entries = [];
  setForEach(object, (value) => { entries[entries.length] = value; });
  collection(out, SET, size, entries);
}

function collection(out, tag, size, entries) {
  out.room(5, out.notFast);
  out.u8(tag);
  out.u32(size);
  for (let i = 0; i < entries.length; i++) out.value(entries[i]);
}

function regexp(out, object) {
  const source = ask(out, getRegExpSource, object);
  let text = '';
  for (let i = 0; i < flags.length; i++) {
    if (ask(out, flags[i].isSet, object)) text += flags[i].flag;
  }
  out.tag(REGEXP);
  out.text(source, out.notFast);
  out.text(text, out.notFast);
}

function boxed(valueOf) {
  return (out, object) => {
    const value = ask(out, valueOf, object);
    out.tag(BOXED);
    out.value(value);
  };
}

function bytesOf(out, buffer, offset, length) {
  try {
    return new Uint8Array(buffer, offset, length);
  } catch {
    // Detached.
    throw out.notFast;
  }
}

// Puts large bytes into shared memory, if there is a block for them.
function block(out, tag, index, bytes) {
  const page = out.blocks === undefined ? -1 : out.blocks.put(bytes);
  if (page < 0) return false;
  arrayPush(out.placed, page);
  out.room(14, out.notFast);
  out.u8(tag);
  if (index !== undefined) out.u8(index);
  out.block(bytes.length, page);
  return true;
}

function wholeBuffer(out, object) {
  const length = ask(out, arrayBuffer.length, object);
  if (arrayBuffer.resizable?.(object)) throw out.notFast;
  const bytes = bytesOf(out, object, 0, length);
  if (length >= LARGE && block(out, ARRAY_BUFFER_BLOCK, undefined, bytes)) return;
  out.room(5 + length, out.notFast);
  out.u8(ARRAY_BUFFER);
  out.u32(length);
  bufferSet(out.bytes, bytes, out.at);
  out.at += length;
}

function viewOf(index, Class, { kind, name, buffer, offset, length }) {
  return (out, object) => {
    // Node goes by this property when it tells a Buffer.
    if (object.constructor !== Class) throw out.notFast;
    if (kind !== undefined && kind(object) !== name) throw out.notFast;
    const size = ask(out, length, object);
    const isBytes = kind !== undefined && name === 'Uint8Array' && size > 0;
    const bytes = isBytes ? object : bytesOf(out, buffer(object), offset(object), size);
    if (size >= LARGE && block(out, VIEW_BLOCK, index, bytes)) return;
    out.room(6 + size, out.notFast);
    out.u8(VIEW);
    out.u8(index);
    out.u32(size);
    bufferSet(out.bytes, bytes, out.at);
    out.at += size;
  };
}

const byPrototype = new OwnMap();
byPrototype.set(Date.prototype, date);
byPrototype.set(Map.prototype, map);
byPrototype.set(Set.prototype, set);
byPrototype.set(RegExp.prototype, regexp);
byPrototype.set(ArrayBuffer.prototype, wholeBuffer);
byPrototype.set(Buffer.prototype, viewOf(BUFFER, Buffer, { ...view, name: 'Uint8Array' }));
byPrototype.set(Number.prototype, boxed(numberValueOf));
byPrototype.set(String.prototype, boxed(stringValueOf));
byPrototype.set(Boolean.prototype, boxed(booleanValueOf));
byPrototype.set(BigInt.prototype, boxed(bigintValueOf));
for (let i = 0; i < views.length; i++) {
  const View = views[i];
  if (View === undefined) continue;
  byPrototype.set(View.prototype, viewOf(i, View, View === DataView ? dataView : { ...view, name: View.name }));
}

module.exports = { byPrototype };
