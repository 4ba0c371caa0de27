'use strict';
// Bytes back into a message. The bytes are the peer's and may be anything: what no encoder makes is an Error, never more.
// Objects of a shape that comes often are made by a function generated for it, where the process allows that.

const shapes = require('./records');
const rare = require('./rare');
const { brokenBody: broken } = require('../../../node/errors');
const { Reader } = require('./reader');
const {
  TREE, GRAPH, SHORT_TEXT, UNDEFINED, NULL, TRUE, FALSE, INT8, DOUBLE, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT64,
  BIGUINT64, OBJECT, SHAPE, NAMELESS, ARRAY8, ARRAY32, HOLE, REFERENCE, DEPTH, MAX_SHAPES,
} = require('./tags');
const { Array, arrayPush, bufferAlloc, mathMax } = require('../../../node/primordials');

// Arrays up to this length grow as they are read, so that V8 knows they have no holes.
const SHORT_ARRAY = 32;

class FastDecoder extends Reader {
  constructor(blocks = undefined) {
    super(blocks);
    this.shapes = [];
    this.depth = 0;
    // Every object of the message in the order of its first byte; undefined when none is pointed at.
    this.objects = undefined;
  }

  decode(buffer, start, end) {
    if (!(start >= 0 && start < end && end <= buffer.length)) throw broken();
    this.begin(buffer, start, end);
    this.depth = 0;
    try {
      const kind = this.u8();
      if (kind === GRAPH) this.objects = [];
      else if (kind !== TREE) throw broken();
      const message = this.value();
      if (this.at !== this.end) throw broken();
      return message;
    } finally {
      this.objects = undefined;
      this.begin(NOTHING, 0, 0);
    }
  }

  value() {
    const { at } = this;
    if (at >= this.end) throw broken();
    const tag = this.bytes[at];
    this.at = at + 1;
    if (tag < SHORT_TEXT) return tag;
    if (tag < UNDEFINED) return this.short(tag - SHORT_TEXT);
    switch (tag) {
      case UNDEFINED: return undefined;
      case NULL: return null;
      case TRUE: return true;
      case FALSE: return false;
      case LATIN1:
      case UTF16:
      case LATIN1_BLOCK:
      case UTF16_BLOCK: return this.long(tag);
      case BIGINT64:
      case BIGUINT64: return this.number(tag);
      default:
        if (tag >= INT8 && tag <= DOUBLE) return this.number(tag);
        return this.object(tag);
    }
  }

  object(tag) {
    if (tag === REFERENCE) {
      const index = this.u32();
      if (this.objects === undefined || index >= this.objects.length) throw broken();
      return this.objects[index];
    }
    if (++this.depth > DEPTH) throw broken();
    let object;
    switch (tag) {
      case OBJECT: object = this.shaped(); break;
      case SHAPE: object = this.defined(); break;
      case ARRAY8: object = this.array(this.u8()); break;
      case ARRAY32: object = this.array(this.items(1)); break;
      default: object = rare.read(this, tag);
    }
    this.depth--;
    return object;
  }

  // Keeps an object to which a later reference may point. Its place is taken before what is inside it is read.
  keep(object) {
    if (this.objects !== undefined) this.objects[this.objects.length] = object;
    return object;
  }

  shaped() {
    const shape = this.shapes[this.u16()];
    if (shape === undefined) throw broken();
    return this.objects === undefined ? shape.read(this) : this.fill(shape.keys);
  }

  defined() {
    const number = this.u16();
    if (number !== NAMELESS && number >= MAX_SHAPES) throw broken();
    const count = this.items(1);
    const keys = [];
    for (let i = 0; i < count; i++) {
      const key = this.value();
      if (typeof key !== 'string') throw broken();
      arrayPush(keys, key);
    }
    if (number === NAMELESS) return this.fill(keys);
    // The numbers come in order, but for those of objects inside this one, which are given first.
    while (this.shapes.length <= number) arrayPush(this.shapes, undefined);
    this.shapes[number] = new shapes.Shape(keys);
    return this.fill(keys);
  }

  fill(keys) {
    const object = this.keep({});
    for (let i = 0; i < keys.length; i++) shapes.define(object, keys[i], this.value());
    return object;
  }

  array(length) {
    if (length > this.end - this.at) throw broken();
    const array = this.keep(length > SHORT_ARRAY ? new Array(length) : []);
    for (let i = 0; i < length; i++) {
      if (this.bytes[this.at] !== HOLE) {
        array[i] = this.value();
      } else {
        this.take(1);
        array.length = mathMax(array.length, i + 1);
      }
    }
    return array;
  }
}

const NOTHING = bufferAlloc(0);

module.exports = { FastDecoder };
