'use strict';
// The objects that a message has had so far, in order, so that one that comes again becomes a reference. Most messages have
// few, and looking at each of those is cheaper than the hash that a Set gives to every object.

const FEW = 12;

class Seen {
  constructor() {
    this.count = 0;
    this.few = new Array(FEW).fill(undefined);
    this.many = undefined;
    this.list = undefined;
    // Their places, once one of many has come again.
    this.places = undefined;
  }

  // -> the place of an object seen before, or -1 and it is now.
  add(object) {
    const { count, many } = this;
    if (many !== undefined) {
      // One look into the table for what is new, as nearly everything is.
      many.add(object);
      if (many.size === count) return this.placeOf(object);
      this.list.push(object);
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
      this.many = new Set(few);
      this.many.add(object);
      this.list = [...few, object];
    }
    return -1;
  }

  placeOf(object) {
    this.places ??= new Map();
    const { places, list } = this;
    for (let place = places.size; place < list.length; place++) places.set(list[place], place);
    return places.get(object);
  }

  clear() {
    if (this.many === undefined) {
      for (let i = 0; i < this.count; i++) this.few[i] = undefined;
    } else {
      this.few.fill(undefined);
      this.many = undefined;
      this.list = undefined;
      this.places = undefined;
    }
    this.count = 0;
  }
}

module.exports = { Seen };
