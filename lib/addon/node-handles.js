'use strict';
// Node's own handles (Pipe, TCP, TTY, UDP) without its internals: the Pipe class is taken from the first socket that is
// made over a descriptor, and its ancestors tell the other kinds.

const { internalBinding } = require('../node/internals');
const { binding } = require('./native');
const { objectGetOwnPropertyDescriptor, objectGetPrototypeOf, objectSetPrototypeOf, setImmediate } = require('../node/primordials');

let Pipe;
let net;

// Half of what a channel costs at a child's start would be this module, which many children never need.
function socketClass() {
  net ??= require('node:net');
  return net.Socket;
}

// What stands in for the shutdown of a socket: done a moment later, as a socket's is, so that 'finish' and 'close' come
// when programs are used to see them. A pipe that is only read has no other side to tell.
function shutdownLater(request) {
  setImmediate(() => request.oncomplete(0));
  return 0;
}

// A socket that makes its handle itself.
function socketOfNode(fd, readable, writable, onread) {
  // Named one by one, also those that are not given: Node reads them from the prototype too.
  const socket = new (socketClass())({ handle: undefined, fd, readable, writable, onread });
  binding.forgetFd(fd);
  return socket;
}

// -> 0 once `handle` has the descriptor. Nothing may stand between the two calls: a worker thread may be terminated there.
function opened(handle, fd) {
  const failure = handle.open(fd);
  if (failure) return failure;
  binding.forgetFd(fd);
  return 0;
}

// Between such a pipe and its class, so that the pipe shows nothing of it.
let oneWayPrototype;

function makeOneWay(handle) {
  oneWayPrototype ??= { __proto__: objectGetPrototypeOf(handle), shutdown: shutdownLater };
  objectSetPrototypeOf(handle, oneWayPrototype);
}

// A socket over a descriptor. `oneWay`: it can only be read.
function socketOver(fd, readable, oneWay, onread) {
  if (Pipe === undefined) {
    const socket = socketOfNode(fd, readable, undefined, onread);
    // Anything but a pipe or a socket never comes here, yet a class once taken is used for ever.
    if (socket._handle?.constructor.name === 'Pipe') Pipe = socket._handle.constructor;
    if (oneWay && socket._handle) makeOneWay(socket._handle);
    return socket;
  }
  const handle = new Pipe(0);
  if (opened(handle, fd)) return socketOfNode(fd, readable, undefined, onread);
  if (oneWay) makeOneWay(handle);
  return new (socketClass())({ handle, fd: undefined, readable, onread });
}

// The classes of stream handles by what `binding.streamOf` says.
const LOCAL = 1;
const INTERNET = 2;
let TCP;

// A stream socket over a descriptor that came from another process, as Node makes one: `kind` is what the descriptor is.
function receivedSocket(fd, kind) {
  const Handle = kind === LOCAL ? Pipe : kind === INTERNET ? TCP : undefined;
  if (Handle !== undefined) {
    // Zero: a socket, neither a server nor a channel.
    const handle = new Handle(0);
    if (opened(handle, fd) === 0) return new (socketClass())({ handle, readable: true, writable: true });
    handle.close();
  }
  const socket = socketOfNode(fd, true, true, undefined);
  const { constructor } = socket._handle;
  if (kind === INTERNET && constructor.name === 'TCP') TCP = constructor;
  if (kind === LOCAL && constructor.name === 'Pipe') Pipe = constructor;
  return socket;
}

// A pipe that is open to nothing. It keeps no loop alive, yet is listed among the active resources while it is ref'd.
// `deadEnd` makes a descriptor for the case that there was no pipe yet to take the class from.
function idlePipe(deadEnd) {
  // Which spares the first socket.
  Pipe ??= internalBinding('pipe_wrap')?.Pipe;
  if (Pipe === undefined) {
    const fd = deadEnd();
    if (fd < 0) return undefined;
    // Unref'd, or it would be listed itself until it has closed; and the handle alone, because the end of a whole socket
    // looks at process.stderr, which is made by that.
    const { _handle: handle } = socketOver(fd, false, false);
    handle?.unref();
    handle?.close();
  }
  return Pipe && new Pipe(0);
}

const kinds = { __proto__: null, Pipe: 'pipe', TCP: 'tcp', TTY: 'tty', UDP: 'udp' };

// 'pipe', 'tcp', 'tty', 'udp', or false where the value is none of Node's handles. All four descend from HandleWrap.
function kindOf(value) {
  if (value === null || typeof value !== 'object') return false;
  let kind = false;
  for (let prototype = objectGetPrototypeOf(value); prototype; prototype = objectGetPrototypeOf(prototype)) {
    const own = objectGetOwnPropertyDescriptor(prototype, 'constructor');
    if (own === undefined || typeof own.value !== 'function') continue;
    const { name } = own.value;
    kind ||= kinds[name] ?? false;
    if (name === 'HandleWrap') return kind;
  }
  return false;
}

module.exports = { idlePipe, kindOf, opened, receivedSocket, socketOfNode, socketOver };
