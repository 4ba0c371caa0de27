'use strict';

// Whether two values are the same in every way that a program can see, and where they first differ. Stricter than a deep
// equality: order of keys, holes, attributes of properties, and which references are one object.

const { types } = require('node:util');

const tag = (value) => Object.prototype.toString.call(value);

function difference(a, b, path = 'value', pairs = { left: new Map(), right: new Map() }) {
  if (typeof a !== typeof b) return `${path}: ${typeof a} and ${typeof b}`;
  if (typeof a !== 'object' || a === null || b === null) {
    return Object.is(a, b) ? undefined : `${path}: ${String(a)} and ${String(b)}`;
  }
  if (pairs.left.has(a) || pairs.right.has(b)) {
    return pairs.left.get(a) === b && pairs.right.get(b) === a ? undefined : `${path}: other references`;
  }
  pairs.left.set(a, b);
  pairs.right.set(b, a);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: other prototypes`;
  if (tag(a) !== tag(b)) return `${path}: ${tag(a)} and ${tag(b)}`;
  if (Object.isExtensible(a) !== Object.isExtensible(b)) return `${path}: extensible or not`;
  return insideOf(a, b, path, pairs) ?? properties(a, b, path, pairs);
}

function insideOf(a, b, path, pairs) {
  if (types.isMap(a)) return list([...a].flat(1), [...b].flat(1), `${path} (entries)`, pairs);
  if (types.isSet(a)) return list([...a], [...b], `${path} (members)`, pairs);
  if (types.isDate(a)) return difference(a.getTime(), b.getTime(), `${path} (time)`);
  if (types.isRegExp(a)) return difference(`${a.lastIndex} ${a}`, `${b.lastIndex} ${b}`, `${path} (pattern)`);
  if (types.isBoxedPrimitive(a)) return difference(a.valueOf(), b.valueOf(), `${path} (boxed)`);
  if (types.isNativeError(a)) return types.isNativeError(b) ? undefined : `${path}: an Error and none`;
  if (ArrayBuffer.isView(a) || types.isAnyArrayBuffer(a)) return bytes(a, b, path);
  return undefined;
}

function bytes(a, b, path) {
  const all = (value) => Buffer.from(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
  return all(a).equals(all(b)) ? undefined : `${path}: other bytes`;
}

function list(a, b, path, pairs) {
  if (a.length !== b.length) return `${path}: ${a.length} and ${b.length}`;
  for (let i = 0; i < a.length; i++) {
    const found = difference(a[i], b[i], `${path}[${i}]`, pairs);
    if (found !== undefined) return found;
  }
  return undefined;
}

function properties(a, b, path, pairs) {
  if (ArrayBuffer.isView(a)) return undefined;
  const [left, right] = [Reflect.ownKeys(a), Reflect.ownKeys(b)];
  if (left.length !== right.length || left.some((key, i) => key !== right[i])) {
    return `${path}: keys ${left.map(String).join()} and ${right.map(String).join()}`;
  }
  for (const key of left) {
    const [one, other] = [Object.getOwnPropertyDescriptor(a, key), Object.getOwnPropertyDescriptor(b, key)];
    for (const name of ['writable', 'enumerable', 'configurable', 'get', 'set']) {
      if (one[name] !== other[name]) return `${path}.${String(key)}: ${name} differs`;
    }
    const found = difference(one.value, other.value, `${path}.${String(key)}`, pairs);
    if (found !== undefined) return found;
  }
  return undefined;
}

module.exports = { difference };
