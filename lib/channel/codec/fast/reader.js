'use strict';
// Takes primitives out of bytes that nobody has vouched for. Every read is checked against the end of the message, and no
// count is believed that the bytes left could not hold.

const { brokenBody: broken } = require('../../../node/errors');
const { INT8, INT16, INT32, DOUBLE, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT64, BIGUINT64 } = require('./tags');

const {
  BigInt64Array, BigUint64Array, Float64Array, Uint8Array, bufferAlloc, bufferLatin1Slice, bufferUcs2Slice, getTypedArrayBuffer, mathMin, stringFromCharCode: fromCharCode, stringSubstring,
} = require('../../../node/primordials');

const double = new Float64Array(1);
const signed = new BigInt64Array(getTypedArrayBuffer(double));
const unsigned = new BigUint64Array(getTypedArrayBuffer(double));
const eight = new Uint8Array(getTypedArrayBuffer(double));

// A string of at least this length that V8 cuts out of another keeps that other one alive.
const CUT = 13;
// ... which is allowed where the other one is no longer than this.
const SMALL_MESSAGE = 256;
// Text of so many bytes of the message is made at once, for one call out of JavaScript costs more than the copy.
const WINDOW = 4096;
// Up to so many characters cost less than that call, each by itself, unless a message has many such strings.
const TINY = 5;
const FEW_TINY = 3;

const NOTHING = bufferAlloc(0);

class Reader {
  // `blocks`: the receiving direction of the shared memory, or none.
  constructor(blocks = undefined) {
    this.blocks = blocks;
    this.begin(NOTHING, 0, 0);
  }

  begin(bytes, start, end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.isSmall = end - start <= SMALL_MESSAGE;
    // The bytes from `windowStart` as characters.
    this.window = '';
    this.windowStart = start;
    this.windowEnd = start;
    this.tiny = FEW_TINY;
  }

  // -> where to read `count` bytes.
  take(count) {
    const { at } = this;
    if (count > this.end - at) throw broken();
    this.at = at + count;
    return at;
  }

  u8() {
    return this.bytes[this.take(1)];
  }

  u16() {
    const at = this.take(2);
    return this.bytes[at] | this.bytes[at + 1] << 8;
  }

  u32() {
    return this.i32() >>> 0;
  }

  i32() {
    const at = this.take(4);
    const { bytes } = this;
    return bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;
  }

  // The number of things that follow, each at least `size` bytes long.
  items(size) {
    const count = this.u32();
    if (count * size > this.end - this.at) throw broken();
    return count;
  }

  eight() {
    const at = this.take(8);
    const { bytes } = this;
    eight[0] = bytes[at];
    eight[1] = bytes[at + 1];
    eight[2] = bytes[at + 2];
    eight[3] = bytes[at + 3];
    eight[4] = bytes[at + 4];
    eight[5] = bytes[at + 5];
    eight[6] = bytes[at + 6];
    eight[7] = bytes[at + 7];
  }

  number(tag) {
    switch (tag) {
      case INT8: return this.u8() << 24 >> 24;
      case INT16: return this.u16() << 16 >> 16;
      case INT32: return this.i32();
      case DOUBLE:
        this.eight();
        return double[0];
      case BIGINT64:
        this.eight();
        return signed[0];
      case BIGUINT64:
        this.eight();
        return unsigned[0];
      default: throw broken();
    }
  }

  short(length) {
    const at = this.take(length);
    if (length < CUT || this.isSmall) {
      if (at + length > this.windowEnd) {
        if (length <= TINY && this.tiny-- > 0) return this.letters(at, length);
        this.look(at);
      }
      const from = at - this.windowStart;
      return stringSubstring(this.window, from, from + length);
    }
    return bufferLatin1Slice(this.bytes, at, at + length);
  }

  letters(at, length) {
    const { bytes } = this;
    switch (length) {
      case 0: return '';
      case 1: return fromCharCode(bytes[at]);
      case 2: return fromCharCode(bytes[at], bytes[at + 1]);
      case 3: return fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2]);
      case 4: return fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
      default: return fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4]);
    }
  }

  look(at) {
    this.windowStart = at;
    this.windowEnd = mathMin(at + WINDOW, this.end);
    this.window = bufferLatin1Slice(this.bytes, at, this.windowEnd);
  }

  // -> generation, page and length of a block.
  block() {
    const length = this.u32();
    const generation = this.u32();
    return { generation, page: this.u32(), length };
  }

  long(tag) {
    if (tag === LATIN1_BLOCK || tag === UTF16_BLOCK) {
      const { generation, page, length } = this.block();
      const text = this.blocks?.takeText(generation, page, length, tag === UTF16_BLOCK);
      if (text === undefined) throw broken();
      return text;
    }
    if (tag === LATIN1) {
      const length = this.items(1);
      const at = this.take(length);
      return bufferLatin1Slice(this.bytes, at, at + length);
    }
    if (tag !== UTF16) throw broken();
    const size = 2 * this.items(2);
    const at = this.take(size);
    return bufferUcs2Slice(this.bytes, at, at + size);
  }
}

module.exports = { Reader };
