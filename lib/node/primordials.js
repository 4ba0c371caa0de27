'use strict';
// Copies of the built-in functions and classes, taken when this package is loaded. Tests and programs replace built-ins:
// fake timers, a different JSON, mocked or polyfilled methods on prototypes. As Node's own code, this package must not be
// affected by that. So this file is loaded before all others (some of which are loaded only when they are needed), and
// eslint.config.mjs forbids the other files to use the built-ins that can be replaced.

const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const { Buffer } = require('node:buffer');
const { subscribe: diagnosticsSubscribe } = require('node:diagnostics_channel');
const { clearTimeout, setImmediate, setTimeout } = require('node:timers');
const { deprecate, inspect, types } = require('node:util');

const { parse: fromJson, stringify: toJson } = JSON;
// The functions of `process`. Fake timers may replace `hrtime` and `nextTick`; exits and messages must not depend on that.
// `geteuid` tells whether the user is root, who has no limit on pipes.
const { geteuid, hrtime, nextTick } = process;

// Turns a method into a function that takes the object as its first argument. V8 inlines it: the call costs the same.
const withSelf = Function.prototype.bind.bind(Function.prototype.call);

const TypedArray = Object.getPrototypeOf(Uint8Array.prototype);

function getter(prototype, key) {
  const found = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  return found && withSelf(found);
}

const primordials = {
  __proto__: null,
  // Constructors. Of their properties only `prototype` and the well-known symbols (of Symbol) cannot be replaced.
  Array, ArrayBuffer, BigInt, BigInt64Array, BigUint64Array, Boolean, Buffer, DataView, Date, Error, FinalizationRegistry, Float32Array, Float64Array,
  Function, Int16Array, Int32Array, Int8Array, Map, Number, Object, Promise, RangeError, RegExp, Set, String, Symbol, TypeError, URL, Uint16Array,
  Uint32Array, Uint8Array, Uint8ClampedArray, WeakRef,
  AsyncResource, clearTimeout, deprecate, diagnosticsSubscribe, executionAsyncResource, fromJson, geteuid, inspect, types,
  isRawJson: JSON.isRawJSON ?? (() => false), hrtime, nextTick, setImmediate, setTimeout, toJson, withSelf,

  // Functions.
  arrayIsArray: Array.isArray,
  arrayBufferIsView: ArrayBuffer.isView,
  atomicsStore: Atomics.store,
  bigintAsIntN: BigInt.asIntN,
  bigintAsUintN: BigInt.asUintN,
  bufferAlloc: Buffer.alloc,
  bufferAllocUnsafe: Buffer.allocUnsafe,
  bufferAllocUnsafeSlow: Buffer.allocUnsafeSlow,
  bufferByteLength: Buffer.byteLength,
  bufferConcat: Buffer.concat,
  bufferFrom: Buffer.from,
  bufferIsBuffer: Buffer.isBuffer,
  bufferIsEncoding: Buffer.isEncoding,
  errorCaptureStackTrace: Error.captureStackTrace,
  mathAbs: Math.abs,
  mathMax: Math.max,
  mathMin: Math.min,
  numberIsFinite: Number.isFinite,
  numberIsInteger: Number.isInteger,
  objectAssign: Object.assign,
  objectCreate: Object.create,
  objectDefineProperty: Object.defineProperty,
  objectFreeze: Object.freeze,
  objectGetOwnPropertyDescriptor: Object.getOwnPropertyDescriptor,
  objectGetOwnPropertyNames: Object.getOwnPropertyNames,
  objectGetOwnPropertySymbols: Object.getOwnPropertySymbols,
  objectGetPrototypeOf: Object.getPrototypeOf,
  objectHasOwn: Object.hasOwn,
  objectKeys: Object.keys,
  objectSetPrototypeOf: Object.setPrototypeOf,
  objectValues: Object.values,
  reflectDefineProperty: Reflect.defineProperty,
  stringFromCharCode: String.fromCharCode,

  // Getters; undefined where this version of V8 does not have them.
  getArrayBufferByteLength: getter(ArrayBuffer.prototype, 'byteLength'),
  getArrayBufferResizable: getter(ArrayBuffer.prototype, 'resizable'),
  getDataViewBuffer: getter(DataView.prototype, 'buffer'),
  getDataViewByteLength: getter(DataView.prototype, 'byteLength'),
  getDataViewByteOffset: getter(DataView.prototype, 'byteOffset'),
  getMapSize: getter(Map.prototype, 'size'),
  getRegExpDotAll: getter(RegExp.prototype, 'dotAll'),
  getRegExpGlobal: getter(RegExp.prototype, 'global'),
  getRegExpHasIndices: getter(RegExp.prototype, 'hasIndices'),
  getRegExpIgnoreCase: getter(RegExp.prototype, 'ignoreCase'),
  getRegExpMultiline: getter(RegExp.prototype, 'multiline'),
  getRegExpSource: getter(RegExp.prototype, 'source'),
  getRegExpSticky: getter(RegExp.prototype, 'sticky'),
  getRegExpUnicode: getter(RegExp.prototype, 'unicode'),
  getRegExpUnicodeSets: getter(RegExp.prototype, 'unicodeSets'),
  getSetSize: getter(Set.prototype, 'size'),
  getSymbolDescription: getter(Symbol.prototype, 'description'),
  getTypedArrayBuffer: getter(TypedArray, 'buffer'),
  getTypedArrayByteLength: getter(TypedArray, 'byteLength'),
  getTypedArrayByteOffset: getter(TypedArray, 'byteOffset'),
  getTypedArrayToStringTag: getter(TypedArray, Symbol.toStringTag),

  // Methods, which take the object as their first argument.
  arrayFill: withSelf(Array.prototype.fill),
  arrayFind: withSelf(Array.prototype.find),
  arrayFindIndex: withSelf(Array.prototype.findIndex),
  arrayForEach: withSelf(Array.prototype.forEach),
  arrayIncludes: withSelf(Array.prototype.includes),
  arrayIndexOf: withSelf(Array.prototype.indexOf),
  arrayJoin: withSelf(Array.prototype.join),
  arrayLastIndexOf: withSelf(Array.prototype.lastIndexOf),
  arrayPop: withSelf(Array.prototype.pop),
  arrayPush: withSelf(Array.prototype.push),
  arrayShift: withSelf(Array.prototype.shift),
  arraySlice: withSelf(Array.prototype.slice),
  arraySome: withSelf(Array.prototype.some),
  arraySplice: withSelf(Array.prototype.splice),
  arrayUnshift: withSelf(Array.prototype.unshift),
  arrayBufferSlice: withSelf(ArrayBuffer.prototype.slice),
  asyncResourceAsyncId: withSelf(AsyncResource.prototype.asyncId),
  asyncResourceEmitDestroy: withSelf(AsyncResource.prototype.emitDestroy),
  asyncResourceRunInAsyncScope: withSelf(AsyncResource.prototype.runInAsyncScope),
  bigintToString: withSelf(BigInt.prototype.toString),
  bigintValueOf: withSelf(BigInt.prototype.valueOf),
  booleanValueOf: withSelf(Boolean.prototype.valueOf),
  bufferCopy: withSelf(Buffer.prototype.copy),
  bufferCopyWithin: withSelf(Buffer.prototype.copyWithin),
  bufferIncludes: withSelf(Buffer.prototype.includes),
  bufferLatin1Slice: withSelf(Buffer.prototype.latin1Slice),
  bufferLatin1Write: withSelf(Buffer.prototype.latin1Write),
  bufferReadUInt32BE: withSelf(Buffer.prototype.readUInt32BE),
  bufferReadUInt32LE: withSelf(Buffer.prototype.readUInt32LE),
  bufferSet: withSelf(Buffer.prototype.set),
  bufferSubarray: withSelf(Buffer.prototype.subarray),
  bufferToString: withSelf(Buffer.prototype.toString),
  bufferUcs2Slice: withSelf(Buffer.prototype.ucs2Slice),
  bufferUcs2Write: withSelf(Buffer.prototype.ucs2Write),
  bufferUtf8Slice: withSelf(Buffer.prototype.utf8Slice),
  bufferUtf8Write: withSelf(Buffer.prototype.utf8Write),
  bufferWriteUInt32BE: withSelf(Buffer.prototype.writeUInt32BE),
  bufferWriteUInt32LE: withSelf(Buffer.prototype.writeUInt32LE),
  dateGetTime: withSelf(Date.prototype.getTime),
  functionApply: withSelf(Function.prototype.apply),
  functionBind: withSelf(Function.prototype.bind),
  functionCall: withSelf(Function.prototype.call),
  functionHasInstance: withSelf(Function.prototype[Symbol.hasInstance]),
  functionToString: withSelf(Function.prototype.toString),
  mapForEach: withSelf(Map.prototype.forEach),
  mapSet: withSelf(Map.prototype.set),
  numberValueOf: withSelf(Number.prototype.valueOf),
  objectToString: withSelf(Object.prototype.toString),
  regexpExec: withSelf(RegExp.prototype.exec),
  setAdd: withSelf(Set.prototype.add),
  setForEach: withSelf(Set.prototype.forEach),
  setIteratorNext: withSelf(Object.getPrototypeOf(new Set().values()).next),
  stringCharCodeAt: withSelf(String.prototype.charCodeAt),
  stringEndsWith: withSelf(String.prototype.endsWith),
  stringIncludes: withSelf(String.prototype.includes),
  stringIndexOf: withSelf(String.prototype.indexOf),
  stringSlice: withSelf(String.prototype.slice),
  stringSplit: withSelf(String.prototype.split),
  stringStartsWith: withSelf(String.prototype.startsWith),
  stringSubstring: withSelf(String.prototype.substring),
  stringToUpperCase: withSelf(String.prototype.toUpperCase),
  stringValueOf: withSelf(String.prototype.valueOf),
};

// Map, Set and the weak forms as private classes. Each has its own copies of the methods, which nobody else can replace.
function own(Base) {
  // The constructor is written out because the implicit one calls Array.prototype[Symbol.iterator] on Node 20.
  const Own = class extends Base { constructor() { super(); } };
  Object.defineProperties(Own.prototype, Object.getOwnPropertyDescriptors(Base.prototype));
  Object.setPrototypeOf(Own.prototype, null);
  return Own;
}
primordials.OwnMap = own(Map);
primordials.OwnSet = own(Set);
primordials.OwnWeakMap = own(WeakMap);
primordials.OwnWeakSet = own(WeakSet);

// `new OwnSet(values)` would use the iterator of arrays, which can be replaced.
primordials.setOf = (values) => {
  const set = new primordials.OwnSet();
  for (let i = 0; i < values.length; i++) set.add(values[i]);
  return set;
};

// A copy of bytes[from, to). Not Buffer.from(): it calls `valueOf` of its argument, which can be replaced.
primordials.bufferOf = (bytes, from, to) => {
  const copy = primordials.bufferAllocUnsafe(to - from);
  primordials.bufferCopy(bytes, copy, 0, from, to);
  return copy;
};

// Not the methods of arrays: these create their result with the constructor of the list, which can be replaced.
primordials.arrayFilter = (list, isWanted) => {
  const wanted = [];
  for (let i = 0; i < list.length; i++) if (isWanted(list[i], i)) wanted[wanted.length] = list[i];
  return wanted;
};
primordials.arrayMap = (list, convert) => {
  const converted = [];
  for (let i = 0; i < list.length; i++) converted[i] = convert(list[i], i);
  return converted;
};

// Like `[...one, ...another]`, which would use the iterator of arrays.
primordials.flatList = (...lists) => {
  const all = [];
  for (let i = 0; i < lists.length; i++) {
    for (let j = 0; j < lists[i].length; j++) all[all.length] = lists[i][j];
  }
  return all;
};

module.exports = primordials;
