'use strict';
// `send(bytes, { serialize: false })`: bytes that no serializer looks at. What they are to arrive as is told by number; the
// bytes are in a block of the shared memory or, where there is none, in the message, as Base64 on a wire of text.

const errors = require('../../node/errors');
const { LARGE, RAW } = require('./internal-messages');
const { views } = require('./fast/tags');
const {
  ArrayBuffer, Uint8Array, arrayBufferIsView: isView, arrayBufferSlice, arrayFindIndex, bufferFrom, bufferIsBuffer, bufferOf, bufferToString, flatList,
  getTypedArrayToStringTag,
} = require('../../node/primordials');

const ARRAY_BUFFER = views.length;
// Newer than V8's format for messages knows it, so it has no number there.
const kinds = flatList(views, [ArrayBuffer, globalThis.Float16Array]);

// Throws for what cannot be sent so.
function check(message, handle) {
  if (handle !== undefined) throw errors.invalidArgValue('options.serialize', false, 'cannot be combined with a handle');
  kindOf(message);
}

// -> the number of the class that the bytes arrive as.
function kindOf(message) {
  if (bufferIsBuffer(message)) return 0;
  if (isView(message)) {
    const name = getTypedArrayToStringTag(message) ?? 'DataView';
    const kind = arrayFindIndex(kinds, (View) => View !== undefined && View.name === name);
    if (kind > 0) return kind;
  } else if (message instanceof ArrayBuffer) {
    return ARRAY_BUFFER;
  }
  throw errors.invalidArgType('message', 'an instance of Buffer, TypedArray, DataView, or ArrayBuffer', message);
}

// -> the message that stands for the bytes. `blocks`: undefined as long as nothing is shared.
function wrap(message, blocks, isText) {
  const kind = kindOf(message);
  const bytes = isView(message) ? new Uint8Array(message.buffer, message.byteOffset, message.byteLength) : new Uint8Array(message);
  const { length } = bytes;
  if (length >= LARGE && blocks !== undefined) {
    const page = blocks.out.put(bytes);
    if (page >= 0) return { cmd: RAW, kind, length, generation: blocks.out.generation, page };
  }
  const data = bufferFrom(bytes.buffer, bytes.byteOffset, length);
  return { cmd: RAW, kind, length, data: isText ? bufferToString(data, 'base64') : data };
}

// For a message that has to wait.
function copy(message) {
  const whole = wrap(message, undefined, false);
  return unwrap({ ...whole, data: bufferOf(whole.data, 0, whole.length) }, undefined);
}

// The bytes again; throws what is wrong with them.
function unwrap(message, blocks) {
  const { kind, length, generation, page, data } = message;
  const bytes = data === undefined ? blocks?.in.take(generation, page, length)
    : typeof data === 'string' ? bufferFrom(data, 'base64') : data;
  if (!bufferIsBuffer(bytes) || bytes.length !== length) throw errors.missingBytes();
  if (kind === 0) return bytes;
  if (kind === ARRAY_BUFFER) return exact(bytes);
  const View = kinds[kind];
  const size = View?.BYTES_PER_ELEMENT ?? 1;
  if (View === undefined || length % size !== 0) throw errors.unknownBytes();
  return bytes.byteOffset % size === 0 ? new View(bytes.buffer, bytes.byteOffset, length / size) : new View(exact(bytes));
}

function exact({ buffer, byteOffset, byteLength }) {
  return byteLength === buffer.byteLength ? buffer : arrayBufferSlice(buffer, byteOffset, byteOffset + byteLength);
}

module.exports = { check, copy, unwrap, wrap };
