'use strict';
// ChildProcess: the object that users get for a child. Its own properties, their order, and the order and time of its
// events are the same as in Node. It inherits from Node's ChildProcess, so `instanceof` works with both classes.

const EventEmitter = require('node:events');
const { channel: channelOf, tracingChannel } = require('node:diagnostics_channel');
const net = require('node:net');
const { constants: { errno } } = require('node:os');

const accelerate = require('../preload/accelerate');
const check = require('../arguments/validate');
const { kGather } = require('./output-gatherer');
const stock = require('../node/builtin');
const versions = require('../node/versions');
const { binding } = require('../addon/native');
const { Process, bindToParent, resourceUsage, started } = require('./process-handle');
const { asksForPipes, descriptors, giveBack, isShort, resolve } = require('./stdio');
const { cString, joined, joinedArguments, startFlags } = require('../arguments/native-request');
const { featureUnavailable, systemError } = require('../node/errors');
const { socketOver } = require('../addon/node-handles');
const {
  OwnWeakSet, Symbol, arraySlice, functionCall, functionHasInstance, objectDefineProperty, objectSetPrototypeOf,
  setOf,
} = require('../node/primordials');

// Children that were started with `killTree`.
const wholeTrees = new OwnWeakSet();

const kUsedAsStdio = Symbol('kIsUsedAsStdio');

// Errors of a start that are reported by the event 'error'. All others are thrown.
const LATE = setOf([-errno.EACCES, -errno.EAGAIN, -errno.EMFILE, -errno.ENFILE, -errno.ENOENT]);
// After these the child object has no streams and no property `pid`: there were no free descriptors.
const LEFT_BARE = setOf([-errno.EMFILE, -errno.ENFILE]);

const created = channelOf('child_process');
const tracing = versions.tracesSpawn ? tracingChannel('child_process.spawn') : { hasSubscribers: false };

function ChildProcess() {
  functionCall(EventEmitter, this);

  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;

  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;

  giveHandle(this);

  if (created.hasSubscribers) created.publish({ process: this });
}
objectSetPrototypeOf(ChildProcess.prototype, stock.functions.ChildProcess.prototype);
objectSetPrototypeOf(ChildProcess, EventEmitter);

// Children that Node's own functions made are ChildProcess objects too.
objectDefineProperty(ChildProcess, Symbol.hasInstance, {
  __proto__: null,
  value(value) {
    const wanted = this === ChildProcess ? stock.functions.ChildProcess : this;
    return functionHasInstance(wanted, value);
  },
  configurable: true,
});

function giveHandle(child) {
  child._handle = new Process(child);
  child._handle.onexit = (exitCode, signalCode) => {
    if (child.channel === undefined || exitCode < 0) onExit(child, exitCode, signalCode);
    else channels().beforeExit(child, () => onExit(child, exitCode, signalCode));
  };
}

// Loaded by the first child that has a channel.
function channels() {
  return require('../channel/channel');
}

// Called once for the exit, once for each readable stream that closes, and once for the channel. The last call emits 'close'.
function closed(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

function onExit(child, exitCode, signalCode) {
  if (signalCode) child.signalCode = signalCode;
  else child.exitCode = exitCode;

  if (child.stdin) child.stdin.destroy();

  child._handle.close();
  child._handle = null;

  if (exitCode < 0) {
    const error = systemError(exitCode, child.spawnfile ? `spawn ${child.spawnfile}` : 'spawn');
    if (child.spawnfile) error.path = child.spawnfile;
    error.spawnargs = arraySlice(child.spawnargs, 1);
    child.emit('error', error);
  } else {
    child.emit('exit', child.exitCode, child.signalCode);
  }

  // The user has one more tick to start reading. Then streams that nobody reads are drained, so that they can end.
  if (hasStreams(child)) process.nextTick(drain, child);
  closed(child);
}

function hasStreams({ stdio }) {
  if (stdio === undefined || stdio === null) return false;
  for (let i = 0; i < stdio.length; i++) if (stdio[i]) return true;
  return false;
}

function drain({ stdio }) {
  if (stdio === undefined || stdio === null) return;
  for (let i = 0; i < stdio.length; i++) {
    const stream = stdio[i];
    // A stream that was passed to another child as its stdio is read by that child.
    if (stream && stream.readable && !stream[kUsedAsStdio]) stream.resume();
  }
}

// Runs on the tick after a start and emits 'spawn', or 'error' for the errors that are not thrown.
function tellStart({ child, failure }) {
  if (failure === 0) child.emit('spawn');
  else if (LATE.has(failure)) child._handle.onexit(failure, '');
}

// The arguments of binding.spawn(), without the descriptors. This may run code of the user: an argument can be an object
// with its own toString().
function startRequest(options, envPairs) {
  const { cwd } = options;
  const file = cString(options.file);
  const args = options.args === undefined ? '' : joinedArguments(options.args);
  const env = envPairs === undefined ? null : joined(envPairs);
  // As in Node, a `cwd` of bytes passes the checks and is then ignored.
  const folder = typeof cwd !== 'string' || cwd === '' ? null : cString(cwd);
  return { file, args, env, folder, flags: startFlags(options), uid: options.uid ?? 0, gid: options.gid ?? 0 };
}

// Starts the child. `handOver`, if given, makes a child that was started ahead the requested one, if there is such a child.
// -> 0, or the negative errno of a failure that an event reports. Other failures are thrown.
function start(child, options, envPairs, io, handOver) {
  const request = isShort(io) ? undefined : startRequest(options, envPairs);
  const hasPipes = asksForPipes(io);
  const told = { child, failure: undefined };
  // nextTick() is called before the start because it is faster there: after the start the processor's caches no longer hold
  // Node's code. With subscribers of the tracing channel it is called after them: as in Node, their ticks come first.
  const isTraced = tracing.hasSubscribers;
  if (!isTraced) process.nextTick(tellStart, told);
  const pid = request === undefined ? -errno.EINVAL : handOver?.(request, io) ||
    binding.spawn(request.file, request.args, request.env, request.folder, request.flags, request.uid, request.gid, io);
  const failure = pid < 0 ? pid : 0;
  told.failure = failure;

  if (failure === 0) {
    started(child._handle, io[io.length - 2], pid, hasPipes);
    if (isTraced) tracing.end.publish({ process: child });
  } else {
    if (isTraced) tracing.error.publish({ process: child, error: systemError(failure, 'spawn') });
    if (!LATE.has(failure)) {
      child._handle.close();
      child._handle = null;
      throw systemError(failure, 'spawn');
    }
  }
  if (isTraced) process.nextTick(tellStart, told);
  if (failure === 0) child.pid = pid;
  else if (!LEFT_BARE.has(failure)) child.pid = undefined;
  return failure;
}

// A stream handed to the child: the child reads it now, so this side must stop, and can start again later.
function yieldToChild({ handle, _stdio: stream }) {
  handle.reading = false;
  if (typeof handle.readStop === 'function') handle.readStop();
  if (typeof stream.pause === 'function') stream.pause();
  stream.readableFlowing = false;
  if (stream._readableState) stream._readableState.reading = false;
  stream[kUsedAsStdio] = true;
}

// Sets the streams of the child. -> the index of the channel in `stdio`, or -1.
function attachStreams(child, records, io, gather) {
  let channel = -1;
  const streams = [];
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    let stream = null;
    if (record.ipc) {
      child._closesNeeded++;
      channel = i;
    } else if (record.type === 'wrap') {
      yieldToChild(record);
    } else if (record.type === 'pipe' || record.type === 'overlapped') {
      const readable = i > 0;
      stream = io[i] < 0 ? neverConnected(readable) : socketOver(io[i], readable, readable && i <= 2, gather?.[i]?.reader());
      record.handle = stream._handle;
      record.socket = stream;
      if (readable) {
        child._closesNeeded++;
        stream.on('close', () => closed(child));
      }
    }
    streams[i] = stream;
  }
  child.stdin = streams.length >= 1 ? streams[0] : null;
  child.stdout = streams.length >= 2 ? streams[1] : null;
  child.stderr = streams.length >= 3 ? streams[2] : null;
  child.stdio = streams;
  return channel;
}

// The stream of a child that could not be started. It is at its end from the beginning.
function neverConnected(readable) {
  const socket = new net.Socket({ readable });
  if (readable) socket.push(null);
  return socket;
}

// If somebody has wrapped `spawn` of Node's class, the wrapper is called, as in Node. The wrapper calls Node's own function,
// and that function calls `spawn` of our handle (process-handle.js).
ChildProcess.prototype.spawn = function spawn(options) {
  if (options?.killTree) wholeTrees.add(this);
  const wrapper = stock.prototype.spawn;
  if (wrapper === stock.unwrapped.spawn) return functionCall(startChild, this, options);
  if (options?.killOnParentExit && this._handle) bindToParent(this._handle);
  return functionCall(wrapper, this, options);
};
stock.markOwn(ChildProcess.prototype.spawn);

function startChild(options) {
  check.object(options, 'options');

  const { records, ipc } = resolve(options.stdio || 'pipe');
  check.oneOf(options.serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const serialization = options.serialization || 'json';

  // As in Node, these changes to `options` are seen by wrappers of this function and by the tracing channel.
  options.stdio = records;
  let { envPairs } = options;
  if (ipc !== -1) {
    if (envPairs === undefined) envPairs = [];
    else check.array(envPairs, 'options.envPairs');
    options.envPairs = accelerate.withChannel(envPairs, ipc, serialization, undefined);
  }

  check.string(options.file, 'options.file');
  this.spawnfile = options.file;

  if (options.args === undefined) {
    this.spawnargs = [];
  } else {
    check.array(options.args, 'options.args');
    this.spawnargs = options.args;
  }

  if (tracing.hasSubscribers) {
    tracing.start.publish({ process: this, options });
  }

  stock.refuseIfForbidden(options.file);
  const isMarked = ipc !== -1 && accelerate.isAllowed(options);
  const preload = ipc === -1 ? undefined : accelerate.preloadFor(options, ipc, envPairs);
  const handOver = preload === undefined ? undefined : options[accelerate.kPool]?.handOverFor(envPairs, accelerate.channelText(ipc, serialization));
  if (preload !== undefined) envPairs = accelerate.withChannel(envPairs, ipc, serialization, preload);
  else if (ipc !== -1) ({ envPairs } = options);
  // The channel's code is loaded before the start. Loading takes time, in which a short-lived child could already exit. And
  // if loading fails, no child has been started.
  if (ipc !== -1) channels();
  const gather = options[kGather];
  const io = descriptors(records, gather !== undefined, isMarked);
  const failure = start(this, options, envPairs, io, handOver);
  if (LEFT_BARE.has(failure)) return failure;

  const place = attachStreams(this, records, io, gather);
  const end = place === -1 ? -1 : io[place];
  giveBack(io);
  if (ipc !== -1) {
    const fd = end >= 0 ? end : binding.channelDeadEnd();
    channels().setupChannel(this, fd, serialization, {
      record: records[place],
      peer: preload === undefined ? undefined : accelerate.version,
      mayGreet: isMarked,
      isEager: options.accelerate === true,
      onClosed: closed,
    });
  }
  return failure;
}

// `options` has a default value so that kill.length is 1, as in Node.
ChildProcess.prototype.kill = function kill(sig, options = undefined) {
  const signal = sig === 0 ? sig : check.signalNumber(sig === undefined ? 'SIGTERM' : sig);
  const tree = options?.tree;
  if (tree !== undefined && tree !== null) check.boolean(tree, 'options.tree');

  if (this._handle) {
    if (this.channel) channels().beforeSignal(this);
    const failure = this._handle.kill(signal, tree === true);
    if (failure === 0) {
      this.killed = true;
      return true;
    }
    if (tree === true && failure === -errno.ENOSYS) {
      // The child itself got the signal; its descendants did not.
      this.killed = true;
      throw featureUnavailable('tree (there is no /proc to find the child\'s descendants in)');
    }
    if (failure === -errno.EINVAL || failure === -errno.ENOSYS) throw systemError(failure, 'kill');
    if (failure !== -errno.ESRCH) this.emit('error', systemError(failure, 'kill'));
  }
  return false;
};

// Ends the child on timeout or abort. With the option `killTree` its descendants are ended too.
function end(child, signal) {
  return wholeTrees.has(child) ? child.kill(signal, { tree: true }) : child.kill(signal);
}

// What the child used. undefined before the exit, and when other code of this process has waited for the child (then the
// kernel does not tell us). Not enumerable: a loop over a child sees the same keys as in Node.
objectDefineProperty(ChildProcess.prototype, 'resourceUsage', {
  __proto__: null,
  value() {
    return this.exitCode === null && this.signalCode === null ? undefined : resourceUsage(this);
  },
  configurable: true,
  writable: true,
});

ChildProcess.prototype[Symbol.dispose] = function dispose() {
  if (this.killed) return;
  if (wholeTrees.has(this)) this.kill(undefined, { tree: true });
  else this.kill();
};

ChildProcess.prototype.ref = function ref() {
  if (this._handle) this._handle.ref();
};

ChildProcess.prototype.unref = function unref() {
  if (this._handle) this._handle.unref();
};

module.exports = { ChildProcess, end, giveHandle, isTraced: () => tracing.hasSubscribers, startChild };
