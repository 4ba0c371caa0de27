'use strict';
// What tests and programs replace by something of their own, as it was when this package was loaded: clocks that stand still, JSON
// with other rules, methods that a mock or a polyfill has put on built-in prototypes. Node's own functions do not look at those
// either. Loaded before anything else of the package, part of which is only loaded when it is needed; eslint.config.mjs forbids
// the rest of the package to use the replaceable ones.

const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const { Buffer } = require('node:buffer');
const { clearTimeout, setImmediate, setTimeout } = require('node:timers');
const { deprecate, inspect, types } = require('node:util');

const { parse: fromJson, stringify: toJson } = JSON;
// For what Node does without a tick: telling an exit, sending a message. And for whom pipes cost nothing.
const { geteuid, hrtime, nextTick } = process;

// A method -> a function that takes the object as its first argument. V8 sees through it: the call costs the same.
const withSelf = Function.prototype.bind.bind(Function.prototype.call);

// `arrayPush(list, value)`, `stringSlice(text, from, to)`, …
const METHODS = {
  array: [Array.prototype, 'fill', 'find', 'findIndex', 'forEach', 'includes', 'indexOf', 'join', 'lastIndexOf', 'pop', 'push', 'shift', 'slice',
    'some', 'splice', 'unshift'],
  arrayBuffer: [ArrayBuffer.prototype, 'slice'],
  asyncResource: [AsyncResource.prototype, 'asyncId', 'emitDestroy', 'runInAsyncScope'],
  bigint: [BigInt.prototype, 'toString', 'valueOf'],
  boolean: [Boolean.prototype, 'valueOf'],
  buffer: [Buffer.prototype, 'copy', 'copyWithin', 'includes', 'latin1Slice', 'latin1Write', 'readDoubleLE', 'readUInt32BE', 'readUInt32LE',
    'set', 'subarray', 'toString', 'ucs2Slice', 'ucs2Write', 'utf8Slice', 'utf8Write', 'writeUInt32BE', 'writeUInt32LE'],
  date: [Date.prototype, 'getTime'],
  function: [Function.prototype, 'apply', 'bind', 'call', Symbol.hasInstance, 'toString'],
  map: [Map.prototype, 'forEach', 'set'],
  number: [Number.prototype, 'valueOf'],
  object: [Object.prototype, 'toString'],
  regexp: [RegExp.prototype, 'exec'],
  set: [Set.prototype, 'add', 'forEach'],
  setIterator: [Object.getPrototypeOf(new Set().values()), 'next'],
  string: [String.prototype, 'charCodeAt', 'endsWith', 'includes', 'indexOf', 'slice', 'split', 'startsWith', 'substring', 'toUpperCase', 'valueOf'],
};
// `getMapSize(map)`, …: what getters give, as far as this V8 has them.
const GETTERS = {
  ArrayBuffer: [ArrayBuffer.prototype, 'byteLength', 'resizable'],
  DataView: [DataView.prototype, 'buffer', 'byteLength', 'byteOffset'],
  Map: [Map.prototype, 'size'],
  RegExp: [RegExp.prototype, 'dotAll', 'global', 'hasIndices', 'ignoreCase', 'multiline', 'source', 'sticky', 'unicode', 'unicodeSets'],
  Set: [Set.prototype, 'size'],
  Symbol: [Symbol.prototype, 'description'],
  TypedArray: [Object.getPrototypeOf(Uint8Array.prototype), 'buffer', 'byteLength', 'byteOffset', Symbol.toStringTag],
};
// `objectKeys(value)`, `bufferFrom(text)`, …
const FUNCTIONS = {
  array: [Array, 'isArray'],
  arrayBuffer: [ArrayBuffer, 'isView'],
  atomics: [Atomics, 'store'],
  bigint: [BigInt, 'asIntN', 'asUintN'],
  buffer: [Buffer, 'alloc', 'allocUnsafe', 'allocUnsafeSlow', 'byteLength', 'concat', 'from', 'isBuffer', 'isEncoding'],
  error: [Error, 'captureStackTrace'],
  math: [Math, 'abs', 'max', 'min'],
  number: [Number, 'isFinite', 'isInteger'],
  object: [Object, 'assign', 'create', 'defineProperty', 'freeze', 'getOwnPropertyDescriptor', 'getOwnPropertyNames',
    'getOwnPropertySymbols', 'getPrototypeOf', 'hasOwn', 'is', 'keys', 'setPrototypeOf', 'values'],
  reflect: [Reflect, 'defineProperty'],
  string: [String, 'fromCharCode'],
};

const originals = {
  __proto__: null,
  // Constructors and symbols. Of what stands on them only `prototype` and the well-known symbols are sure.
  Array, ArrayBuffer, BigInt, BigInt64Array, BigUint64Array, Boolean, Buffer, DataView, Date, Error, FinalizationRegistry, Float32Array, Float64Array,
  Function, Int16Array, Int32Array, Int8Array, Map, Number, Object, Promise, RangeError, RegExp, Set, String, Symbol, TypeError, URL, Uint16Array,
  Uint32Array, Uint8Array, Uint8ClampedArray, WeakRef,
  AsyncResource, clearTimeout, deprecate, executionAsyncResource, fromJson, geteuid, inspect, types,
  isRawJson: JSON.isRawJSON ?? (() => false), hrtime, nextTick, setImmediate, setTimeout, toJson, withSelf,
};

function add(group, list, convert) {
  const owner = list[0];
  for (let i = 1; i < list.length; i++) {
    const key = list[i];
    const name = typeof key === 'symbol' ? key.description.slice('Symbol.'.length) : key;
    originals[`${group}${name[0].toUpperCase()}${name.slice(1)}`] = convert(owner, key);
  }
}
for (const group of Object.keys(METHODS)) add(group, METHODS[group], (owner, key) => withSelf(owner[key]));
for (const group of Object.keys(FUNCTIONS)) add(group, FUNCTIONS[group], (owner, key) => owner[key]);
for (const group of Object.keys(GETTERS)) {
  add(`get${group}`, GETTERS[group], (owner, key) => {
    const getter = Object.getOwnPropertyDescriptor(owner, key)?.get;
    return getter && withSelf(getter);
  });
}

// Tables of our own: their methods stand on the class itself, and nobody else has the class.
function own(Base) {
  // Without a constructor written out Node 20 asks the iterator of arrays.
  const Own = class extends Base { constructor() { super(); } };
  for (const key of Reflect.ownKeys(Base.prototype)) {
    if (key !== 'constructor') Object.defineProperty(Own.prototype, key, Object.getOwnPropertyDescriptor(Base.prototype, key));
  }
  Object.setPrototypeOf(Own.prototype, null);
  return Own;
}
originals.OwnMap = own(Map);
originals.OwnSet = own(Set);
originals.OwnWeakMap = own(WeakMap);
originals.OwnWeakSet = own(WeakSet);

// `new Own…(values)` would ask the iterators of others.
originals.setOf = (values) => {
  const set = new originals.OwnSet();
  for (let i = 0; i < values.length; i++) set.add(values[i]);
  return set;
};

// A copy of bytes. Buffer.from() asks what it is given for its `valueOf`.
originals.bufferOf = (bytes, from, to) => {
  const copy = originals.bufferAllocUnsafe(to - from);
  originals.bufferCopy(bytes, copy, 0, from, to);
  return copy;
};

// Those of arrays ask the class of the list for the class of the result.
originals.arrayFilter = (list, isWanted) => {
  const wanted = [];
  for (let i = 0; i < list.length; i++) if (isWanted(list[i], i)) wanted[wanted.length] = list[i];
  return wanted;
};
originals.arrayMap = (list, convert) => {
  const converted = [];
  for (let i = 0; i < list.length; i++) converted[i] = convert(list[i], i);
  return converted;
};

// `[...one, ...another]` would ask iterators as well.
originals.flatList = (...lists) => {
  const all = [];
  for (let i = 0; i < lists.length; i++) {
    for (let j = 0; j < lists[i].length; j++) all[all.length] = lists[i][j];
  }
  return all;
};

module.exports = originals;
