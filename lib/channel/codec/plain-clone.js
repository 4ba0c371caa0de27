'use strict';
// The plainest messages in V8's format: primitives, and objects and arrays of nothing else. A child's first messages mostly are, and
// V8's own module takes Node longer to load than all the rest of a channel. Whatever is not understood here for certain is left to V8.

const { define } = require('./fast/records');
const {
  Float64Array, Object, Symbol, Uint8Array, bufferAllocUnsafe, bufferLatin1Slice, bufferLatin1Write, bufferReadDoubleLE, bufferUcs2Slice, bufferWriteUInt32BE, getTypedArrayBuffer,
  objectGetPrototypeOf,
  objectHasOwn, objectIs, regexpExec, stringCharCodeAt, stringFromCharCode: fromCode, types,
} = require('../../node/primordials');

const ObjectPrototype = Object.prototype;

// The version that all Node versions in use write and read, and the oldest in which nothing here was different.
const VERSION = 15;
const OLDEST = 13;
// The length of a frame comes before its body.
const LENGTH = 4;
const HEAD = '\0\0\0\0\xff\x0f';
const DEEPEST = 64;
// What is longer is worth V8's module.
const LONGEST = 4096;
const WIDE = /[^\0-\xff]/;

const NOT_PLAIN = Symbol('kNotPlain');
const isPlain = (message) => message !== NOT_PLAIN;

const double = new Float64Array(1);
const eight = new Uint8Array(getTypedArrayBuffer(double));

function varint(value) {
  let out = '';
  for (; value > 127; value >>>= 7) out += fromCode(128 | value & 127);
  return out + fromCode(value);
}

// -> the bytes of a primitive as characters; undefined for anything else.
function textOf(value) {
  switch (typeof value) {
    case 'string': return value.length > LONGEST || regexpExec(WIDE, value) !== null ? undefined : `"${varint(value.length)}${value}`;
    case 'number':
      if ((value | 0) === value && !objectIs(value, -0)) return `I${varint((value << 1 ^ value >> 31) >>> 0)}`;
      double[0] = value;
      return `N${fromCode(eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7])}`;
    case 'boolean': return value ? 'T' : 'F';
    case 'undefined': return '_';
    default: return value === null ? '0' : undefined;
  }
}

// The same for an object whose properties are primitives.
function textOfObject(object) {
  if (types.isProxy(object) || objectGetPrototypeOf(object) !== ObjectPrototype) return undefined;
  // Keys that every object inherits would be taken for its own.
  for (const _ in ObjectPrototype) return undefined;
  let text = '';
  let count = 0;
  for (const key in object) {
    const first = stringCharCodeAt(key, 0);
    // What has an index for its first key, or no key, may be something else than an ordinary object.
    if (count === 0 && first >= 48 && first <= 57) return undefined;
    const name = textOf(key);
    const value = textOf(object[key]);
    if (name === undefined || value === undefined) return undefined;
    text += name + value;
    count++;
  }
  return count === 0 ? undefined : `o${text}{${varint(count)}`;
}

// -> the frame of a message; undefined where it is not plain.
function write(message) {
  const body = typeof message === 'object' && message !== null ? textOfObject(message) : textOf(message);
  if (body === undefined) return undefined;
  const frame = bufferAllocUnsafe(HEAD.length + body.length);
  bufferLatin1Write(frame, HEAD + body, 0);
  bufferWriteUInt32BE(frame, frame.length - LENGTH);
  return frame;
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    this.depth = 0;
  }

  byte() {
    if (this.at >= this.bytes.length) throw NOT_PLAIN;
    return this.bytes[this.at++];
  }

  varint() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw NOT_PLAIN;
  }

  // -> where `count` bytes are.
  take(count) {
    const { at } = this;
    if (count > this.bytes.length - at) throw NOT_PLAIN;
    this.at += count;
    return at;
  }

  tag() {
    let tag = this.byte();
    // Padding, before text of two bytes a unit.
    while (tag === 0) tag = this.byte();
    return fromCode(tag);
  }

  value(tag = this.tag()) {
    switch (tag) {
      case '_': return undefined;
      case '0': return null;
      case 'T': return true;
      case 'F': return false;
      case 'I': {
        const value = this.varint();
        return value >>> 1 ^ -(value & 1);
      }
      case 'U': return this.varint();
      case 'N': return bufferReadDoubleLE(this.bytes, this.take(8));
      case '"': {
        const length = this.varint();
        const at = this.take(length);
        return bufferLatin1Slice(this.bytes, at, at + length);
      }
      case 'c': {
        const size = this.varint();
        if (size % 2 !== 0) throw NOT_PLAIN;
        const at = this.take(size);
        return bufferUcs2Slice(this.bytes, at, at + size);
      }
      case 'o':
      case 'A': {
        if (++this.depth > DEEPEST) throw NOT_PLAIN;
        const whole = tag === 'o' ? this.object() : this.array();
        this.depth--;
        return whole;
      }
      default: throw NOT_PLAIN;
    }
  }

  object() {
    const object = {};
    let count = 0;
    for (let tag = this.tag(); tag !== '{'; tag = this.tag()) {
      const key = this.value(tag);
      if ((typeof key !== 'string' && typeof key !== 'number') || objectHasOwn(object, key)) throw NOT_PLAIN;
      define(object, key, this.value());
      count++;
    }
    if (this.varint() !== count) throw NOT_PLAIN;
    return object;
  }

  // One without holes and without other properties.
  array() {
    const length = this.varint();
    if (length > this.bytes.length - this.at) throw NOT_PLAIN;
    const array = [];
    for (let i = 0; i < length; i++) array[i] = this.value();
    if (this.tag() !== '$' || this.varint() !== 0 || this.varint() !== length) throw NOT_PLAIN;
    return array;
  }
}

// -> the message in a body, or NOT_PLAIN. What V8 refuses is not plain either.
function read(body) {
  if (body.length < 3 || body.length > LONGEST || body[0] !== 0xff || body[1] < OLDEST || body[1] > VERSION) return NOT_PLAIN;
  try {
    return new Reader(body, 2).value();
  } catch (error) {
    if (error === NOT_PLAIN) return NOT_PLAIN;
    throw error;
  }
}

module.exports = { isPlain, read, write };
