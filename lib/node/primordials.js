'use strict';
// What tests and programs replace by something of their own, as it was when this package was loaded: clocks that stand still, JSON
// with other rules, methods that a mock or a polyfill has put on built-in prototypes. Node's own functions do not look at those
// either. Loaded before anything else of the package, part of which is only loaded when it is needed; eslint.config.mjs forbids
// the rest of the package to use the replaceable ones.

const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const { Buffer } = require('node:buffer');
const { subscribe: diagnosticsSubscribe } = require('node:diagnostics_channel');
const { clearTimeout, setImmediate, setTimeout } = require('node:timers');
const { deprecate, inspect, types } = require('node:util');

const { parse: fromJson, stringify: toJson } = JSON;
// For what Node does without a tick: telling an exit, sending a message. And for whom pipes cost nothing.
const { geteuid, hrtime, nextTick } = process;

// A method -> a function that takes the object as its first argument. V8 sees through it: the call costs the same.
const withSelf = Function.prototype.bind.bind(Function.prototype.call);

const TypedArray = Object.getPrototypeOf(Uint8Array.prototype);

function getter(prototype, key) {
  const found = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  return found && withSelf(found);
}

const primordials = {
  __proto__: null,
  // Constructors and symbols. Of what stands on them only `prototype` and the well-known symbols are sure.
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
  objectIs: Object.is,
  objectKeys: Object.keys,
  objectSetPrototypeOf: Object.setPrototypeOf,
  objectValues: Object.values,
  reflectDefineProperty: Reflect.defineProperty,
  stringFromCharCode: String.fromCharCode,

  // Getters, as far as this V8 has them.
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
  bufferReadDoubleLE: withSelf(Buffer.prototype.readDoubleLE),
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

// Tables of our own: their methods stand on the class itself, and nobody else has the class.
function own(Base) {
  // Without a constructor written out Node 20 asks the iterator of arrays.
  const Own = class extends Base { constructor() { super(); } };
  Object.defineProperties(Own.prototype, Object.getOwnPropertyDescriptors(Base.prototype));
  Object.setPrototypeOf(Own.prototype, null);
  return Own;
}
primordials.OwnMap = own(Map);
primordials.OwnSet = own(Set);
primordials.OwnWeakMap = own(WeakMap);
primordials.OwnWeakSet = own(WeakSet);

// `new Own…(values)` would ask the iterators of others.
primordials.setOf = (values) => {
  const set = new primordials.OwnSet();
  for (let i = 0; i < values.length; i++) set.add(values[i]);
  return set;
};

// A copy of bytes. Buffer.from() asks what it is given for its `valueOf`.
primordials.bufferOf = (bytes, from, to) => {
  const copy = primordials.bufferAllocUnsafe(to - from);
  primordials.bufferCopy(bytes, copy, 0, from, to);
  return copy;
};

// Those of arrays ask the class of the list for the class of the result.
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

// `[...one, ...another]` would ask iterators as well.
primordials.flatList = (...lists) => {
  const all = [];
  for (let i = 0; i < lists.length; i++) {
    for (let j = 0; j < lists[i].length; j++) all[all.length] = lists[i][j];
  }
  return all;
};

module.exports = primordials;
