'use strict';
// What a value really is. V8 clones by the kind of an object inside the engine, not by its prototype, and JavaScript can
// see that kind only through operations that refuse every other one. All of them are taken at load, before user code can
// replace them, and none runs user code.

const { inspect, types } = require('node:util');

const { hasOwnProperty, toString } = Object.prototype;
const getPrototype = Object.getPrototypeOf;
const functionText = Function.prototype.toString;

const getter = (prototype, name) => Object.getOwnPropertyDescriptor(prototype, name)?.get;
const TypedArray = getPrototype(Uint8Array);

const view = {
  kind: getter(TypedArray.prototype, Symbol.toStringTag),
  buffer: getter(TypedArray.prototype, 'buffer'),
  offset: getter(TypedArray.prototype, 'byteOffset'),
  length: getter(TypedArray.prototype, 'byteLength'),
};
const dataView = {
  buffer: getter(DataView.prototype, 'buffer'),
  offset: getter(DataView.prototype, 'byteOffset'),
  length: getter(DataView.prototype, 'byteLength'),
};
const arrayBuffer = {
  length: getter(ArrayBuffer.prototype, 'byteLength'),
  resizable: getter(ArrayBuffer.prototype, 'resizable'),
};
// In the order in which a RegExp's flags are written.
const flags = Object.entries({
  d: 'hasIndices', g: 'global', i: 'ignoreCase', m: 'multiline', s: 'dotAll', u: 'unicode', v: 'unicodeSets', y: 'sticky',
}).map(([flag, name]) => [flag, getter(RegExp.prototype, name)]).filter(([, get]) => get !== undefined);

const isRawJson = JSON.isRawJSON ?? (() => false);

const OUTSIDE = {
  maxArrayLength: 0, depth: 0, customInspect: false, showHidden: false, showProxy: false, getters: false, colors: false, sorted: false,
  breakLength: Infinity, compact: 3, numericSeparator: false,
};

// Whether an array has all of its elements and, as far as JSON would see, nothing else; true is sure, false is not.
// Longer ones are put to `inspect`, the one function of Node that lists what is beyond the elements without listing those;
// holes are for the caller to find then.
function isPlainArray(array, length) {
  if (length <= 128) {
    const keys = Object.keys(array);
    if (keys.length !== length) return false;
    // Keys come with the indices first: when the last is one, all are.
    if (length === 0) return true;
    const unit = keys[length - 1].charCodeAt(0);
    return unit >= 48 && unit <= 57;
  }
  return inspect(array, OUTSIDE) === `[ ... ${length} more items ]`;
}

// Said of an object without keys, or whose first key is an index, and no Proxy.
function isOrdinary(object) {
  if (toString.call(object) !== '[object Object]' || ArrayBuffer.isView(object)) return false;
  return !(types.isMap(object) || types.isSet(object) || types.isPromise(object) || types.isAnyArrayBuffer(object) ||
    types.isWeakMap(object) || types.isWeakSet(object) || types.isGeneratorObject(object) || types.isMapIterator(object) ||
    types.isSetIterator(object) || types.isExternal(object) || types.isModuleNamespaceObject(object));
}

const known = new WeakMap();

// Whether the objects with this prototype come from constructors written in JavaScript that build on nothing else.
function makesOrdinary(prototype) {
  let answer = known.get(prototype);
  if (answer === undefined) {
    answer = isOwnClass(prototype);
    known.set(prototype, answer);
  }
  return answer;
}

function isOwnClass(prototype) {
  for (let depth = 0; prototype !== Object.prototype; depth++) {
    if (prototype === null || depth === 16 || types.isProxy(prototype)) return false;
    const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof constructor !== 'function' || types.isProxy(constructor) || constructor.prototype !== prototype) return false;
    if (functionText.call(constructor).endsWith('{ [native code] }')) return false;
    prototype = getPrototype(prototype);
  }
  return true;
}

module.exports = {
  arrayBuffer, dataView, flags, getPrototype, hasOwnProperty, isOrdinary, isPlainArray, isProxy: types.isProxy, isRawJson,
  makesOrdinary, view, getSource: getter(RegExp.prototype, 'source'),
};
