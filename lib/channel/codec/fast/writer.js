'use strict';
// Puts primitives straight into memory that somebody else owns, and moves to memory of its own when that is full: what was
// written stays valid, so nobody has to encode a message twice (its getters would run twice).

const {
  SHORT_TEXT, SHORT_LIMIT, INT8, INT16, INT32, DOUBLE, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT64, BIGUINT64, BIGINT,
} = require('./tags');
const { LARGE } = require('../internal-messages');
const {
  BigInt64Array, BigUint64Array, Float64Array, Uint8Array, arrayPush, bigintAsIntN, bigintAsUintN, bigintToString, bufferAllocUnsafeSlow,
  bufferByteLength: byteLength, bufferCopy, bufferLatin1Write, bufferUcs2Write, getTypedArrayBuffer, mathMax, mathMin, regexpExec, stringCharCodeAt,
} = require('../../../node/primordials');

const double = new Float64Array(1);
const signed = new BigInt64Array(getTypedArrayBuffer(double));
const unsigned = new BigUint64Array(getTypedArrayBuffer(double));
const eight = new Uint8Array(getTypedArrayBuffer(double));

const WIDE = /[^\0-\xff]/;
// More than this in one message is left to V8 and its limits.
const MOST = 0x3fffffff;
// In memory of its own a message leaves so much room in front, for what a wire puts there.
const HEAD = 5;

class Writer {
  constructor() {
    this.bytes = undefined;
    this.at = 0;
    this.limit = 0;
    // Where this message begins; places inside it are counted from here, for they survive a move.
    this.base = 0;
    // Shared memory for what is large, where there is any, and the pages of the blocks that this message has there.
    this.blocks = undefined;
    this.placed = [];
  }

  begin(buffer, at, limit) {
    this.bytes = buffer;
    this.at = at;
    this.base = at;
    this.limit = limit;
  }

  // `tooLong` is thrown when there cannot be so much room.
  room(count, tooLong) {
    if (this.at + count > this.limit) this.move(count, tooLong);
  }

  move(count, tooLong) {
    const used = this.at - this.base;
    const wanted = used + count;
    if (wanted > MOST) throw tooLong;
    // What is as large as all before it is rarely followed by as much again.
    const size = count > used && count > 0x10000 ? wanted + 0x1000 : 2 * wanted;
    const bytes = bufferAllocUnsafeSlow(HEAD + mathMax(mathMin(size, MOST), 512));
    bufferCopy(this.bytes, bytes, HEAD, this.base, this.at);
    this.bytes = bytes;
    this.at = HEAD + used;
    this.base = HEAD;
    this.limit = bytes.length;
  }

  u8(value) {
    this.bytes[this.at++] = value;
  }

  u16(value) {
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    this.at = at + 2;
  }

  u32(value) {
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    bytes[at + 2] = value >> 16;
    bytes[at + 3] = value >> 24;
    this.at = at + 4;
  }

  // The eight bytes of the scratch number; room for them is there.
  eight() {
    const { bytes, at } = this;
    bytes[at] = eight[0];
    bytes[at + 1] = eight[1];
    bytes[at + 2] = eight[2];
    bytes[at + 3] = eight[3];
    bytes[at + 4] = eight[4];
    bytes[at + 5] = eight[5];
    bytes[at + 6] = eight[6];
    bytes[at + 7] = eight[7];
    this.at = at + 8;
  }

  number(value, tooLong) {
    this.room(9, tooLong);
    const integer = value | 0;
    if (integer !== value || (integer === 0 && 1 / value < 0)) {
      this.u8(DOUBLE);
      double[0] = value;
      this.eight();
    } else if (integer >= 0 && integer < 64) {
      this.u8(integer);
    } else if (integer >= -128 && integer < 128) {
      this.u8(INT8);
      this.u8(integer);
    } else if (integer >= -32768 && integer < 32768) {
      this.u8(INT16);
      this.u16(integer);
    } else {
      this.u8(INT32);
      this.u32(integer);
    }
  }

  text(text, tooLong) {
    const { length } = text;
    if (length < SHORT_LIMIT) {
      this.room(length + 1, tooLong);
      const { bytes } = this;
      let { at } = this;
      bytes[at++] = SHORT_TEXT + length;
      let all = 0;
      for (let i = 0; i < length; i++) {
        const unit = stringCharCodeAt(text, i);
        all |= unit;
        bytes[at++] = unit;
      }
      if (all < 256) this.at = at;
      else this.wide(text, tooLong);
    } else {
      this.long(text, tooLong);
    }
  }

  long(text, tooLong) {
    const { length } = text;
    const encoded = byteLength(text);
    // Characters up to U+00FF take one or two bytes of UTF-8.
    if (encoded !== length && (encoded > 2 * length || regexpExec(WIDE, text) !== null)) {
      this.wide(text, tooLong);
      return;
    }
    if (length >= LARGE && this.textBlock(text, false, tooLong)) return;
    this.room(5 + length, tooLong);
    this.u8(LATIN1);
    this.u32(length);
    bufferLatin1Write(this.bytes, text, this.at, length);
    this.at += length;
  }

  // UTF-16 and not UTF-8: exact for lone surrogates, and what V8 holds anyway.
  wide(text, tooLong) {
    const size = 2 * text.length;
    if (size >= LARGE && this.textBlock(text, true, tooLong)) return;
    this.room(5 + size, tooLong);
    this.u8(UTF16);
    this.u32(text.length);
    bufferUcs2Write(this.bytes, text, this.at, size);
    this.at += size;
  }

  textBlock(text, isWide, tooLong) {
    const page = this.blocks === undefined ? -1 : this.blocks.putText(text, isWide);
    if (page < 0) return false;
    arrayPush(this.placed, page);
    this.room(13, tooLong);
    this.u8(isWide ? UTF16_BLOCK : LATIN1_BLOCK);
    this.block(text.length, page);
    return true;
  }

  // Behind a tag: where so many bytes, or units of text, are. Room for it is there.
  block(length, page) {
    this.u32(length);
    this.u32(this.blocks.generation);
    this.u32(page);
  }

  bigint(value, tooLong) {
    this.room(9, tooLong);
    if (bigintAsIntN(64, value) === value) {
      this.u8(BIGINT64);
      signed[0] = value;
      this.eight();
    } else if (bigintAsUintN(64, value) === value) {
      this.u8(BIGUINT64);
      unsigned[0] = value;
      this.eight();
    } else {
      this.u8(BIGINT);
      this.u8(value < 0n ? 1 : 0);
      this.text(bigintToString(value < 0n ? -value : value, 16), tooLong);
    }
  }
}

module.exports = { HEAD, Writer };
