'use strict';
// Handles on their way between processes. A sender turns a server or a socket into the handle below it and says in the
// message what it was; a receiver gets a bare descriptor and makes the same thing of it again. The names of the kinds
// are those of Node's wire.

const net = require('node:net');

const { common, kSendable, version } = require('./copies');
const { kindOf, opened, receivedSocket, socketOfNode } = require('../../addon/node-handles');
const { binding } = require('../../addon/native');
const { invalidHandleType, madeByOther, malformedMessage, noDatagramSocket } = require('../../node/errors');
const { BEYOND_NODE, CHANNEL_END, SHARED_MEMORY } = require('../codec/internal-messages');
const {
  OwnWeakSet, arrayFind, getSymbolDescription, objectGetOwnPropertySymbols, objectGetPrototypeOf, stringStartsWith,
} = require('../../node/primordials');

// Node's hidden pieces, by their descriptions: there is no other way to them from outside.
function hidden(object, description) {
  for (let holder = object; holder !== null; holder = objectGetPrototypeOf(holder)) {
    const found = arrayFind(objectGetOwnPropertySymbols(holder), (symbol) => getSymbolDescription(symbol) === description);
    if (found !== undefined) return found;
  }
  return undefined;
}

// Most channels never carry a handle, and every child would pay for loading it.
function dgram() {
  return require('node:dgram');
}

function dgramHandle(socket) {
  return socket[hidden(socket, 'state symbol')]?.handle;
}

function nop() {}

// The HTTP parser of a connection that goes away must let go of it, or its memory and its timers stay.
function releaseParser(socket) {
  if (!socket.parser || typeof socket.parser.unconsume !== 'function') return;
  require('_http_common').freeParser(socket.parser, null, socket);
  if (socket._httpMessage) socket._httpMessage.detachSocket(socket);
}

// Makes `socket` let go of its handle, so that the other process alone reads from it.
function detach(socket, handle) {
  handle.onread = nop;
  // What this process read from now on would be lost to both.
  if (typeof handle.readStop === 'function') handle.readStop();
  handle.reading = false;
  socket._handle = null;
  socket.setTimeout(0);
  releaseParser(socket);
}

// Raw handles that are on their way and may yet come back: whoever sends one again, to another process, sends the message
// alone, or it would have two owners.
const held = common.heldHandles ??= new OwnWeakSet();

// -> the handle of a socket that is to be sent; undefined where it has none any more.
function announce(socket, message) {
  const handle = socket._handle;
  if (!handle) return undefined;
  if (socket.server) message.key = socket.server._connectionKey;
  return handle;
}

// The server goes on counting this connection, now by asking the process that has it.
function enlist(socket, lists) {
  if (!socket.server) return;
  const { list, isNew } = lists.sent(socket.server._connectionKey);
  if (isNew) socket.server._setupWorker(list);
}

function letGo(socket, handle) {
  // Destroyed meanwhile, and counted so.
  if (socket._handle !== handle) return;
  if (socket.server) socket.server._connections--;
  detach(socket, handle);
}

// -> the socket that came, counted for the server that it belongs to.
function counted(socket, message, lists) {
  if (message.key) lists.received(message.key).add(socket);
  return socket;
}

// What a process does with handles of one kind: `out` -> the raw handle, or undefined to send the message alone;
// `in(fd, message, lists, done, failed)` makes the thing of the descriptor.
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

    // The same in two steps, for a socket that may yet stay: its reading is stopped at once, so that nothing is read here
    // that the other process should read; then it goes, or comes back.
    hold(socket, message) {
      const handle = announce(socket, message);
      held.add(handle);
      handle.readStart = () => 0;
      handle.readStop();
      return handle;
    },
    give(socket, handle, lists) {
      // Not before: a server that has handed a connection to a child that is gone waits for it for ever, as Node's.
      enlist(socket, lists);
      letGo(socket, handle);
    },
    restore(handle) {
      held.delete(handle);
      delete handle.readStart;
      // What Node goes by, as it was before.
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
      // A bind to a path belongs to the file system of this process.
      if (bound.isPipe) throw invalidHandleType();
      return bound[hidden(bound, 'messaging_transfer_symbol')]().data.handle;
    },
    in(fd, message, lists, done) {
      const bound = new net._TransferredBoundSocket();
      bound[hidden(bound, 'messaging_deserialize_symbol')]({ handle: rawStream(fd) });
      done(bound);
    },
  },

  // Beyond Node, between ends of this package; loaded when they are met.
  get [CHANNEL_END]() {
    return require('./channel-end').kind;
  },

  get [SHARED_MEMORY]() {
    return require('./shared-memory').kind;
  },
};

// The kind of what only ends of this package understand, or undefined.
function beyondNode(handle) {
  const sendable = handle ? handle[kSendable] : undefined;
  return sendable?.version === version ? sendable.kind : undefined;
}

function isBeyondNode(type) {
  return stringStartsWith(type, BEYOND_NODE);
}

// The kind of what a user wants to send; throws ERR_INVALID_HANDLE_TYPE.
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

// Node's raw handle over a descriptor: a socket makes the right one and gives it up.
function rawStream(fd) {
  const socket = socketOfNode(fd, false, false, undefined);
  const handle = socket._handle;
  socket._handle = null;
  return handle;
}

// As `binding.streamOf` says it.
const WRITE_ONLY = 3;

// A socket over a raw handle that came. Node waits, for ever, to read from one that can only be written to; the handle that was made of
// its descriptor knows what it is, and to read from it would be an error.
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

// Whether a socket keeps the loop alive while it waits to be sent.
function holdsLoop(socket) {
  const handle = socket._handle;
  return !!handle?.reading && handle.hasRef?.() === true;
}

function isHeld(socket) {
  return held.has(socket._handle);
}

module.exports = { beyondNode, holdsLoop, isBeyondNode, isHeld, kinds, kindOfHandle };
