'use strict';
// What a value really is. V8 clones by the kind of an object inside the engine, not by its prototype, and JavaScript can
// see that kind only through operations that refuse every other one. All of them are Node's own, and none runs user code.

const primordials = require('../../../node/primordials');

const {
  Object, OwnWeakMap, arrayBufferIsView, arrayFilter, functionToString, inspect, objectGetOwnPropertyDescriptor, objectGetPrototypeOf: getPrototype, objectHasOwn,
  objectKeys, objectToString, stringCharCodeAt, stringEndsWith, types,
} = primordials;
const ObjectPrototype = Object.prototype;

const view = {
  kind: primordials.getTypedArrayToStringTag,
  buffer: primordials.getTypedArrayBuffer,
  offset: primordials.getTypedArrayByteOffset,
  length: primordials.getTypedArrayByteLength,
};
const dataView = {
  kind: undefined,
  buffer: primordials.getDataViewBuffer,
  offset: primordials.getDataViewByteOffset,
  length: primordials.getDataViewByteLength,
};
const arrayBuffer = {
  length: primordials.getArrayBufferByteLength,
  resizable: primordials.getArrayBufferResizable,
};
// In the order in which a RegExp's flags are written.
const flags = arrayFilter([
  { flag: 'd', isSet: primordials.getRegExpHasIndices },
  { flag: 'g', isSet: primordials.getRegExpGlobal },
  { flag: 'i', isSet: primordials.getRegExpIgnoreCase },
  { flag: 'm', isSet: primordials.getRegExpMultiline },
  { flag: 's', isSet: primordials.getRegExpDotAll },
  { flag: 'u', isSet: primordials.getRegExpUnicode },
  { flag: 'v', isSet: primordials.getRegExpUnicodeSets },
  { flag: 'y', isSet: primordials.getRegExpSticky },
], ({ isSet }) => isSet !== undefined);

const { isRawJson } = primordials;

const OUTSIDE = {
  maxArrayLength: 0, depth: 0, customInspect: false, showHidden: false, showProxy: false, getters: false, colors: false, sorted: false,
  breakLength: Infinity, compact: 3, numericSeparator: false,
};

// Whether an array has all of its elements and, as far as JSON would see, nothing else; true is sure, false is not.
// Longer ones are put to `inspect`, the one function of Node that lists what is beyond the elements without listing those;
// holes are for the caller to find then.
function isPlainArray(array, length) {
  if (length <= 128) {
    const keys = objectKeys(array);
    if (keys.length !== length) return false;
    // Keys come with the indices first: when the last is one, all are.
    if (length === 0) return true;
    const unit = stringCharCodeAt(keys[length - 1], 0);
    return unit >= 48 && unit <= 57;
  }
  return inspect(array, OUTSIDE) === `[ ... ${length} more items ]`;
}

// Said of an object without keys, or whose first key is an index, and no Proxy.
function isOrdinary(object) {
  if (objectToString(object) !== '[object Object]' || arrayBufferIsView(object)) return false;
  return !(types.isMap(object) || types.isSet(object) || types.isPromise(object) || types.isAnyArrayBuffer(object) ||
    types.isWeakMap(object) || types.isWeakSet(object) || types.isGeneratorObject(object) || types.isMapIterator(object) ||
    types.isSetIterator(object) || types.isExternal(object) || types.isModuleNamespaceObject(object));
}

const known = new OwnWeakMap();

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
  for (let depth = 0; prototype !== ObjectPrototype; depth++) {
    if (prototype === null || depth === 16 || types.isProxy(prototype)) return false;
    const constructor = objectGetOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof constructor !== 'function' || types.isProxy(constructor) || constructor.prototype !== prototype) return false;
    if (stringEndsWith(functionToString(constructor), '{ [native code] }')) return false;
    prototype = getPrototype(prototype);
  }
  return true;
}

module.exports = {
  arrayBuffer, dataView, flags, getPrototype, hasOwn: objectHasOwn, isOrdinary, isPlainArray, isProxy: types.isProxy, isRawJson, makesOrdinary, view,
};
