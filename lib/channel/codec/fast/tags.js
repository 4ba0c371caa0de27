'use strict';
// The first byte of every value in the fast form. Both ends are the same version of this package, so nothing here has to
// last: a change needs no second reader. Numbers of more than one byte have their low byte first.

const primordials = require('../../../node/primordials');

module.exports = {
  // A message begins with one of these: whether any value in it points back to an earlier one. Without that the reader
  // may build objects from the inside out and needs to remember none.
  TREE: 1,
  GRAPH: 2,

  // 0x00-0x3f: the integers 0-63. 0x40-0x7f: a string of 0-63 characters up to U+00FF, one byte each.
  SHORT_TEXT: 0x40,
  SHORT_LIMIT: 64,

  UNDEFINED: 0x80,
  NULL: 0x81,
  TRUE: 0x82,
  FALSE: 0x83,
  INT8: 0x84,
  INT16: 0x85,
  INT32: 0x86,
  DOUBLE: 0x87,
  // u32 count, then one or two bytes for each UTF-16 unit.
  LATIN1: 0x88,
  UTF16: 0x89,
  BIGINT64: 0x8a,
  BIGUINT64: 0x8b,
  // A sign byte, and the hexadecimal digits as a string value.
  BIGINT: 0x8c,
  // u32 count, u32 generation, u32 page: the same in a block of shared memory.
  LATIN1_BLOCK: 0x8d,
  UTF16_BLOCK: 0x8e,

  // u16 shape, values.
  OBJECT: 0x90,
  // u16 shape (or NAMELESS), u16 or u32 count, keys, values.
  SHAPE: 0x91,
  NAMELESS: 0xffff,
  // u8 count, values.
  ARRAY8: 0x92,
  ARRAY32: 0x93,
  // u8 length, u16 count, keys and values: an array with holes or with properties of its own.
  ODD_ARRAY: 0x94,
  HOLE: 0x95,
  // u32 index among the objects of the message, in the order of their first bytes.
  REFERENCE: 0x96,
  MAP: 0x97,
  SET: 0x98,
  DATE: 0x99,
  REGEXP: 0x9a,
  // The primitive follows.
  BOXED: 0x9b,
  ARRAY_BUFFER: 0x9c,
  // u8 index into `views`, u32 length, bytes.
  VIEW: 0x9d,
  // The same with u32 generation and u32 page in place of the bytes.
  ARRAY_BUFFER_BLOCK: 0x9e,
  VIEW_BLOCK: 0x9f,

  BUFFER: 0,
  views: [
    undefined, primordials.Uint8Array, primordials.Int8Array, primordials.Uint8ClampedArray, primordials.Int16Array, primordials.Uint16Array,
    primordials.Int32Array, primordials.Uint32Array, primordials.Float32Array, primordials.Float64Array, primordials.BigInt64Array,
    primordials.BigUint64Array, primordials.DataView,
  ],

  // Deeper trees than this are left to V8, which has its own guard of the stack.
  DEPTH: 200,
  // Longer arrays with holes or properties of their own are left to V8.
  ODD_LENGTH: 128,
  MAX_SHAPES: 1024,
  MAX_KEYS: 64,
};
