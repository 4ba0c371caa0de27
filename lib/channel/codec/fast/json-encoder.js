'use strict';
// What JSON.stringify and JSON.parse would make of a message, in the fast form. Only what JSON carries is written: no
// identity, no undefined, no classes; each value is read as often and in the order that JSON.stringify reads it. What has a
// `toJSON`, what JSON refuses, cycles, and everything whose kind the engine alone knows are left to JSON.stringify.

const { getPrototype, hasOwn, isProxy, isRawJson, makesOrdinary } = require('./brands');
const { FastEncoder, notFast } = require('./encoder');
const { NULL, TRUE, FALSE, DEPTH } = require('./tags');
const { Object, arrayIsArray: isArray, numberIsFinite: isFinite } = require('../../../node/primordials');

const ObjectPrototype = Object.prototype;

class JsonEncoder extends FastEncoder {
  constructor(blocks) {
    super(undefined, blocks);
  }

  value(value) {
    switch (typeof value) {
      case 'string': this.text(value, notFast); break;
      // JSON knows no -0.
      case 'number': isFinite(value) ? this.number(value + 0, notFast) : this.tag(NULL); break;
      case 'boolean': this.tag(value ? TRUE : FALSE); break;
      case 'object':
        if (value === null) this.tag(NULL);
        else this.object(value);
        break;
      // With a toJSON it may be told; without, JSON has an error for it.
      case 'bigint': throw notFast;
      // In an array; in an object it is left out.
      default: this.tag(NULL);
    }
  }

  object(object) {
    if (isProxy(object) || object.toJSON !== undefined || ++this.depth > DEPTH) throw notFast;
    if (isArray(object)) {
      this.array(object);
    } else {
      const prototype = getPrototype(object);
      if (prototype === ObjectPrototype) this.members(object, false);
      else if (prototype === null ? !isRawJson(object) : makesOrdinary(prototype)) this.members(object, prototype !== null);
      else throw notFast;
    }
    this.depth--;
  }

  // As `plain`, with what JSON leaves out. `inherits`: there may be enumerable properties that are not the object's own.
  members(object, inherits) {
    const place = this.at - this.base;
    this.room(3, notFast);
    this.at += 3;
    let node = this.shapes.root;
    let keys = null;
    for (const key in object) {
      if (inherits && !hasOwn(object, key)) continue;
      const value = object[key];
      if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue;
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
      this.value(value);
    }
    this.finish(object, place, node, keys);
  }

  array(array) {
    const { length } = array;
    this.arrayHead(length);
    for (let i = 0; i < length; i++) this.value(array[i]);
  }
}

module.exports = { JsonEncoder };
