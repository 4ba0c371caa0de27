'use strict';
// What Node's objects have under Symbol(kChannelHandle): the pipe of their channel. Bridges to other languages write text of their own
// through it, and tools wrap its functions to see what is sent. Ours is the pipe that stands for the channel among the active
// resources; here it gets what Node's has, and what is written to it goes the way of messages.

const { OwnWeakMap, Symbol, bufferFrom, objectGetPrototypeOf, objectSetPrototypeOf } = require('../node/primordials');

const kChannelHandle = Symbol('kChannelHandle');
const kJSONBuffer = Symbol('kJSONBuffer');
const kStringDecoder = Symbol('kStringDecoder');
const kMessageBuffer = Symbol('kMessageBuffer');
const kMessageBufferSize = Symbol('kMessageBufferSize');

const EBADF = 9;

// In the place of Node's own request, which is none of its public classes.
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

// -> what stands between a pipe and its class.
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
  // Where no pipe could be made.
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

// Whether somebody has put a function of his own in the place of the one that messages would go by.
function isWatched({ handle, isText }) {
  return isText ? handle.writeUtf8String !== writeUtf8String : handle.writeBuffer !== writeBuffer;
}

// Sends a message by that function. -> 0 or -errno
function sendWatched({ codec, handle, isText }, message, fd) {
  const whole = codec.whole(message);
  const sent = fd < 0 ? undefined : { fd };
  const result = isText ? handle.writeUtf8String(new WriteWrap(), whole, sent) : handle.writeBuffer(new WriteWrap(), whole, sent);
  return typeof result === 'number' ? result : 0;
}

module.exports = { handleOf, isWatched, kChannelHandle, sendWatched };
