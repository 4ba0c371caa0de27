'use strict';
// The `stdio` option in all its forms -> one record for each descriptor of the child, and the list of numbers that the
// addon takes. Records look like Node's (type, fd, handle), because subscribers of the tracing channel see them.

const { types: { isArrayBufferView } } = require('node:util');

const threadState = require('../addon/thread-state');
const { kindOf } = require('../addon/node-handles');
const { Int32Array, arrayFind, arrayIsArray, arrayPush, geteuid, mathMax } = require('../node/primordials');
const { invalidArgValue, invalidSyncForkInput, ipcOnePipe, ipcSyncFork } = require('../node/errors');

// What the addon is asked for; a number from 0 on is a descriptor of this process.
const IGNORE = -1;
const PIPE = -2;
const SOCKET = -3;
const CHANNEL = -5;
// Stands for a handle that has no descriptor (any more).
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

// One entry, which stands at place `i` of what the caller gave; null for one that a sync child takes as its input.
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

// -> { records, ipc }: `ipc` is the place of the channel or -1.
function resolveAll(stdio, isSync) {
  if (typeof stdio === 'string') stdio = fromString(stdio);
  else if (!arrayIsArray(stdio)) throw invalidArgValue('stdio', stdio);

  const records = [];
  let ipc = -1;
  const length = mathMax(stdio.length, 3);
  for (let i = 0; i < length; i++) {
    // A hole in the list takes no descriptor at all in Node: what follows moves up.
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

// Lists by their length, between two starts: the addon's first look at a new one moves it out of JavaScript's heap, which
// costs more than filling it.
const spares = [];
const LONGEST_SPARE = 16;

function takeList(length) {
  const list = spares[length];
  if (list === undefined) return new Int32Array(length);
  spares[length] = undefined;
  return list;
}

// For lists of `descriptors` that nobody looks at any more.
function giveBack(list) {
  if (list.length <= LONGEST_SPARE) spares[list.length] = list;
}

// A user, but for root, may have 64 MiB in pipes. Beyond that new pipes hold 8 KiB, those of other programs of that user too. The
// outputs of so many children take half of it; those that a call waits for, mostly for a short time, may take a quarter more.
const MOST_WITH_PIPES = 64;
const MOST_AWAITED = 96;

// How many live children have pipes.
threadState.piped ??= 0;

function mayHavePipes(isAwaited) {
  return threadState.piped < (isAwaited ? MOST_AWAITED : MOST_WITH_PIPES) || geteuid() === 0;
}

// Whether that is asked for. What is asked for at 0 becomes a socket.
function asksForPipes(io) {
  return io[1] === PIPE || io[2] === PIPE;
}

// Numbers for the addon, at least three, with room for the two that it adds. Descriptors above 2 are two-way, as programs that were
// written for Node expect; the outputs are real pipes, so that a child can open /dev/stdout again.
// `isAwaited`: it belongs to an exec(), an execFile() or a sync function;
// `isMarked`: the channel tells an end of this package in the child that this one is, too.
function descriptors(records, isAwaited, isMarked = false) {
  const count = mathMax(records.length, 3);
  const io = takeList(count + 2);
  for (let i = records.length; i < count; i++) io[i] = IGNORE;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    switch (record.type) {
      case 'ignore': io[i] = IGNORE; break;
      case 'pipe':
      // After a hole the input's place may be taken by what is an output.
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

// Whether a handle in the list has no descriptor.
function isShort(list) {
  for (let i = 0; i < list.length; i++) if (list[i] === NO_DESCRIPTOR) return true;
  return false;
}

// What says that it is closed, or has none, cannot be handed on; what no descriptor can be is ignored.
function numberOf(fd) {
  if (fd === undefined || fd === null || fd === -1) return NO_DESCRIPTOR;
  return fd < -1 ? IGNORE : fd;
}

module.exports = { IGNORE, SOCKET, asksForPipes, descriptors, fromString, giveBack, isShort, resolve, resolveSync };
