'use strict';
// Converts the `stdio` option, in all its forms, to records: one for each descriptor of the child. And converts records to
// the list of numbers that the addon takes. Records have the shape of Node's (type, fd, handle), because subscribers of the
// tracing channel see them.

const { types: { isArrayBufferView } } = require('node:util');

const threadState = require('../addon/thread-state');
const { kindOf } = require('../addon/node-handles');
const { Int32Array, arrayFind, arrayIsArray, arrayPush, geteuid, mathMax } = require('../node/primordials');
const { invalidArgValue, invalidSyncForkInput, ipcOnePipe, ipcSyncFork } = require('../node/errors');

// The numbers in the list. A number >= 0 is a descriptor of this process, which the child gets.
const IGNORE = -1;
const PIPE = -2;
const SOCKET = -3;
const CHANNEL = -5;
// For a handle that has no descriptor, or has closed it. The start then fails with EINVAL.
const NO_DESCRIPTOR = -4;

function fromString(stdio, channel) {
  let list;
  switch (stdio) {
    case 'ignore':
    case 'overlapped':
    case 'pipe': list = [stdio, stdio, stdio]; break;
    case 'inherit': list = [0, 1, 2]; break;
    default: throw invalidArgValue('stdio', stdio);
  }
  if (channel) arrayPush(list, channel);
  return list;
}

// Converts the entry at index `i` of the `stdio` option to a record. -> null for bytes or text in a sync form: as in Node
// such an entry takes no descriptor.
function entry(value, i, isSync) {
  if (value === undefined || value === null) value = i < 3 ? 'pipe' : 'ignore';
  if (value === 'ignore') return { __proto__: null, type: 'ignore' };
  if (value === 'pipe' || value === 'overlapped' || (typeof value === 'number' && value < 0)) {
    return { __proto__: null, type: value === 'overlapped' ? 'overlapped' : 'pipe', readable: i === 0, writable: i !== 0 };
  }
  if (value === 'inherit') return { __proto__: null, type: 'inherit', fd: i };
  if (typeof value === 'number') return { __proto__: null, type: 'fd', fd: value };
  if (typeof value.fd === 'number') return { __proto__: null, type: 'fd', fd: value.fd };
  const wrap = arrayFind([value, value.handle, value._handle], (candidate) => kindOf(candidate));
  if (wrap !== undefined) return { __proto__: null, type: 'wrap', wrapType: kindOf(wrap), handle: wrap, _stdio: value };
  if (isArrayBufferView(value) || typeof value === 'string') {
    if (!isSync) throw invalidSyncForkInput(value);
    return null;
  }
  throw invalidArgValue('stdio', value);
}

// -> { records, ipc }: `ipc` is the index of the channel, or -1.
function resolveAll(stdio, isSync) {
  if (typeof stdio === 'string') stdio = fromString(stdio);
  else if (!arrayIsArray(stdio)) throw invalidArgValue('stdio', stdio);

  const records = [];
  let ipc = -1;
  const length = mathMax(stdio.length, 3);
  for (let i = 0; i < length; i++) {
    // As in Node, a hole in the list takes no descriptor: the entries after it move down by one.
    if (i < stdio.length && !(i in stdio)) continue;
    const value = stdio[i];
    if (value === 'ipc') {
      if (isSync) throw ipcSyncFork();
      if (ipc !== -1) throw ipcOnePipe();
      ipc = i;
      arrayPush(records, { __proto__: null, type: 'pipe', handle: undefined, ipc: true });
      continue;
    }
    const record = entry(value, i, isSync);
    if (record !== null) arrayPush(records, record);
  }
  return { records, ipc };
}

const resolve = (stdio) => resolveAll(stdio, false);
const resolveSync = (stdio) => resolveAll(stdio, true).records;

// Lists that can be used again, by their length. A new list is expensive: when the addon first reads it, V8 moves its
// memory out of the JavaScript heap, which costs more than to fill it.
const spares = [];
const LONGEST_SPARE = 16;

function takeList(length) {
  const list = spares[length];
  if (list === undefined) return new Int32Array(length);
  spares[length] = undefined;
  return list;
}

// Takes back a list of descriptors() that is not used any more.
function giveBack(list) {
  if (list.length <= LONGEST_SPARE) spares[list.length] = list;
}

// How many live children may have pipes; further children get sockets. The limit is there because Linux lets a user (other
// than root) have 64 MiB in pipes. Beyond that, new pipes of all programs of this user hold only 8 KiB.
// 64 children use half of the 64 MiB. Children of exec(), execFile() and the sync forms (`isAwaited`) are mostly short: with
// them it may be 96, three quarters.
const MOST_WITH_PIPES = 64;
const MOST_AWAITED = 96;

// How many live children have pipes.
threadState.piped ??= 0;

function mayHavePipes(isAwaited) {
  return threadState.piped < (isAwaited ? MOST_AWAITED : MOST_WITH_PIPES) || geteuid() === 0;
}

// Whether the list asks for pipes as outputs. A PIPE at index 0 is not counted: the addon makes a socket of it.
function asksForPipes(io) {
  return io[1] === PIPE || io[2] === PIPE;
}

// -> the list for the addon: at least three numbers, and two more places for the results of the addon.
// stdout and stderr are real pipes, so that a child can open /dev/stdout. Descriptors above 2 are sockets: as in Node, both
// sides can write to them.
// `isAwaited`: the child belongs to exec(), execFile() or a sync form;
// `isMarked`: the channel is marked, so that this package in the child sees that this end is of this package too.
function descriptors(records, isAwaited, isMarked = false) {
  const count = mathMax(records.length, 3);
  const io = takeList(count + 2);
  for (let i = records.length; i < count; i++) io[i] = IGNORE;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    switch (record.type) {
      case 'ignore': io[i] = IGNORE; break;
      case 'pipe':
      // After a hole the record at index 0 may be an output (`writable`).
      case 'overlapped':
        if (record.ipc) io[i] = isMarked ? CHANNEL : SOCKET;
        else if (i === 0) io[i] = record.writable ? SOCKET : PIPE;
        else io[i] = i <= 2 && mayHavePipes(isAwaited) ? PIPE : SOCKET;
        break;
      case 'wrap': io[i] = numberOf(record.handle.fd); break;
      default: io[i] = numberOf(record.fd);
    }
  }
  return io;
}

// Whether a handle in the list has no descriptor. Such a start fails.
function isShort(list) {
  for (let i = 0; i < list.length; i++) if (list[i] === NO_DESCRIPTOR) return true;
  return false;
}

// No descriptor, or -1 (a closed handle), cannot be passed to the child. Other negative numbers mean 'ignore', as in Node.
function numberOf(fd) {
  if (fd === undefined || fd === null || fd === -1) return NO_DESCRIPTOR;
  return fd < -1 ? IGNORE : fd;
}

module.exports = { IGNORE, SOCKET, asksForPipes, descriptors, fromString, giveBack, isShort, resolve, resolveSync };
