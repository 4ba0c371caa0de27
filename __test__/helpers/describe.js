'use strict';

// Converts any value that an event can have into plain data for JSON, so that the traces of two runs (also in two processes) can be
// compared. Values that differ in every run (process ids, temporary folders) are replaced.

const { createHash } = require('node:crypto');
const { EventEmitter } = require('node:events');
const net = require('node:net');

const LONG = 256;

function bytes(buffer, replacements) {
  if (buffer.length <= LONG) return text(buffer.toString('latin1'), replacements);
  return { bytes: buffer.length, sha1: createHash('sha1').update(buffer).digest('hex') };
}

function text(string, replacements) {
  for (const [from, to] of replacements) string = string.replaceAll(from, to);
  if (string.length <= 4 * LONG) return string;
  return { text: string.length, sha1: createHash('sha1').update(string).digest('hex') };
}

function describeError(error, replacements, seen) {
  const out = { class: error.constructor?.name, name: error.name, message: text(String(error.message), replacements) };
  for (const key of Object.keys(error)) {
    if (key !== 'stack') out[key] = field(key, error[key], replacements, seen);
  }
  // Also if they are not enumerable, as on some errors of Node.
  for (const key of ['code', 'cause']) {
    if (!(key in out) && key in error) out[key] = describe(error[key], replacements, seen);
  }
  out.errorKeys = Object.keys(error);
  out.tag = Object.prototype.toString.call(error);
  out.string = text(String(error), replacements);
  return out;
}

/**
 * @param {unknown} value
 * @param {Array<[string, string]>} [replacements] strings to replace wherever they occur
 */
function describe(value, replacements = [], seen = new Set()) {
  switch (typeof value) {
    case 'string': return text(value, replacements);
    case 'undefined': return '<undefined>';
    case 'bigint': return `<${value}n>`;
    case 'symbol': return `<${String(value)}>`;
    case 'function': return `<function ${value.name}>`;
    case 'number': return Number.isFinite(value) && !Object.is(value, -0) ? value : `<${Object.is(value, -0) ? '-0' : value}>`;
    case 'boolean': return value;
    default:
  }
  if (value === null) return null;
  if (seen.has(value)) return '<cycle>';
  seen = new Set(seen).add(value);
  if (Buffer.isBuffer(value)) return { buffer: bytes(value, replacements) };
  if (ArrayBuffer.isView(value)) {
    return { [value.constructor.name]: bytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength), replacements) };
  }
  if (value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') {
    return describeError(value, replacements, seen);
  }
  if (value instanceof net.Socket) return '<Socket>';
  if (value instanceof EventEmitter) return `<${value.constructor.name}>`;
  if (Array.isArray(value)) return Array.from(value, (item) => describe(item, replacements, seen));
  const proto = Object.getPrototypeOf(value);
  const out = {};
  if (proto !== Object.prototype && proto !== null) out['<class>'] = proto.constructor?.name;
  for (const key of Object.keys(value)) out[key] = field(key, value[key], replacements, seen);
  return out;
}

/** The value of one property. A process id becomes '<pid>': it differs in every run. */
function field(key, value, replacements, seen) {
  return key === 'pid' && value > 0 ? '<pid>' : describe(value, replacements, seen);
}

module.exports = { describe };
