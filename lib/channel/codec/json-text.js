'use strict';
// JSON.stringify, sooner done for long strings. V8 up to version 12 looks at each character of a string in turn and writes
// it through a growing buffer: 64 KB of text take forty times as long as copying them. So where messages have been long,
// a message's long strings are looked at by the addon, 32 characters at once; those with nothing to escape are put
// between quotes as they are. The text is the one that JSON.stringify gives, to the letter.

const { LONG_TEXT: LONG } = require('./internal-messages');
const { binding } = require('../../addon/native');
const { Object, OwnMap, bufferByteLength, numberIsFinite, objectGetPrototypeOf, objectKeys, stringSlice, toJson } = require('../../node/primordials');

// More properties than this are a table, which V8 does best.
const MANY = 32;
const DEEP = 4;

function quote(text) {
  if (text.length < LONG || binding.needsEscape(text, bufferByteLength(text) === text.length)) return toJson(text);
  return `"${text}"`;
}

const quotedKeys = new OwnMap();

function quotedKey(key) {
  let quoted = quotedKeys.get(key);
  if (quoted === undefined) {
    quoted = `${toJson(key)}:`;
    if (quotedKeys.size < 1000) quotedKeys.set(key, quoted);
  }
  return quoted;
}

const ObjectPrototype = Object.prototype;

function isPlain(value) {
  return objectGetPrototypeOf(value) === ObjectPrototype && typeof value.toJSON !== 'function';
}

// The text of one property's value, or undefined where JSON leaves the property out.
function member(key, value, depth) {
  switch (typeof value) {
    case 'string': return quote(value);
    case 'number': return numberIsFinite(value) ? `${value}` : 'null';
    case 'boolean': return value ? 'true' : 'false';
    case 'object': {
      if (value === null) return 'null';
      if (isPlain(value)) return spliced(value, depth + 1) ?? toJson(value);
      if (typeof value.toJSON !== 'function') return toJson(value);
    }
  }
  // toJSON is told the key, so it must see one.
  const text = toJson({ [key]: value });
  return text === '{}' ? undefined : stringSlice(text, quotedKey(key).length + 1, -1);
}

function hasLong(object, keys, depth) {
  for (let i = 0; i < keys.length; i++) {
    const value = object[keys[i]];
    if (typeof value === 'string') {
      if (value.length >= LONG) return true;
    } else if (typeof value === 'object' && value !== null && depth < DEEP && isPlain(value)) {
      const inner = objectKeys(value);
      if (inner.length <= MANY && hasLong(value, inner, depth + 1)) return true;
    }
  }
  return false;
}

// The text of a plain object that holds a long string; undefined for any other.
function spliced(object, depth) {
  const keys = objectKeys(object);
  if (keys.length > MANY || depth > DEEP || !hasLong(object, keys, depth)) return undefined;
  let text = '{';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const value = member(key, object[key], depth);
    if (value !== undefined) text += text.length === 1 ? quotedKey(key) + value : `,${quotedKey(key)}${value}`;
  }
  return `${text}}`;
}

function stringify(message) {
  if (typeof message === 'string') return quote(message);
  if (typeof message !== 'object' || message === null || !isPlain(message)) return toJson(message);
  try {
    return spliced(message, 0) ?? toJson(message);
  } catch {
    // What cannot be told in JSON is told so by V8, which names the place in the whole message.
    return toJson(message);
  }
}

module.exports = { stringify };
