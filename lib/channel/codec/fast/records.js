'use strict';
// Objects made from a list of keys. Properties are always defined, never assigned: neither `__proto__` nor a setter or a
// frozen property that all objects inherit may interfere.

const { Function, arrayJoin, arrayMap, objectDefineProperty, toJson } = require('../../../node/primordials');

// Before a function is worth its compilation.
const OFTEN = 24;

let isAllowed = true;

class Shape {
  constructor(keys) {
    this.keys = keys;
    this.uses = 0;
    this.make = undefined;
  }

  // Reads an object to which nothing points back.
  read(from) {
    if (this.make !== undefined) return this.make(from);
    if (++this.uses === OFTEN && isAllowed) this.make = generate(this.keys);
    const { keys } = this;
    const object = {};
    for (let i = 0; i < keys.length; i++) define(object, keys[i], from.value());
    return object;
  }
}

function define(object, key, value) {
  if (key in object) objectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

// One object literal, which V8 makes in one piece. A key in brackets is a name and nothing else, `__proto__` too.
function generate(keys) {
  const fields = arrayMap(keys, (key) => `${quote(key)}: from.value()`);
  try {
    return new Function('from', `'use strict'; return { ${arrayJoin(fields, ', ')} };`);
  } catch {
    // --disallow-code-generation-from-strings
    isAllowed = false;
    return undefined;
  }
}

function quote(key) {
  const quoted = toJson(key);
  return key === '__proto__' ? `[${quoted}]` : quoted;
}

module.exports = { Shape, define };
