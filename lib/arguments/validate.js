'use strict';
// Checks of arguments. Each throws the same error as the running Node, and checks type and range in the same order.

const { fileURLToPath } = require('node:url');
const { constants: { signals } } = require('node:os');
const { types: { isUint8Array } } = require('node:util');

const versions = require('../node/versions');
const { invalidArgType, invalidArgValue, outOfRange, unknownSignal } = require('../node/errors');
const {
  arrayIncludes, arrayIsArray, arrayJoin, arrayMap, bufferIncludes, numberIsInteger, objectKeys, objectValues, setOf, stringIncludes, stringToUpperCase,
} = require('../node/primordials');

const signalNumbers = setOf(objectValues(signals));
const LARGEST = 2 ** 53 - 1;

// Signal names by number. If two names have one number (SIGABRT and SIGIOT, SIGIO and SIGPOLL), the first name is used.
const signalNames = [];
const allNames = objectKeys(signals);
for (let i = 0; i < allNames.length; i++) signalNames[signals[allNames[i]]] ??= allNames[i];

function string(value, name) {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
}

function boolean(value, name) {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
}

function object(value, name) {
  if (value === null || typeof value !== 'object' || arrayIsArray(value)) {
    throw invalidArgType(name, 'of type object', value);
  }
}

function array(value, name) {
  if (!arrayIsArray(value)) throw invalidArgType(name, 'an instance of Array', value);
}

function callable(value, name) {
  if (typeof value !== 'function') throw invalidArgType(name, 'of type function', value);
}

function oneOf(value, name, allowed) {
  if (!arrayIncludes(allowed, value)) {
    const list = arrayJoin(arrayMap(allowed, (item) => (typeof item === 'string' ? `'${item}'` : `${item}`)), ', ');
    throw invalidArgValue(name, value, `must be one of: ${list}`);
  }
}

// A NUL would end the C string early and hide what follows.
function noNul(value, name) {
  if (typeof value === 'string' && stringIncludes(value, '\0')) {
    throw invalidArgValue(name, value, 'must be a string without null bytes');
  }
}

function noNulIn(values, name) {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'string' && stringIncludes(value, '\0')) noNul(value, `${name}[${i}]`);
  }
}

function looksLikeURL(value) {
  return !!(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

// A path as Node's file system functions take it: string, bytes or file: URL.
function path(value, name) {
  const result = looksLikeURL(value) ? fileURLToPath(value) : value;
  if (typeof result !== 'string' && !isUint8Array(result)) {
    throw invalidArgType(name, 'of type string or an instance of Buffer or URL', result);
  }
  if (typeof result === 'string' ? stringIncludes(result, '\0') : bufferIncludes(result, 0)) {
    throw invalidArgValue(name, result, 'must be a string, Uint8Array, or URL without null bytes');
  }
  return result;
}

function number(value, name, min) {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!(value >= min)) throw outOfRange(name, `>= ${min}`, value);
}

function integer(value, name, min, max) {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!numberIsInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
}

// uid and gid.
function identity(value, name) {
  if (versions.typedNumbers) {
    integer(value, name, -(2 ** 31), 2 ** 31 - 1);
  } else if (value !== (value | 0)) {
    throw invalidArgType(name, 'int32', value);
  }
}

function timeout(value) {
  if (value === undefined || value === null) return;
  if (versions.typedNumbers) {
    integer(value, 'timeout', 0, LARGEST);
  } else if (!numberIsInteger(value) || value < 0) {
    throw outOfRange('timeout', 'an unsigned integer', value);
  }
}

function maxBuffer(value) {
  if (value === undefined || value === null) return;
  if (versions.typedNumbers) {
    number(value, 'options.maxBuffer', 0);
  } else if (typeof value !== 'number' || !(value >= 0)) {
    throw outOfRange('options.maxBuffer', 'a positive number', value);
  }
}

// As in Node, any object with a property `aborted` is accepted.
function abortSignal(value, name) {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw invalidArgType(name, 'an instance of AbortSignal', value);
  }
}

// A name or number of a signal -> its number.
function signalNumber(value) {
  if (typeof value === 'number' && signalNumbers.has(value)) return value;
  if (typeof value === 'string') {
    const known = signals[value] || signals[stringToUpperCase(value)];
    if (known) return known;
  }
  throw unknownSignal(value);
}

function killSignal(value) {
  if (typeof value === 'string' || typeof value === 'number') return signalNumber(value);
  if (value !== undefined && value !== null) {
    throw invalidArgType('options.killSignal', 'one of type string or number', value);
  }
  return undefined;
}

// The name of a signal. As in Node, a real-time signal has none (''), so the exit looks like one without a signal.
function signalName(number) {
  return signalNames[number] ?? '';
}

module.exports = {
  abortSignal,
  array,
  boolean,
  callable,
  identity,
  integer,
  killSignal,
  maxBuffer,
  noNul,
  noNulIn,
  object,
  oneOf,
  path,
  signalName,
  signalNumber,
  string,
  timeout,
};
