'use strict';
// Node's own handles (Pipe, TCP, TTY, UDP) without its internals: the Pipe class is taken from the first socket that is
// made over a descriptor, and its ancestors tell the other kinds.

const net = require('node:net');

let Pipe;

// An unopened handle; `fd` is used up when it is the first one of all, because a class cannot be had without an object.
function socketOver(fd, readable, onread) {
  if (Pipe === undefined) {
    const socket = new net.Socket({ fd, readable, onread });
    // Anything but a pipe or a socket never comes here, yet a class once taken is used for ever.
    if (socket._handle?.constructor.name === 'Pipe') Pipe = socket._handle.constructor;
    return socket;
  }
  const handle = new Pipe(0);
  const failed = handle.open(fd);
  if (failed) return new net.Socket({ fd, readable, onread });
  return new net.Socket({ handle, readable, onread });
}

const kinds = { __proto__: null, Pipe: 'pipe', TCP: 'tcp', TTY: 'tty', UDP: 'udp' };

// 'pipe', 'tcp', 'tty', 'udp', or false where the value is none of Node's handles. All four descend from HandleWrap.
function kindOf(value) {
  if (value === null || typeof value !== 'object') return false;
  let kind = false;
  for (let prototype = Object.getPrototypeOf(value); prototype; prototype = Object.getPrototypeOf(prototype)) {
    const own = Object.getOwnPropertyDescriptor(prototype, 'constructor');
    if (own === undefined || typeof own.value !== 'function') continue;
    const { name } = own.value;
    kind ||= kinds[name] ?? false;
    if (name === 'HandleWrap') return kind;
  }
  return false;
}

module.exports = { kindOf, socketOver };
