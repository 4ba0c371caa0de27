'use strict';
// The objects that a message has had so far, in order, so that one that comes again becomes a reference. Most messages have
// few, and looking at each of those is cheaper than the hash that a Set gives to every object.

const { Array, OwnMap, arrayFill, setIteratorNext, setOf } = require('../../../node/primordials');

const FEW = 12;

class Seen {
  constructor() {
    this.count = 0;
    this.few = arrayFill(new Array(FEW), undefined);
    this.many = undefined;
    // The places of some, once one of many has come again, and the rest.
    this.places = undefined;
    this.others = undefined;
  }

  // -> the place of an object seen before, or -1 and it is now.
  add(object) {
    const { count, many } = this;
    if (many !== undefined) {
      // One look into the table for what is new, as nearly everything is.
      many.add(object);
      if (many.size === count) return this.placeOf(object);
      this.count = count + 1;
      return -1;
    }
    const { few } = this;
    for (let i = 0; i < count; i++) {
      if (few[i] === object) return i;
    }
    this.count = count + 1;
    if (count < FEW) {
      few[count] = object;
    } else {
      this.many = setOf(few);
      this.many.add(object);
    }
    return -1;
  }

  // A Set keeps its objects in the order in which they came, and its iterator goes on with those that came since. It stops
  // at the one looked for, and so never comes to the end.
  placeOf(object) {
    this.places ??= new OwnMap();
    this.others ??= this.many.values();
    const { places, others } = this;
    while (!places.has(object)) places.set(setIteratorNext(others).value, places.size);
    return places.get(object);
  }

  clear() {
    if (this.many === undefined) {
      for (let i = 0; i < this.count; i++) this.few[i] = undefined;
    } else {
      arrayFill(this.few, undefined);
      this.many = undefined;
      this.places = undefined;
      this.others = undefined;
    }
    this.count = 0;
  }
}

module.exports = { Seen };
