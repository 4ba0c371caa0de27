'use strict';
// Structured clone of one message into bytes, for a peer that runs this very code. It does exactly what V8's serializer
// does as Node's channels use it, or says that it cannot: then V8 does it. What V8 refuses is handed to V8 as well, so the
// error is V8's own. Getters run once and in V8's order, and what they do to the values around them cannot break the bytes.

const brands = require('./brands');
const kinds = require('./kinds');
const { Seen } = require('./seen');
const { Shapes, isDigit } = require('./shapes');
const { Writer } = require('./writer');
const {
  Error, Object, arrayIsArray: isArray, arrayPop, bufferAlloc, bufferCopyWithin, bufferOf, bufferSet, bufferSubarray, objectKeys,
} = require('../../../node/primordials');
const {
  TREE, GRAPH, UNDEFINED, NULL, TRUE, FALSE, OBJECT, SHAPE, NAMELESS, ARRAY8, ARRAY32, ODD_ARRAY, HOLE, REFERENCE,
  DEPTH, ODD_LENGTH,
} = require('./tags');

const { getPrototype, hasOwn, isOrdinary, isPlainArray, isProxy, isRawJson, makesOrdinary } = brands;
const ObjectPrototype = Object.prototype;

const NOT_HERE = -1;
const NOT_FAST = -2;
const MANY_HOLES = 4096;

// Thrown and caught in here alone.
const notFast = new Error('left to V8');

class FastEncoder extends Writer {
  // `refuse(value)` is told of a function or a symbol and throws what sending it throws.
  // `blocks`: the sending direction of the shared memory, or none.
  constructor(refuse = undefined, blocks = undefined) {
    super();
    this.refuse = refuse;
    this.blocks = blocks;
    this.notFast = notFast;
    this.shapes = new Shapes();
    this.isBusy = false;
    // Whether the last message was given up before everything was put in order behind it, as on a full stack.
    this.isUnsettled = false;
    this.body = undefined;
    this.seen = new Seen();
    this.isGraph = false;
    this.depth = 0;
    // How many lists of keys the last message had to tell.
    this.definitions = 0;
  }

  // -> the offset behind the message; -1: it is in `takeBody()`, for it did not fit or the place was needed meanwhile;
  // -2: V8 has to do it, and nothing has changed. Throws what a getter throws.
  encodeInto(buffer, at, limit, message) {
    if (this.isBusy) {
      // A getter sends on the same channel: its message comes first, so it gets the place.
      this.leave();
      return NOT_FAST;
    }
    // Keys that every object inherits would be taken for its own.
    for (const _ in ObjectPrototype) return NOT_FAST;
    if (this.isUnsettled) this.recover();
    this.begin(buffer, at, limit);
    this.isUnsettled = true;
    this.isBusy = true;
    this.definitions = 0;
    let isSent = false;
    try {
      this.shapes.tidy();
      this.room(1, notFast);
      this.at++;
      this.value(message);
      this.bytes[this.base] = this.isGraph ? GRAPH : TREE;
      isSent = true;
      if (this.bytes === buffer) return this.at;
      this.body = bufferSubarray(this.bytes, this.base, this.at);
      return NOT_HERE;
    } catch (error) {
      if (error === notFast) return NOT_FAST;
      throw error;
    } finally {
      this.isBusy = false;
      this.shapes.settle(isSent);
      if (!isSent) this.abandonPlaced();
      this.forget();
      this.isUnsettled = false;
    }
  }

  recover() {
    this.shapes.clear();
    this.abandonPlaced();
    this.forget();
    this.isUnsettled = false;
  }

  abandonPlaced() {
    while (this.placed.length > 0) this.blocks.abandon(arrayPop(this.placed));
  }

  // -> a Buffer of its own, or undefined where V8 has to do it.
  encode(message) {
    return this.encodeInto(NOWHERE, 0, 0, message) === NOT_HERE ? this.takeBody() : undefined;
  }

  takeBody() {
    const { body } = this;
    this.body = undefined;
    return body;
  }

  // Messages were lost, and definitions with them: from the next message on everything is told anew.
  reset() {
    this.shapes.isStale = true;
  }

  // Whoever writes to the place given to encodeInto while `isBusy` calls this first.
  leave() {
    this.move(0, notFast);
  }

  forget() {
    this.bytes = NOWHERE;
    this.depth = 0;
    this.isGraph = false;
    if (this.placed.length > 0) this.placed = [];
    this.seen.clear();
  }

  value(value) {
    switch (typeof value) {
      case 'string': this.text(value, notFast); break;
      case 'number': this.number(value, notFast); break;
      case 'boolean': this.tag(value ? TRUE : FALSE); break;
      case 'object':
        if (value === null) this.tag(NULL);
        else this.object(value);
        break;
      case 'undefined': this.tag(UNDEFINED); break;
      case 'bigint': this.bigint(value, notFast); break;
      default:
        this.refuse?.(value);
        throw notFast;
    }
  }

  tag(tag) {
    this.room(1, notFast);
    this.bytes[this.at++] = tag;
  }

  object(object) {
    const place = this.seen.add(object);
    if (place >= 0) {
      this.reference(place);
      return;
    }
    if (isProxy(object)) {
      this.refuse?.(object);
      throw notFast;
    }
    if (++this.depth > DEPTH) throw notFast;
    if (isArray(object)) {
      this.array(object);
    } else {
      const prototype = getPrototype(object);
      if (prototype === ObjectPrototype) this.plain(object);
      else this.special(object, prototype);
    }
    this.depth--;
  }

  special(object, prototype) {
    const write = kinds.byPrototype.get(prototype);
    if (write !== undefined) {
      write(this, object);
    } else if (prototype === null) {
      if (isRawJson(object)) throw notFast;
      this.plain(object);
    } else if (makesOrdinary(prototype)) {
      this.instance(object);
    } else {
      throw notFast;
    }
  }

  reference(index) {
    this.isGraph = true;
    this.room(5, notFast);
    this.u8(REFERENCE);
    this.u32(index);
  }

  // The values go out while the keys are walked; which shape that was is known, and written in front, at the end.
  plain(object) {
    const place = this.at - this.base;
    this.room(3, notFast);
    this.at += 3;
    let node = this.shapes.root;
    let keys = null;
    for (const key in object) {
      if (keys === null) {
        let next = node.last;
        if (next === null || next.key !== key) next = this.shapes.step(node, key);
        if (next === null) {
          keys = node.path();
          keys[keys.length] = key;
        } else {
          node = next;
        }
      } else {
        keys[keys.length] = key;
      }
      this.value(object[key]);
    }
    this.finish(object, place, node, keys);
  }

  // The same for objects that inherit enumerable properties.
  instance(object) {
    const place = this.at - this.base;
    this.room(3, notFast);
    this.at += 3;
    let node = this.shapes.root;
    let keys = null;
    const own = objectKeys(object);
    for (let i = 0; i < own.length; i++) {
      const key = own[i];
      // A getter may have taken it away.
      if (!hasOwn(object, key)) continue;
      if (keys === null) {
        const next = this.shapes.step(node, key);
        if (next === null) {
          keys = node.path();
          keys[keys.length] = key;
        } else {
          node = next;
        }
      } else {
        keys[keys.length] = key;
      }
      this.value(object[key]);
    }
    this.finish(object, place, node, keys);
  }

  finish(object, place, node, keys) {
    if (keys === null ? node.isDoubtful : isDigit(keys[0])) {
      if (!isOrdinary(object)) throw notFast;
    }
    let shape = NAMELESS;
    if (keys === null) {
      // A shape that an object inside this one has just defined stands behind this place, and has to be told again.
      if (node.shape >= 0 && node.place <= place) {
        const { bytes } = this;
        const start = this.base + place;
        bytes[start] = OBJECT;
        bytes[start + 1] = node.shape;
        bytes[start + 2] = node.shape >> 8;
        return;
      }
      keys = node.path();
      if (this.shapes.name(node, place)) shape = node.shape;
    }
    this.define(place, shape, keys);
  }

  define(place, shape, keys) {
    this.definitions++;
    let size = 4;
    // A wide key takes more bytes than a long one for each unit.
    for (let i = 0; i < keys.length; i++) size += 5 + 2 * keys[i].length;
    // The keys are written behind the values to know their exact size, and change places with them.
    const end = this.at - this.base;
    this.room(size, notFast);
    this.u32(keys.length);
    for (let i = 0; i < keys.length; i++) this.text(keys[i], notFast);
    const exact = this.at - this.base - end;
    const { bytes, base } = this;
    const head = bufferOf(bytes, base + end, this.at);
    const values = base + place + 3;
    bufferCopyWithin(bytes, values + exact, values, base + end);
    bufferSet(bytes, head, values);
    bytes[values - 3] = SHAPE;
    bytes[values - 2] = shape;
    bytes[values - 1] = shape >> 8;
  }

  array(array) {
    const { length } = array;
    if (!isPlainArray(array, length)) {
      if (length > ODD_LENGTH) throw notFast;
      this.oddArray(array, length);
      return;
    }
    this.arrayHead(length);
    for (let i = 0; i < length; i++) {
      const value = array[i];
      if (value === undefined && !hasOwn(array, i)) this.hole(length);
      else this.value(value);
    }
  }

  arrayHead(length) {
    this.room(5, notFast);
    if (length < 256) {
      this.u8(ARRAY8);
      this.u8(length);
    } else {
      this.u8(ARRAY32);
      this.u32(length);
    }
  }

  // V8 has a better form for what is mostly holes.
  hole(length) {
    if (length > MANY_HOLES) throw notFast;
    this.tag(HOLE);
  }

  oddArray(array, length) {
    const keys = objectKeys(array);
    if (keys.length > 0xffff) throw notFast;
    this.room(4, notFast);
    this.u8(ODD_ARRAY);
    this.u8(length);
    const place = this.at - this.base;
    this.at += 2;
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (!hasOwn(array, key)) continue;
      this.text(key, notFast);
      this.value(array[key]);
      count++;
    }
    const start = this.base + place;
    this.bytes[start] = count;
    this.bytes[start + 1] = count >> 8;
  }
}

const NOWHERE = bufferAlloc(0);

module.exports = { FastEncoder, notFast };
