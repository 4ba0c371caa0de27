'use strict';
// The kinds of handles that can be sent. The sender takes Node's raw handle out of a server or a socket, and names the kind in the
// message. The receiver gets a descriptor and makes a server or a socket of it again. The names of the kinds are those of Node's
// wire; this package adds two.

const net = require('node:net');

const { common, kSendable, version } = require('./copies');
const { kindOf, opened, receivedSocket, socketOfNode } = require('../../addon/node-handles');
const { binding } = require('../../addon/native');
const { invalidHandleType, madeByOther, malformedMessage, noDatagramSocket } = require('../../node/errors');
const { BEYOND_NODE, CHANNEL_END, SHARED_MEMORY } = require('../codec/internal-messages');
const {
  OwnWeakSet, arrayFind, getSymbolDescription, objectGetOwnPropertySymbols, objectGetPrototypeOf, stringStartsWith,
} = require('../../node/primordials');

// Finds an internal property of Node by the description of its symbol. There is no other way from outside Node.
function hidden(object, description) {
  for (let holder = object; holder !== null; holder = objectGetPrototypeOf(holder)) {
    const found = arrayFind(objectGetOwnPropertySymbols(holder), (symbol) => getSymbolDescription(symbol) === description);
    if (found !== undefined) return found;
  }
  return undefined;
}

// Loaded when first needed: most channels never carry a handle.
function dgram() {
  return require('node:dgram');
}

function dgramHandle(socket) {
  return socket[hidden(socket, 'state symbol')]?.handle;
}

function nop() {}

// The socket of an HTTP server has a parser. It must be freed when the socket leaves this process, or its memory and its timers
// stay.
function releaseParser(socket) {
  if (!socket.parser || typeof socket.parser.unconsume !== 'function') return;
  require('_http_common').freeParser(socket.parser, null, socket);
  if (socket._httpMessage) socket._httpMessage.detachSocket(socket);
}

// Takes the handle away from `socket`, so that only the other process reads from it.
function detach(socket, handle) {
  handle.onread = nop;
  // What this process read from now on would be lost.
  if (typeof handle.readStop === 'function') handle.readStop();
  handle.reading = false;
  socket._handle = null;
  socket.setTimeout(0);
  releaseParser(socket);
}

// Raw handles that are on their way and may still come back. If the program sends such a socket once more, to another process, the
// message is sent without it: otherwise it would have two owners.
const held = common.heldHandles ??= new OwnWeakSet();

// Prepares the message with a socket. -> the raw handle, or undefined if the socket has none any more.
function announce(socket, message) {
  const handle = socket._handle;
  if (!handle) return undefined;
  if (socket.server) message.key = socket.server._connectionKey;
  return handle;
}

// The server of this socket goes on counting it: from now on it asks the process that has the socket.
function enlist(socket, lists) {
  if (!socket.server) return;
  const { list, isNew } = lists.sent(socket.server._connectionKey);
  if (isNew) socket.server._setupWorker(list);
}

function letGo(socket, handle) {
  // The socket was destroyed meanwhile, and the server has counted that.
  if (socket._handle !== handle) return;
  if (socket.server) socket.server._connections--;
  detach(socket, handle);
}

// Counts a socket that came for the server that it belongs to. -> the socket
function counted(socket, message, lists) {
  if (message.key) lists.received(message.key).add(socket);
  return socket;
}

// For each kind:
// - out(handle, message, lists, options) -> the raw handle, or undefined to send the message without it;
// - in(fd, message, lists, done, failed) makes the server or socket of a descriptor and calls done() with it;
// - isTransferred: the sender gives the handle away, unless the option `keepOpen` is set;
// - isExclusive: it is given away in spite of `keepOpen`.
const kinds = {
  __proto__: null,

  'net.Native': {
    out: (handle) => handle,
    in(fd, message, lists, done) {
      done(rawStream(fd));
    },
  },

  'net.Server': {
    out: (server) => server._handle,
    in(fd, message, lists, done, failed) {
      const server = new net.Server();
      server.once('error', failed);
      server.listen(rawStream(fd), () => {
        server.removeListener('error', failed);
        done(server);
      });
    },
  },

  'net.Socket': {
    isTransferred: true,

    out(socket, message, lists, options) {
      if (!options.keepOpen && held.has(socket._handle)) return undefined;
      const handle = announce(socket, message);
      if (!handle) return undefined;
      enlist(socket, lists);
      if (!options.keepOpen) letGo(socket, handle);
      return handle;
    },

    // The same as out() in two steps, for a socket that may still come back. hold() stops reading at once: what comes now is for
    // the other process. Then give() takes the handle away, or restore() lets the socket read again.
    hold(socket, message) {
      const handle = announce(socket, message);
      held.add(handle);
      handle.readStart = () => 0;
      handle.readStop();
      return handle;
    },
    give(socket, handle, lists) {
      // Not before: from here on the server waits for this child when it closes, and for ever if the child is gone (as in Node).
      enlist(socket, lists);
      letGo(socket, handle);
    },
    restore(handle) {
      held.delete(handle);
      delete handle.readStart;
      // `reading` is Node's own flag; it still says whether the socket was reading.
      if (handle.reading) handle.readStart();
    },

    in(fd, message, lists, done) {
      const what = binding.streamOf(fd);
      done(counted(what === WRITE_ONLY ? socketOn(rawStream(fd)) : receivedSocket(fd, what), message, lists));
    },
    make(handle, message, lists, done) {
      done(counted(socketOn(handle), message, lists));
    },
  },

  'dgram.Native': {
    out: (handle) => handle,
    in(fd, message, lists, done) {
      done(rawDatagram(fd));
    },
  },

  'dgram.Socket': {
    out(socket, message) {
      message.dgramType = socket.type;
      return dgramHandle(socket);
    },
    in(fd, message, lists, done, failed) {
      const { Socket } = dgram();
      const socket = new Socket(message.dgramType);
      socket.once('error', failed);
      socket.bind(rawDatagram(fd), () => {
        socket.removeListener('error', failed);
        done(socket);
      });
    },
  },

  'net.BoundSocket': {
    isTransferred: true,

    out(bound) {
      // Bound to a path in the file system: cannot be sent.
      if (bound.isPipe) throw invalidHandleType();
      return bound[hidden(bound, 'messaging_transfer_symbol')]().data.handle;
    },
    in(fd, message, lists, done) {
      const bound = new net._TransferredBoundSocket();
      bound[hidden(bound, 'messaging_deserialize_symbol')]({ handle: rawStream(fd) });
      done(bound);
    },
  },

  // Only between ends of this package. Loaded when first needed.
  get [CHANNEL_END]() {
    return require('./channel-end').kind;
  },

  get [SHARED_MEMORY]() {
    return require('./shared-memory').kind;
  },
};

// -> the kind of a handle that only this package understands, or undefined.
function beyondNode(handle) {
  const sendable = handle ? handle[kSendable] : undefined;
  return sendable?.version === version ? sendable.kind : undefined;
}

function isBeyondNode(type) {
  return stringStartsWith(type, BEYOND_NODE);
}

// -> the kind of a handle that a user wants to send. Throws ERR_INVALID_HANDLE_TYPE if it cannot be sent.
function kindOfHandle(handle) {
  if (handle instanceof net.Socket) return 'net.Socket';
  if (handle instanceof net.Server) return 'net.Server';
  const raw = kindOf(handle);
  if (raw === 'tcp' || raw === 'pipe') return 'net.Native';
  if (handle instanceof dgram().Socket) return 'dgram.Socket';
  if (raw === 'udp') return 'dgram.Native';
  if (net.BoundSocket !== undefined && handle instanceof net.BoundSocket) return 'net.BoundSocket';
  const type = beyondNode(handle);
  if (type !== undefined) return type;
  throw handle[kSendable] === undefined ? invalidHandleType() : madeByOther(handle[kSendable].version, version);
}

// -> Node's raw handle over a descriptor. A socket makes one of the right class; then it is taken away from the socket.
function rawStream(fd) {
  const socket = socketOfNode(fd, false, false, undefined);
  const handle = socket._handle;
  socket._handle = null;
  return handle;
}

// A result of `binding.streamOf`.
const WRITE_ONLY = 3;

// -> a socket over a raw handle that came. If the handle can only be written to, readStart() is replaced by a function that does
// nothing: on a handle that was made of a descriptor it would fail, and in Node such a socket waits for ever without an error.
function socketOn(handle) {
  if (binding.streamOf(handle.fd) === WRITE_ONLY) handle.readStart = () => 0;
  return new net.Socket({ handle, readable: true, writable: true });
}

let UDP;

function rawDatagram(fd) {
  if (UDP === undefined) {
    const socket = dgram().createSocket('udp4');
    UDP = dgramHandle(socket).constructor;
    socket.close();
  }
  const handle = new UDP();
  if (opened(handle, fd) !== 0) throw malformedMessage(noDatagramSocket());
  return handle;
}

// Whether a socket keeps the event loop alive.
function holdsLoop(socket) {
  const handle = socket._handle;
  return !!handle?.reading && handle.hasRef?.() === true;
}

// Whether hold() was called for this socket, and neither give() nor restore().
function isHeld(socket) {
  return held.has(socket._handle);
}

module.exports = { beyondNode, holdsLoop, isBeyondNode, isHeld, kinds, kindOfHandle };
