'use strict';
// The pipe that Node's objects have under Symbol(kChannelHandle). Programs use it although it is internal: bridges to other
// languages write their own text to it, and tools wrap its functions to see what is sent. This package has such an object too:
// the pipe that represents the channel among the active resources (Port's `listed`). This file gives it the members of Node's
// pipe. What is written to it is sent through the channel, in order with the messages.

const { OwnWeakMap, Symbol, bufferFrom, objectGetPrototypeOf, objectSetPrototypeOf } = require('../node/primordials');

const kChannelHandle = Symbol('kChannelHandle');
const kJSONBuffer = Symbol('kJSONBuffer');
const kStringDecoder = Symbol('kStringDecoder');
const kMessageBuffer = Symbol('kMessageBuffer');
const kMessageBufferSize = Symbol('kMessageBufferSize');

const EBADF = 9;

// Stands for Node's WriteWrap, the request object of a write, which is not public.
class WriteWrap {}

const links = new OwnWeakMap();

function writeBytes(handle, bytes, sent) {
  const link = links.get(handle);
  if (link === undefined || !link.port.isOpen) return -EBADF;
  return link.codec.sendRaw(link.port, bytes, sent?.fd ?? -1);
}

function writeUtf8String(request, text, sent) {
  return writeBytes(this, bufferFrom(`${text}`), sent);
}

function writeLatin1String(request, text, sent) {
  return writeBytes(this, bufferFrom(`${text}`, 'latin1'), sent);
}

function writeBuffer(request, bytes, sent) {
  return writeBytes(this, bytes, sent);
}

// -> a new prototype for the pipe, with these functions; it inherits from `base`, the pipe's own prototype.
function prototypeOver(base) {
  return {
    __proto__: base,
    writeUtf8String,
    writeLatin1String,
    writeAsciiString: writeLatin1String,
    writeBuffer,
    get fd() {
      return links.get(this)?.port.fd ?? -1;
    },
  };
}

let ofPipes;

function handleOf(link) {
  const { listed } = link.port;
  let handle = listed;
  // No pipe could be made: a plain object must do.
  if (listed === undefined) handle = { __proto__: prototypeOver(null) };
  else objectSetPrototypeOf(listed, ofPipes ??= prototypeOver(objectGetPrototypeOf(listed)));
  if (!link.isText) handle.buffering = false;
  handle.pendingHandle = null;
  handle.sockets = { got: {}, send: {} };
  if (link.isText) {
    handle[kJSONBuffer] = '';
    handle[kStringDecoder] = undefined;
  } else {
    handle[kMessageBuffer] = [];
    handle[kMessageBufferSize] = 0;
  }
  links.set(handle, link);
  return handle;
}

// Whether somebody has replaced the function of the pipe by which Node would send messages.
function isWatched({ handle, isText }) {
  return isText ? handle.writeUtf8String !== writeUtf8String : handle.writeBuffer !== writeBuffer;
}

// Sends a message by the function that somebody put there. -> 0 or -errno
function sendWatched({ codec, handle, isText }, message, fd) {
  const whole = codec.whole(message);
  const sent = fd < 0 ? undefined : { fd };
  const result = isText ? handle.writeUtf8String(new WriteWrap(), whole, sent) : handle.writeBuffer(new WriteWrap(), whole, sent);
  return typeof result === 'number' ? result : 0;
}

module.exports = { handleOf, isWatched, kChannelHandle, sendWatched };
