'use strict';
// The lists of keys that the objects of a channel have had, as a tree: from the root, one step for each key in order. An
// object that has taken its last step knows its shape, so its keys need not be collected, compared or sent again. Every
// node remembers the step taken last, which most often is the next one too.

const { MAX_SHAPES, MAX_KEYS } = require('./tags');
const { Array, OwnMap, arrayPush, stringCharCodeAt } = require('../../../node/primordials');

// Objects used as dictionaries make a new path each; the tree starts again when there are so many nodes.
const MAX_NODES = 8192;

class Node {
  constructor(key, parent) {
    this.key = key;
    this.parent = parent;
    this.size = parent === null ? 0 : parent.size + 1;
    this.shape = -1;
    // Where in the message being encoded its shape is defined; -1: in an earlier one.
    this.place = -1;
    this.last = null;
    this.others = null;
    // What has no key, or an index for its first, may be something else than an ordinary object (`arguments`).
    this.isDoubtful = parent === null || (parent.parent === null ? isDigit(key) : parent.isDoubtful);
  }

  // From the object's first key to this one.
  path() {
    const keys = new Array(this.size);
    for (let node = this; node.parent !== null; node = node.parent) keys[node.size - 1] = node.key;
    return keys;
  }
}

function isDigit(key) {
  const unit = stringCharCodeAt(key, 0);
  return unit >= 48 && unit <= 57;
}

class Shapes {
  constructor() {
    this.clear();
  }

  clear() {
    this.isStale = false;
    this.root = new Node('', null);
    this.nodes = 0;
    this.next = 0;
    // Shapes that only the message being encoded knows.
    this.fresh = [];
  }

  // Between messages: the numbers are given anew then, and each definition tells the reader its own.
  tidy() {
    if (this.isStale || this.nodes >= MAX_NODES || this.next >= MAX_SHAPES) this.clear();
  }

  // The step that was not the last one taken. -> null when the tree does not grow there.
  step(node, key) {
    const { last } = node;
    if (last === null) {
      const first = this.grow(key, node);
      if (first !== null) node.last = first;
      return first;
    }
    if (node.others === null) {
      node.others = new OwnMap();
      node.others.set(last.key, last);
    }
    let next = node.others.get(key);
    if (next === undefined) {
      next = this.grow(key, node);
      if (next === null) return null;
      node.others.set(key, next);
    }
    node.last = next;
    return next;
  }

  grow(key, parent) {
    if (this.isStale || this.nodes >= MAX_NODES || parent.size >= MAX_KEYS) return null;
    this.nodes++;
    return new Node(key, parent);
  }

  // -> whether there was a number left.
  name(node, place) {
    if (node.shape < 0) {
      if (this.next >= MAX_SHAPES) return false;
      node.shape = this.next++;
      arrayPush(this.fresh, node);
    }
    node.place = place;
    return true;
  }

  // The message with the fresh shapes is on its way, or will never be.
  settle(isSent) {
    const { fresh } = this;
    if (fresh.length === 0) return;
    for (let i = 0; i < fresh.length; i++) {
      const node = fresh[i];
      node.place = -1;
      if (!isSent) node.shape = -1;
    }
    if (!isSent) this.next -= fresh.length;
    this.fresh = [];
  }
}

module.exports = { Shapes, isDigit };
