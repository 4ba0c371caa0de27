'use strict';
// Made by scripts/bundle.mjs of the files that it names.
module.exports = {
'lib/api.js': (function (ours, module, exports) {'use strict';

const stock = ours('lib/stock.js');
const { binding } = ours('lib/native.js');
const { version } = ours('package.json');
const { ChildProcess } = ours('lib/child-process.js');
const { exec, execFile } = ours('lib/exec.js');
const { execFileSync, execSync, spawnSync } = ours('lib/sync.js');
const { fork } = ours('lib/fork.js');
const { spawn } = ours('lib/spawn.js');
const { numberIsInteger } = ours('lib/originals.js');

function _forkChild(fd, serializationMode) {
  const isOurs = numberIsInteger(fd) && binding.channelIsMarked(fd);
  const { forkChild, prepare } = ours('lib/ipc/channel.js');
  prepare(isOurs, serializationMode);
  forkChild(fd, serializationMode, isOurs ? version : undefined);
}

const own = {
  __proto__: null,
  _forkChild,
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
};

for (const key in own) stock.markOwn(own[key]);

module.exports = { ...stock.functions, ...own };

}),
'lib/stock.js': (function (ours, module, exports) {'use strict';

const builtin = ours.builtin('node:child_process');

const { internalBinding } = ours('lib/internals.js');
const { Symbol, WeakRef, functionToString, objectAssign, objectDefineProperty, regexpExec } = ours('lib/originals.js');

const kStock = Symbol.for('rs-child-process.stock');
const kOwn = Symbol.for('rs-child-process.own');
const kStart = Symbol.for('rs-child-process.start');
const kSettle = Symbol.for('rs-child-process.settle');

function onAny(key) {
  for (const name in builtin) {
    const found = builtin[name]?.[key];
    if (found !== undefined) return found;
  }
  return undefined;
}

const functions = onAny(kStock) ?? objectAssign({ __proto__: null }, builtin);
if (functions[kStart] === undefined) objectDefineProperty(functions, kStart, { __proto__: null, value: functions.ChildProcess.prototype.spawn });

const INSIDE = /\b(?:normalize(?:Spawn|Exec|ExecFile)Arg\w*|getValidatedPath|getValidStdio|PipeConstants|FunctionPrototypeCall)\b/;

function isPlain(value) {
  return isOwn(value) || (typeof value === 'function' && regexpExec(INSIDE, functionToString(value)) !== null);
}

function isOwn(value) {
  return typeof value === 'function' && value[kOwn] === value;
}

function markOwn(value) {
  objectDefineProperty(value, kOwn, { __proto__: null, value });
  objectDefineProperty(value, kStock, { __proto__: null, value: functions });
}

function remember(value, nodes) {
  if (!isOwn(value)) return () => value;
  return givesWhileHeld(new WeakRef(value), nodes);
}

function givesWhileHeld(held, nodes) {
  return () => held.deref() ?? nodes;
}

const { prototype } = functions.ChildProcess;
const unwrapped = { spawn: isPlain(prototype.spawn) ? prototype.spawn : undefined };

let syncBinding;
let ownSyncSpawn;

function replacedSyncBinding() {
  if (syncBinding === undefined) syncBinding = internalBinding('spawn_sync') ?? null;
  if (syncBinding === null || syncBinding.spawn === ownSyncSpawn) return undefined;
  if (functionToString(syncBinding.spawn) !== 'function spawn() { [native code] }') return syncBinding;
  ownSyncSpawn = syncBinding.spawn;
  return undefined;
}

const settle = () => onAny(kSettle)?.();

module.exports = { builtin, functions, isOwn, isPlain, markOwn, prototype, remember, replacedSyncBinding, settle, start: functions[kStart], unwrapped };

}),
'lib/internals.js': (function (ours, module, exports) {'use strict';

const { arrayJoin, regexpExec } = ours('lib/originals.js');

function internalBinding(name) {
  const { NODE_OPTIONS: inherited, NODE_PENDING_DEPRECATION: pending } = process.env;
  if (pending === '1' || regexpExec(/pending-deprecation|config/, `${arrayJoin(process.execArgv, ' ')} ${inherited}`) !== null) return undefined;
  try {
    return process.binding(name);
  } catch {
    return undefined;
  }
}

module.exports = { internalBinding };

}),
'lib/originals.js': (function (ours, module, exports) {'use strict';

const { AsyncResource, executionAsyncResource } = ours.builtin('node:async_hooks');
const { Buffer } = ours.builtin('node:buffer');
const { subscribe: diagnosticsSubscribe } = ours.builtin('node:diagnostics_channel');
const { clearTimeout, setImmediate, setTimeout } = ours.builtin('node:timers');
const { deprecate, inspect, types } = ours.builtin('node:util');

const { parse: fromJson, stringify: toJson } = JSON;
const { geteuid, hrtime, nextTick } = process;

const withSelf = Function.prototype.bind.bind(Function.prototype.call);

const TypedArray = Object.getPrototypeOf(Uint8Array.prototype);

function getter(prototype, key) {
  const found = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  return found && withSelf(found);
}

const originals = {
  __proto__: null,
  Array, ArrayBuffer, BigInt, BigInt64Array, BigUint64Array, Boolean, Buffer, DataView, Date, Error, FinalizationRegistry, Float32Array, Float64Array,
  Function, Int16Array, Int32Array, Int8Array, Map, Number, Object, Promise, RangeError, RegExp, Set, String, Symbol, TypeError, URL, Uint16Array,
  Uint32Array, Uint8Array, Uint8ClampedArray, WeakRef,
  AsyncResource, clearTimeout, deprecate, diagnosticsSubscribe, executionAsyncResource, fromJson, geteuid, inspect, types,
  isRawJson: JSON.isRawJSON ?? (() => false), hrtime, nextTick, setImmediate, setTimeout, toJson, withSelf,

  arrayIsArray: Array.isArray,
  arrayBufferIsView: ArrayBuffer.isView,
  atomicsStore: Atomics.store,
  bigintAsIntN: BigInt.asIntN,
  bigintAsUintN: BigInt.asUintN,
  bufferAlloc: Buffer.alloc,
  bufferAllocUnsafe: Buffer.allocUnsafe,
  bufferAllocUnsafeSlow: Buffer.allocUnsafeSlow,
  bufferByteLength: Buffer.byteLength,
  bufferConcat: Buffer.concat,
  bufferFrom: Buffer.from,
  bufferIsBuffer: Buffer.isBuffer,
  bufferIsEncoding: Buffer.isEncoding,
  errorCaptureStackTrace: Error.captureStackTrace,
  mathAbs: Math.abs,
  mathMax: Math.max,
  mathMin: Math.min,
  numberIsFinite: Number.isFinite,
  numberIsInteger: Number.isInteger,
  objectAssign: Object.assign,
  objectCreate: Object.create,
  objectDefineProperty: Object.defineProperty,
  objectFreeze: Object.freeze,
  objectGetOwnPropertyDescriptor: Object.getOwnPropertyDescriptor,
  objectGetOwnPropertyNames: Object.getOwnPropertyNames,
  objectGetOwnPropertySymbols: Object.getOwnPropertySymbols,
  objectGetPrototypeOf: Object.getPrototypeOf,
  objectHasOwn: Object.hasOwn,
  objectIs: Object.is,
  objectKeys: Object.keys,
  objectSetPrototypeOf: Object.setPrototypeOf,
  objectValues: Object.values,
  reflectDefineProperty: Reflect.defineProperty,
  stringFromCharCode: String.fromCharCode,

  getArrayBufferByteLength: getter(ArrayBuffer.prototype, 'byteLength'),
  getArrayBufferResizable: getter(ArrayBuffer.prototype, 'resizable'),
  getDataViewBuffer: getter(DataView.prototype, 'buffer'),
  getDataViewByteLength: getter(DataView.prototype, 'byteLength'),
  getDataViewByteOffset: getter(DataView.prototype, 'byteOffset'),
  getMapSize: getter(Map.prototype, 'size'),
  getRegExpDotAll: getter(RegExp.prototype, 'dotAll'),
  getRegExpGlobal: getter(RegExp.prototype, 'global'),
  getRegExpHasIndices: getter(RegExp.prototype, 'hasIndices'),
  getRegExpIgnoreCase: getter(RegExp.prototype, 'ignoreCase'),
  getRegExpMultiline: getter(RegExp.prototype, 'multiline'),
  getRegExpSource: getter(RegExp.prototype, 'source'),
  getRegExpSticky: getter(RegExp.prototype, 'sticky'),
  getRegExpUnicode: getter(RegExp.prototype, 'unicode'),
  getRegExpUnicodeSets: getter(RegExp.prototype, 'unicodeSets'),
  getSetSize: getter(Set.prototype, 'size'),
  getSymbolDescription: getter(Symbol.prototype, 'description'),
  getTypedArrayBuffer: getter(TypedArray, 'buffer'),
  getTypedArrayByteLength: getter(TypedArray, 'byteLength'),
  getTypedArrayByteOffset: getter(TypedArray, 'byteOffset'),
  getTypedArrayToStringTag: getter(TypedArray, Symbol.toStringTag),

  arrayFill: withSelf(Array.prototype.fill),
  arrayFind: withSelf(Array.prototype.find),
  arrayFindIndex: withSelf(Array.prototype.findIndex),
  arrayForEach: withSelf(Array.prototype.forEach),
  arrayIncludes: withSelf(Array.prototype.includes),
  arrayIndexOf: withSelf(Array.prototype.indexOf),
  arrayJoin: withSelf(Array.prototype.join),
  arrayLastIndexOf: withSelf(Array.prototype.lastIndexOf),
  arrayPop: withSelf(Array.prototype.pop),
  arrayPush: withSelf(Array.prototype.push),
  arrayShift: withSelf(Array.prototype.shift),
  arraySlice: withSelf(Array.prototype.slice),
  arraySome: withSelf(Array.prototype.some),
  arraySplice: withSelf(Array.prototype.splice),
  arrayUnshift: withSelf(Array.prototype.unshift),
  arrayBufferSlice: withSelf(ArrayBuffer.prototype.slice),
  asyncResourceAsyncId: withSelf(AsyncResource.prototype.asyncId),
  asyncResourceEmitDestroy: withSelf(AsyncResource.prototype.emitDestroy),
  asyncResourceRunInAsyncScope: withSelf(AsyncResource.prototype.runInAsyncScope),
  bigintToString: withSelf(BigInt.prototype.toString),
  bigintValueOf: withSelf(BigInt.prototype.valueOf),
  booleanValueOf: withSelf(Boolean.prototype.valueOf),
  bufferCopy: withSelf(Buffer.prototype.copy),
  bufferCopyWithin: withSelf(Buffer.prototype.copyWithin),
  bufferIncludes: withSelf(Buffer.prototype.includes),
  bufferLatin1Slice: withSelf(Buffer.prototype.latin1Slice),
  bufferLatin1Write: withSelf(Buffer.prototype.latin1Write),
  bufferReadDoubleLE: withSelf(Buffer.prototype.readDoubleLE),
  bufferReadUInt32BE: withSelf(Buffer.prototype.readUInt32BE),
  bufferReadUInt32LE: withSelf(Buffer.prototype.readUInt32LE),
  bufferSet: withSelf(Buffer.prototype.set),
  bufferSubarray: withSelf(Buffer.prototype.subarray),
  bufferToString: withSelf(Buffer.prototype.toString),
  bufferUcs2Slice: withSelf(Buffer.prototype.ucs2Slice),
  bufferUcs2Write: withSelf(Buffer.prototype.ucs2Write),
  bufferUtf8Slice: withSelf(Buffer.prototype.utf8Slice),
  bufferUtf8Write: withSelf(Buffer.prototype.utf8Write),
  bufferWriteUInt32BE: withSelf(Buffer.prototype.writeUInt32BE),
  bufferWriteUInt32LE: withSelf(Buffer.prototype.writeUInt32LE),
  dateGetTime: withSelf(Date.prototype.getTime),
  functionApply: withSelf(Function.prototype.apply),
  functionBind: withSelf(Function.prototype.bind),
  functionCall: withSelf(Function.prototype.call),
  functionHasInstance: withSelf(Function.prototype[Symbol.hasInstance]),
  functionToString: withSelf(Function.prototype.toString),
  mapForEach: withSelf(Map.prototype.forEach),
  mapSet: withSelf(Map.prototype.set),
  numberValueOf: withSelf(Number.prototype.valueOf),
  objectToString: withSelf(Object.prototype.toString),
  regexpExec: withSelf(RegExp.prototype.exec),
  setAdd: withSelf(Set.prototype.add),
  setForEach: withSelf(Set.prototype.forEach),
  setIteratorNext: withSelf(Object.getPrototypeOf(new Set().values()).next),
  stringCharCodeAt: withSelf(String.prototype.charCodeAt),
  stringEndsWith: withSelf(String.prototype.endsWith),
  stringIncludes: withSelf(String.prototype.includes),
  stringIndexOf: withSelf(String.prototype.indexOf),
  stringSlice: withSelf(String.prototype.slice),
  stringSplit: withSelf(String.prototype.split),
  stringStartsWith: withSelf(String.prototype.startsWith),
  stringSubstring: withSelf(String.prototype.substring),
  stringToUpperCase: withSelf(String.prototype.toUpperCase),
  stringValueOf: withSelf(String.prototype.valueOf),
};

function own(Base) {
  const Own = class extends Base { constructor() { super(); } };
  Object.defineProperties(Own.prototype, Object.getOwnPropertyDescriptors(Base.prototype));
  Object.setPrototypeOf(Own.prototype, null);
  return Own;
}
originals.OwnMap = own(Map);
originals.OwnSet = own(Set);
originals.OwnWeakMap = own(WeakMap);
originals.OwnWeakSet = own(WeakSet);

originals.setOf = (values) => {
  const set = new originals.OwnSet();
  for (let i = 0; i < values.length; i++) set.add(values[i]);
  return set;
};

originals.bufferOf = (bytes, from, to) => {
  const copy = originals.bufferAllocUnsafe(to - from);
  originals.bufferCopy(bytes, copy, 0, from, to);
  return copy;
};

originals.arrayFilter = (list, isWanted) => {
  const wanted = [];
  for (let i = 0; i < list.length; i++) if (isWanted(list[i], i)) wanted[wanted.length] = list[i];
  return wanted;
};
originals.arrayMap = (list, convert) => {
  const converted = [];
  for (let i = 0; i < list.length; i++) converted[i] = convert(list[i], i);
  return converted;
};

originals.flatList = (...lists) => {
  const all = [];
  for (let i = 0; i < lists.length; i++) {
    for (let j = 0; j < lists[i].length; j++) all[all.length] = lists[i][j];
  }
  return all;
};

module.exports = originals;

}),
'lib/native.js': (function (ours, module, exports) {'use strict';

const { Error, flatList } = ours('lib/originals.js');

const { platform, arch } = process;

function requests() {
  const both = (name) => [`../rs-child-process.${name}.node`, `rs-child-process-${name}`];
  if (platform === 'darwin') return both(`darwin-${arch}`);
  if (platform === 'linux') return flatList(both(`linux-${arch}-gnu`), both(`linux-${arch}-musl`));
  return [];
}

function isWithoutSockets() {
  return process.permission !== undefined && process.allowedNodeEnvironmentFlags.has('--allow-net') && !process.permission.has('net');
}

function load() {
  if (process.env.RS_CHILD_PROCESS_NATIVE === '0') throw new Error('RS_CHILD_PROCESS_NATIVE=0 turns the addon off');
  if (isWithoutSockets()) throw new Error('the permission model allows no sockets (--allow-net), and so no streams over descriptors');
  if (platform === 'win32') throw new Error('rs-child-process has no addon for Windows');
  let failure;
  const all = requests();
  for (let i = 0; i < all.length; i++) {
    try {
      const request = all[i];
      return require(request);
    } catch (error) {
      if (error.code === 'ERR_DLOPEN_DISABLED') throw error;
      if (error.code !== 'MODULE_NOT_FOUND') failure ??= error;
    }
  }
  try {
    return require('../native.js');
  } catch (error) {
    throw failure ?? error;
  }
}

let binding = null;
let reason;
try {
  binding = load();
} catch (error) {
  reason = error;
}

module.exports = { binding, reason };

}),
'package.json': (function (ours, module, exports) {module.exports = { version: '0.1.0' };
}),
'lib/child-process.js': (function (ours, module, exports) {'use strict';

const EventEmitter = ours.builtin('node:events');
const { channel: channelOf, tracingChannel } = ours.builtin('node:diagnostics_channel');
const net = ours.builtin('node:net');
const { constants: { errno } } = ours.builtin('node:os');

const accelerate = ours('lib/accelerate.js');
const check = ours('lib/validate.js');
const collect = ours('lib/collect.js');
const stock = ours('lib/stock.js');
const versions = ours('lib/versions.js');
const { binding } = ours('lib/native.js');
const { Process, bindToParent, resourceUsage, started } = ours('lib/process-handle.js');
const { asksForPipes, descriptors, giveBack, isShort, resolve } = ours('lib/stdio.js');
const { closed } = ours('lib/life.js');
const { cString, joined, joinedArguments, startFlags } = ours('lib/request.js');
const { refuseIfForbidden } = ours('lib/permission.js');
const { featureUnavailable, systemError } = ours('lib/errors.js');
const { socketOver } = ours('lib/handles.js');
const {
  OwnWeakSet, Symbol, arraySlice, functionCall, functionHasInstance, objectDefineProperty, objectSetPrototypeOf,
  setOf,
} = ours('lib/originals.js');

const wholeTrees = new OwnWeakSet();

const kUsedAsStdio = Symbol('kIsUsedAsStdio');

const LATE = setOf([-errno.EACCES, -errno.EAGAIN, -errno.EMFILE, -errno.ENFILE, -errno.ENOENT]);
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

function channels() {
  return ours('lib/ipc/channel.js');
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
    if (stream && stream.readable && !stream[kUsedAsStdio]) stream.resume();
  }
}

function tellStart({ child, failure }) {
  if (failure === 0) child.emit('spawn');
  else if (LATE.has(failure)) child._handle.onexit(failure, '');
}

function startRequest(options, envPairs) {
  const { cwd } = options;
  const file = cString(options.file);
  const args = options.args === undefined ? '' : joinedArguments(options.args);
  const env = envPairs === undefined ? null : joined(envPairs);
  const folder = typeof cwd !== 'string' || cwd === '' ? null : cString(cwd);
  return { file, args, env, folder, flags: startFlags(options), uid: options.uid ?? 0, gid: options.gid ?? 0 };
}

function start(child, options, envPairs, io) {
  const request = isShort(io) ? undefined : startRequest(options, envPairs);
  const hasPipes = asksForPipes(io);
  const told = { child, failure: undefined };
  const isTraced = tracing.hasSubscribers;
  if (!isTraced) process.nextTick(tellStart, told);
  const pid = request === undefined ? -errno.EINVAL :
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

function yieldToChild({ handle, _stdio: stream }) {
  handle.reading = false;
  if (typeof handle.readStop === 'function') handle.readStop();
  if (typeof stream.pause === 'function') stream.pause();
  stream.readableFlowing = false;
  if (stream._readableState) stream._readableState.reading = false;
  stream[kUsedAsStdio] = true;
}

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

function neverConnected(readable) {
  const socket = new net.Socket({ readable });
  if (readable) socket.push(null);
  return socket;
}

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

  refuseIfForbidden(options.file);
  const isMarked = ipc !== -1 && accelerate.isAllowed(options);
  const preload = ipc === -1 ? undefined : accelerate.preloadFor(options, ipc, envPairs);
  if (preload !== undefined) envPairs = accelerate.withChannel(envPairs, ipc, serialization, preload);
  else if (ipc !== -1) ({ envPairs } = options);
  if (ipc !== -1) channels();
  const gather = options[collect.kGather];
  const io = descriptors(records, gather !== undefined, isMarked);
  const failure = start(this, options, envPairs, io);
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
    });
  }
  return failure;
}

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
      this.killed = true;
      throw featureUnavailable('tree (there is no /proc to find the child\'s descendants in)');
    }
    if (failure === -errno.EINVAL || failure === -errno.ENOSYS) throw systemError(failure, 'kill');
    if (failure !== -errno.ESRCH) this.emit('error', systemError(failure, 'kill'));
  }
  return false;
};

function end(child, signal) {
  return wholeTrees.has(child) ? child.kill(signal, { tree: true }) : child.kill(signal);
}

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

}),
'lib/accelerate.js': (function (ours, module, exports) {'use strict';

const { readFileSync, statSync } = ours.builtin('node:fs');
const { dirname, join, resolve } = ours.builtin('node:path');

const { binding } = ours('lib/native.js');
const { Symbol, arrayLastIndexOf, flatList, fromJson, regexpExec, stringIncludes, stringIndexOf, stringSlice } = ours('lib/originals.js');
const { version } = ours('package.json');

const PRELOAD = {
  json: join(__dirname, 'accelerate', 'child-side-json.cjs'),
  advanced: join(__dirname, 'accelerate', 'child-side-advanced.cjs'),
};
const VARIABLE = 'RS_CHILD_PROCESS_CHANNEL';

const kFork = Symbol('kFork');

const OBSTACLE = /--(?:permission|experimental-permission|experimental-policy|policy-integrity|snapshot-blob|build-snapshot|no-addons|test\b|run\b|watch|trace-env|(?:experimental-)?(?:default-)?config-file)/;
const ENV_FILE = /^--env-file/;
const OTHER_CHILD = /^(?:NODE_UNIQUE_ID|NODE_CHANNEL_FD|WATCH_REPORT_DEPENDENCIES|RS_CHILD_PROCESS_CHANNEL)=|^RS_CHILD_PROCESS_ACCELERATE=0$/;

const OPTIONS = /^NODE_OPTIONS=/;

const { execPath } = process;
let isOrdinary;

function isOrdinaryNode() {
  return isOrdinary ??= findOrdinary();
}

function findOrdinary() {
  if (process.versions.electron !== undefined || process.versions.bun !== undefined || process.pkg !== undefined) return false;
  try {
    return !ours.builtin('node:sea').isSea();
  } catch {
    return true;
  }
}

function isAllowed(options) {
  return options.accelerate !== false && process.env.RS_CHILD_PROCESS_ACCELERATE !== '0';
}

function preloadFor(options, fd, envPairs) {
  if (options[kFork] === undefined || isBarred(options, fd, envPairs)) return undefined;
  return binding.preloadOption(PRELOAD[options.serialization || 'json'], execPath) ?? undefined;
}

function isBarred(options, fd, envPairs) {
  if (!isAllowed(options)) return true;
  if (options.file !== execPath || process.permission !== undefined) return true;
  if (typeof options.uid === 'number' || typeof options.gid === 'number') return true;
  if (fd <= 2) return true;
  if (indexOf(envPairs, OTHER_CHILD) !== -1) return true;
  const at = indexOf(envPairs, OPTIONS);
  const inherited = at === -1 ? 'NODE_OPTIONS=' : envPairs[at];
  if (matches(OBSTACLE, inherited) || hasOtherOptions(options, inherited) || hasBrokenPackage(options.cwd)) return true;
  return !isOrdinaryNode() || process.config.variables.node_without_node_options === true;
}

function matches(pattern, text) {
  return regexpExec(pattern, text) !== null;
}

function indexOf(envPairs, pattern) {
  for (let i = 0; i < envPairs.length; i++) if (matches(pattern, envPairs[i])) return i;
  return -1;
}

function hasOtherOptions({ args = [], cwd, [kFork]: script }, inherited) {
  const end = arrayLastIndexOf(args, script);
  for (let i = 1; i < end; i++) {
    if (matches(OBSTACLE, args[i])) return true;
    if (inherited === 'NODE_OPTIONS=' && matches(ENV_FILE, args[i]) && mayGiveOptions(args[i], args[i + 1], cwd)) return true;
  }
  return end === -1;
}

function mayGiveOptions(argument, next, cwd) {
  const at = stringIndexOf(argument, '=');
  const file = at === -1 ? next : stringSlice(argument, at + 1);
  try {
    return stringIncludes(readFileSync(resolve(cwd ?? '', file), 'utf8'), 'NODE_OPTIONS');
  } catch {
    return true;
  }
}

let good = { file: '', modified: 0, size: 0 };

function hasBrokenPackage(cwd) {
  try {
    let folder = resolve(cwd ?? '');
    for (;;) {
      const file = join(folder, 'package.json');
      const status = statSync(file, { throwIfNoEntry: false });
      if (status !== undefined) {
        checkPackage(file, status);
        return false;
      }
      const above = dirname(folder);
      if (above === folder) return false;
      folder = above;
    }
  } catch {
    return true;
  }
}

function checkPackage(file, { mtimeMs: modified, size }) {
  if (good.file === file && good.modified === modified && good.size === size) return;
  fromJson(readFileSync(file, 'utf8'));
  good = { file, modified, size };
}

function withChannel(envPairs, fd, serialization, preload) {
  if (preload === undefined) {
    return flatList(envPairs, [`NODE_CHANNEL_FD=${fd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`]);
  }
  const all = flatList(envPairs, [`${VARIABLE}=${fd}:${serialization}:${version}`]);
  const at = indexOf(envPairs, OPTIONS);
  if (at === -1) all[all.length] = `NODE_OPTIONS=${preload}`;
  else all[at] = `NODE_OPTIONS=${preload} ${stringSlice(envPairs[at], 'NODE_OPTIONS='.length)}`;
  return all;
}

module.exports = { isAllowed, isOrdinaryNode, kFork, preloadFor, version, withChannel };

}),
'lib/validate.js': (function (ours, module, exports) {'use strict';

const { fileURLToPath } = ours.builtin('node:url');
const { constants: { signals } } = ours.builtin('node:os');
const { types: { isUint8Array } } = ours.builtin('node:util');

const versions = ours('lib/versions.js');
const { invalidArgType, invalidArgValue, outOfRange, unknownSignal } = ours('lib/errors.js');
const {
  arrayIncludes, arrayIsArray, arrayJoin, arrayMap, bufferIncludes, numberIsInteger, objectValues, setOf, stringIncludes, stringToUpperCase,
} = ours('lib/originals.js');

const signalNumbers = setOf(objectValues(signals));
const LARGEST = 2 ** 53 - 1;

function string(value, name) {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
}

function boolean(value, name) {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
}

function object(value, name) {
  if (value === null || typeof value !== 'object' || arrayIsArray(value)) {
    throw invalidArgType(name, 'of type object', value);
  }
}

function array(value, name) {
  if (!arrayIsArray(value)) throw invalidArgType(name, 'an instance of Array', value);
}

function callable(value, name) {
  if (typeof value !== 'function') throw invalidArgType(name, 'of type function', value);
}

function oneOf(value, name, allowed) {
  if (!arrayIncludes(allowed, value)) {
    const list = arrayJoin(arrayMap(allowed, (item) => (typeof item === 'string' ? `'${item}'` : `${item}`)), ', ');
    throw invalidArgValue(name, value, `must be one of: ${list}`);
  }
}

function noNul(value, name) {
  if (typeof value === 'string' && stringIncludes(value, '\0')) {
    throw invalidArgValue(name, value, 'must be a string without null bytes');
  }
}

function noNulIn(values, name) {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'string' && stringIncludes(value, '\0')) noNul(value, `${name}[${i}]`);
  }
}

function looksLikeURL(value) {
  return !!(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

function path(value, name) {
  const result = looksLikeURL(value) ? fileURLToPath(value) : value;
  if (typeof result !== 'string' && !isUint8Array(result)) {
    throw invalidArgType(name, 'of type string or an instance of Buffer or URL', result);
  }
  if (typeof result === 'string' ? stringIncludes(result, '\0') : bufferIncludes(result, 0)) {
    throw invalidArgValue(name, result, 'must be a string, Uint8Array, or URL without null bytes');
  }
  return result;
}

function number(value, name, min) {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!(value >= min)) throw outOfRange(name, `>= ${min}`, value);
}

function integer(value, name, min, max) {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!numberIsInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
}

function identity(value, name) {
  if (versions.typedNumbers) {
    integer(value, name, -(2 ** 31), 2 ** 31 - 1);
  } else if (value !== (value | 0)) {
    throw invalidArgType(name, 'int32', value);
  }
}

function timeout(value) {
  if (value === undefined || value === null) return;
  if (versions.typedNumbers) {
    integer(value, 'timeout', 0, LARGEST);
  } else if (!numberIsInteger(value) || value < 0) {
    throw outOfRange('timeout', 'an unsigned integer', value);
  }
}

function maxBuffer(value) {
  if (value === undefined || value === null) return;
  if (versions.typedNumbers) {
    number(value, 'options.maxBuffer', 0);
  } else if (typeof value !== 'number' || !(value >= 0)) {
    throw outOfRange('options.maxBuffer', 'a positive number', value);
  }
}

function abortSignal(value, name) {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw invalidArgType(name, 'an instance of AbortSignal', value);
  }
}

function signalNumber(value) {
  if (typeof value === 'number' && signalNumbers.has(value)) return value;
  if (typeof value === 'string') {
    const known = signals[value] || signals[stringToUpperCase(value)];
    if (known) return known;
  }
  throw unknownSignal(value);
}

function killSignal(value) {
  if (typeof value === 'string' || typeof value === 'number') return signalNumber(value);
  if (value !== undefined && value !== null) {
    throw invalidArgType('options.killSignal', 'one of type string or number', value);
  }
  return undefined;
}

module.exports = {
  abortSignal,
  array,
  boolean,
  callable,
  identity,
  integer,
  killSignal,
  maxBuffer,
  noNul,
  noNulIn,
  object,
  oneOf,
  path,
  signalNumber,
  string,
  timeout,
};

}),
'lib/versions.js': (function (ours, module, exports) {'use strict';

const { Number, stringSplit } = ours('lib/originals.js');

const numbers = stringSplit(process.versions.node, '.', 2);
const major = Number(numbers[0]);
const minor = Number(numbers[1]);

module.exports = {
  typedNumbers: major >= 26,
  timerUntilClose: major >= 26,
  namedPromisified: major >= 22,
  emptiesOddArguments: major >= 22,
  missingOutputIsUndefined: major >= 22,
  copiesProcessEnv: major >= 22,
  inheritsEntries: major > 26 || (major === 26 && minor >= 11),
  permissionFlags: major >= 22,
  permissionFlagsByWord: major >= 24,
  channelEmitsUnref: major < 24,
  hasChannelAlias: major < 26,
  tracesSpawn: major >= 24,
  warnsShellArguments: major >= 24,
};

}),
'lib/errors.js': (function (ours, module, exports) {'use strict';

const { format, getSystemErrorName } = ours.builtin('node:util');

const {
  Error, OwnMap, RangeError, TypeError, arrayFilter, arrayJoin, errorCaptureStackTrace, inspect, mathAbs, numberIsInteger, objectAssign,
  objectCreate, objectDefineProperty, objectSetPrototypeOf, regexpExec, stringIncludes, stringIndexOf, stringSlice, stringSplit, toJson,
} = ours('lib/originals.js');

const classes = new OwnMap();

function prototypeOf(Base) {
  let prototype = classes.get(Base);
  if (prototype === undefined) {
    prototype = objectCreate(Base.prototype, {
      __proto__: null,
      constructor: { __proto__: null, value: Base, configurable: true, writable: true },
      toString: {
        __proto__: null,
        value: function toString() {
          return `${this.name} [${this.code}]: ${this.message}`;
        },
        configurable: true,
        writable: true,
      },
    });
    classes.set(Base, prototype);
  }
  return prototype;
}

const HERE = /(?:\(| )((?:file:\/\/)?\/.*\/lib\/)(?:errors\.js|core\.bundle\.js|accelerate\/child-side-\w+\.cjs):\d/;
let folder;

function ownFolder() {
  const probe = {};
  errorCaptureStackTrace(probe);
  return typeof probe.stack === 'string' ? regexpExec(HERE, probe.stack)?.[1] : undefined;
}

function withoutOwnFrames(error) {
  try {
    folder ??= ownFolder();
    const { stack } = error;
    if (typeof stack !== 'string') return error;
    const begin = stringIndexOf(stack, error.message) + error.message.length;
    if (folder === undefined || stringIndexOf(stack, folder, begin) === -1) return error;
    const lines = stringSplit(stringSlice(stack, begin), '\n');
    error.stack = `${stringSlice(stack, 0, begin)}${arrayJoin(arrayFilter(lines, (line) => !stringIncludes(line, folder)), '\n')}`;
  } catch {
  }
  return error;
}

function nodeError(Base, code, message) {
  const error = new Base(message);
  objectSetPrototypeOf(error, prototypeOf(Base));
  objectDefineProperty(error, 'name', { __proto__: null, value: `${Base.name} [${code}]`, configurable: true });
  errorCaptureStackTrace(error, nodeError);
  withoutOwnFrames(error);
  delete error.name;
  error.code = code;
  return error;
}

function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor && value.constructor.name;
    if (name) return ` Received an instance of ${name}`;
    return ` Received ${inspect(value, { depth: -1 })}`;
  }
  return ` Received type ${typeof value} (${shown(value)})`;
}

function shown(value) {
  if (typeof value !== 'string') return inspect(value, { colors: false });
  const text = value.length > 28 ? `${stringSlice(value, 0, 25)}...` : value;
  return stringIncludes(text, "'") ? toJson(text) : `'${text}'`;
}

function invalidArgType(name, expected, value) {
  const kind = stringIncludes(name, '.') ? 'property' : 'argument';
  return nodeError(TypeError, 'ERR_INVALID_ARG_TYPE',
    `The "${name}" ${kind} must be ${expected}.${received(value)}`);
}

function invalidArgValue(name, value, reason = 'is invalid') {
  let text = inspect(value);
  if (text.length > 128) text = `${stringSlice(text, 0, 128)}...`;
  const kind = stringIncludes(name, '.') ? 'property' : 'argument';
  return nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' ${reason}. Received ${text}`);
}

function underscored(digits) {
  const first = digits[0] === '-' ? 1 : 0;
  let text = '';
  for (let i = 0; i < digits.length; i++) text += i > first && (digits.length - i) % 3 === 0 ? `_${digits[i]}` : digits[i];
  return text;
}

function outOfRange(name, range, value) {
  let text;
  if (numberIsInteger(value) && mathAbs(value) > 2 ** 32) {
    text = underscored(`${value}`);
  } else if (typeof value === 'bigint') {
    text = value > 2n ** 32n || value < -(2n ** 32n) ? underscored(`${value}`) : `${value}`;
    text += 'n';
  } else {
    text = inspect(value);
  }
  return nodeError(RangeError, 'ERR_OUT_OF_RANGE',
    `The value of "${name}" is out of range. It must be ${range}. Received ${text}`);
}

function systemError(errno, syscall) {
  const code = getSystemErrorName(errno);
  const error = withoutOwnFrames(new Error(`${syscall} ${code}`));
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
    withoutOwnFrames(this);
  }
}

function commandError(message, properties) {
  return objectAssign(withoutOwnFrames(new Error(message)), properties);
}

module.exports = {
  AbortError,
  commandError,
  invalidArgType,
  invalidArgValue,
  outOfRange,
  systemError,
  withoutOwnFrames,

  unknownSignal: (signal) =>
    nodeError(TypeError, 'ERR_UNKNOWN_SIGNAL', format('Unknown signal: %s', signal)),
  stdioMaxBuffer: (name) =>
    nodeError(RangeError, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER', `${name} maxBuffer length exceeded`),
  ipcRequired: (name) =>
    nodeError(Error, 'ERR_CHILD_PROCESS_IPC_REQUIRED',
      `Forked processes must have an IPC channel, missing value 'ipc' in ${name}`),
  ipcOnePipe: () => nodeError(Error, 'ERR_IPC_ONE_PIPE', 'Child process can have only one IPC pipe'),
  ipcSyncFork: () => nodeError(Error, 'ERR_IPC_SYNC_FORK', 'IPC cannot be used with synchronous forks'),
  ipcChannelClosed: () => nodeError(Error, 'ERR_IPC_CHANNEL_CLOSED', 'Channel closed'),
  ipcNotAccelerated: (what = 'Bytes go without serialization') =>
    nodeError(Error, 'ERR_IPC_NOT_ACCELERATED',
      `${what} only where both ends of the channel are this version of rs-child-process`),
  ipcDisconnected: () => nodeError(Error, 'ERR_IPC_DISCONNECTED', 'IPC channel is already disconnected'),
  invalidSyncForkInput: (value) =>
    nodeError(TypeError, 'ERR_INVALID_SYNC_FORK_INPUT',
      format('Asynchronous forks do not support Buffer, TypedArray, DataView or string input: %s',
        inspect(value))),
  invalidHandleType: () => nodeError(TypeError, 'ERR_INVALID_HANDLE_TYPE', 'This handle type cannot be sent'),
  madeByOther: (theirs, ours) =>
    nodeError(TypeError, 'ERR_INVALID_HANDLE_TYPE', `This handle type cannot be sent: rs-child-process ${theirs} made it, and the channel is one of ${ours}`),
  featureUnavailable: (feature) =>
    nodeError(TypeError, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
      `The feature ${feature} is unavailable on the current platform, which is being used to run Node.js`),
  invalidState: (message) => nodeError(Error, 'ERR_INVALID_STATE', `Invalid state: ${message}`),
  childClosedBeforeReply: () =>
    nodeError(Error, 'ERR_CHILD_CLOSED_BEFORE_REPLY', 'Child closed before reply received'),
  malformedMessage: (cause) =>
    objectAssign(nodeError(Error, 'ERR_IPC_MALFORMED_MESSAGE',
      `The other end of the IPC channel sent what is no message: ${cause.message}`), { cause }),
  repeated: (error, count) => objectAssign(error, { count, message: `${error.message} (the first of ${count})` }),
  tooManyFaults: () =>
    nodeError(Error, 'ERR_IPC_TOO_MANY_FAULTS',
      'The other end of the IPC channel goes on sending what is no message; the channel was closed'),
  brokenBody: () => new Error('These bytes are no message'),
  missingBlock: () => new Error('There is no such block'),
  missingBytes: () => new Error('the bytes are not there'),
  noDatagramSocket: () => new Error('the descriptor is no datagram socket'),
  otherVersion: () => new Error('a channel end of another version'),
  unknownBytes: () => new Error('there is no such kind of bytes'),
  oversizedMessage: () =>
    nodeError(Error, 'ERR_IPC_MESSAGE_TOO_LONG',
      'The other end of the IPC channel sent a message longer than a string can be; it was dropped'),
  missingArgs: (name) => nodeError(TypeError, 'ERR_MISSING_ARGS', `The "${name}" argument must be specified`),

  HANDLE_NOT_RECEIVED: 'Handle did not reach the receiving process correctly',
  SHELL_ARGUMENTS: 'Passing args to a child process with shell option true can lead to security ' +
    'vulnerabilities, as the arguments are not escaped, only concatenated.',
};

}),
'lib/collect.js': (function (ours, module, exports) {'use strict';

const { constants: { MAX_STRING_LENGTH }, isUtf8 } = ours.builtin('node:buffer');
const { EventEmitter } = ours.builtin('node:events');

const { binding } = ours('lib/native.js');
const {
  Number, Symbol, arrayJoin, arrayMap, arrayPush, bufferAlloc, bufferAllocUnsafeSlow, bufferByteLength, bufferConcat, bufferOf, bufferSubarray,
  bufferToString, setOf, stringSlice, withSelf,
} = ours('lib/originals.js');
const { stdioMaxBuffer } = ours('lib/errors.js');

const listenerCount = withSelf(EventEmitter.prototype.listenerCount);

const kGather = Symbol('gather');

const SHORT_READ = 64 * 1024;
const LONG_READ = 256 * 1024;
const ORDINARY = 128 * 1024;

const OF_WHOLE_CHARACTERS = setOf([null, 'utf8', 'latin1']);

const NOTHING = bufferAlloc(0);

let shortBlock;
let longBlock;

const start = (chunk, length) => (typeof chunk === 'string' ? stringSlice(chunk, 0, length) : bufferSubarray(chunk, 0, length));

function unfinished(bytes, end) {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

class Store {
  #gather = new binding.Gather();
  #length = 0;

  append(bytes, from, to) {
    if (!this.#gather.append(bytes, from, to)) return false;
    this.#length += to - from;
    return true;
  }

  toBuffer() {
    return this.#gather.takeBuffer();
  }

  toText(encoding) {
    if (this.#length > MAX_STRING_LENGTH) return bufferToString(this.toBuffer(), encoding);
    return this.#gather.takeAscii() ?? bufferToString(this.toBuffer(), encoding);
  }
}

class Gatherer {
  constructor(name, encoding, maxBuffer, overflow) {
    this.name = name;
    this.encoding = encoding;
    this.maxBuffer = maxBuffer === undefined ? Infinity : Number(maxBuffer);
    this.overflow = overflow;
    this.stream = null;
    this.streamEncoding = null;
    this.streamEmit = undefined;
    this.streamPush = undefined;
    this.length = 0;
    this.parts = [];

    this.raw = [];
    this.rawSize = 0;
    this.isPushing = false;
    this.store = null;
    this.tail = NOTHING;
  }

  reader() {
    return {
      buffer: () => {
        if (this.store === null) return (shortBlock ??= bufferAllocUnsafeSlow(SHORT_READ));
        return (longBlock ??= bufferAllocUnsafeSlow(LONG_READ));
      },
      callback: (size, block) => this.read(size, block),
    };
  }

  attach(stream) {
    this.stream = stream;
    this.streamEmit = stream.emit;
    this.streamPush = stream.push;
    if (this.encoding) stream.setEncoding(this.encoding);
    this.streamEncoding = stream.readableEncoding;
    if (!OF_WHOLE_CHARACTERS.has(this.streamEncoding)) this.raw = null;
    stream.on('data', (chunk) => this.take(chunk));
  }

  isAlone() {
    const { stream } = this;
    return stream.readableFlowing === true &&
      stream.readableLength === 0 &&
      stream.readableEncoding === this.streamEncoding &&
      listenerCount(stream, 'data') === 1 &&
      listenerCount(stream, 'readable') === 0 &&
      stream.emit === this.streamEmit && stream.push === this.streamPush &&
      !stream.destroyed;
  }

  read(size, block) {
    if (this.store !== null) return this.keep(size, block);
    const chunk = bufferOf(block, 0, size);
    return this.push(chunk);
  }

  push(chunk) {
    const { stream } = this;
    if (this.raw === null) return stream.push(chunk);

    this.isPushing = true;
    const more = stream.push(chunk);
    const wasSeenAtOnce = !this.isPushing;
    this.isPushing = false;
    if (this.raw === null) return more;

    if (!wasSeenAtOnce || !this.isAlone()) {
      this.raw = null;
      return more;
    }
    arrayPush(this.raw, chunk);
    this.rawSize += chunk.length;
    if (this.rawSize >= ORDINARY && (this.streamEncoding !== 'utf8' || unfinished(chunk, chunk.length) === 0)) {
      this.begin();
    }
    return more;
  }

  begin() {
    const store = new Store();
    for (let i = 0; i < this.raw.length; i++) {
      const chunk = this.raw[i];
      if (!store.append(chunk, 0, chunk.length)) {
        this.raw = null;
        return;
      }
    }
    this.store = store;
    this.raw = null;
    this.parts = [];
  }

  keep(size, block) {
    const isUtf8Text = this.streamEncoding === 'utf8';
    let bytes = block;
    let end = size;
    if (this.tail.length > 0) {
      bytes = bufferConcat([this.tail, bufferSubarray(block, 0, size)]);
      end = bytes.length;
    }
    const whole = isUtf8Text ? end - unfinished(bytes, end) : end;
    if (this.isAlone() && this.length + whole <= this.maxBuffer &&
        (!isUtf8Text || isUtf8(bufferSubarray(bytes, 0, whole))) && this.store.append(bytes, 0, whole)) {
      this.length += whole;
      this.tail = whole < end ? bufferOf(bytes, whole, end) : NOTHING;
      return true;
    }
    this.close();
    return this.stream.push(bufferOf(bytes, 0, end));
  }

  close() {
    this.parts = [this.store];
    this.store = null;
    this.tail = NOTHING;
  }

  take(chunk) {
    this.isPushing = false;
    if (this.store !== null) this.close();
    if (this.maxBuffer === Infinity) {
      arrayPush(this.parts, chunk);
      return;
    }
    const encoding = this.stream.readableEncoding;
    const length = encoding ? bufferByteLength(chunk, encoding) : chunk.length;
    this.length += length;
    if (this.length > this.maxBuffer) {
      arrayPush(this.parts, start(chunk, this.maxBuffer - (this.length - length)));
      this.raw = null;
      this.overflow(stdioMaxBuffer(this.name));
    } else {
      arrayPush(this.parts, chunk);
    }
  }

  result(asText) {
    const { tail } = this;
    if (this.store !== null) this.close();
    if (tail.length > 0) arrayPush(this.parts, asText ? bufferToString(tail) : tail);
    const { parts } = this;
    if (asText) {
      const encoding = this.streamEncoding ?? 'utf8';
      const texts = arrayMap(parts, (part) => (part instanceof Store ? part.toText(encoding) : part));
      return texts.length === 1 && typeof texts[0] === 'string' ? texts[0] : arrayJoin(texts, '');
    }
    const buffers = arrayMap(parts, (part) => (part instanceof Store ? part.toBuffer() : part));
    return buffers.length === 1 && parts[0] instanceof Store ? buffers[0] : bufferConcat(buffers);
  }
}

module.exports = { Gatherer, kGather };

}),
'lib/process-handle.js': (function (ours, module, exports) {'use strict';

const { constants: { errno } } = ours.builtin('node:os');

const shared = ours('lib/shared.js');
const { internalBinding } = ours('lib/internals.js');
const { binding } = ours('lib/native.js');
const { listChildren } = ours('lib/active.js');
const {
  AsyncResource, OwnMap, Symbol, asyncResourceAsyncId, asyncResourceEmitDestroy, asyncResourceRunInAsyncScope, functionBind, nextTick,
  setImmediate,
} = ours('lib/originals.js');
const { signalName } = ours('lib/signals.js');

const kOwner = shared.kOwner ??= Symbol('owner_symbol');
const kEnded = shared.kEnded ??= Symbol('kEnded');

class Used extends (function same(child) { return child; }) {
  #usage;

  constructor(child) {
    super(child);
  }

  static record(child, usage) {
    try {
      if (!(#usage in child)) new Used(child);
    } catch {
      return;
    }
    child.#usage = usage;
  }

  static of(child) {
    return #usage in child ? child.#usage : undefined;
  }
}
shared.Used ??= Used;

const running = shared.running ??= new OwnMap();

function onExit(id, exitCode, signalNumber, user, system, rss, minor, major, voluntary, involuntary) {
  const handle = running.get(id);
  if (handle === undefined) return;
  running.delete(id);
  const usage = user === undefined ? undefined : [user, system, rss, minor, major, voluntary, involuntary];
  nextTick(tellEnd, handle, exitCode, signalNumber === 0 ? '' : signalName(signalNumber), usage);
}

function tellEnd(handle, exitCode, signalCode, usage) {
  handle[kEnded](exitCode, signalCode, usage);
}

onExit.hasRef = () => false;

let started;
let bindToParent;

class Process {
  #scope = new AsyncResource('PROCESSWRAP', { requireManualDestroy: true });
  #id = -1;
  #live = false;
  #ref = true;
  #closed = false;
  #endsWithParent = false;
  #hasPipes = false;

  constructor(owner) {
    this[kOwner] = owner;
  }

  static {
    started = (handle, id, pid, hasPipes) => {
      if (!shared.hearsExits) {
        shared.hearsExits = true;
        binding.onExit(onExit);
        listChildren(running, ownerOf);
      }
      handle.#id = id;
      handle.#live = true;
      handle.pid = pid;
      handle.#hasPipes = hasPipes;
      if (hasPipes) shared.piped++;
      running.set(id, handle);
      if (!handle.#ref) binding.unref(id);
    };
    bindToParent = (handle) => { handle.#endsWithParent = true; };
  }

  spawn(...given) {
    return ours('lib/process-handle-spawn.js').spawn(given, this.#endsWithParent, (id, pid) => started(this, id, pid, false));
  }

  [kEnded](exitCode, signalCode, usage) {
    this.#live = false;
    if (usage !== undefined) shared.Used.record(this[kOwner], usage);
    asyncResourceRunInAsyncScope(this.#scope, this.onexit, this, exitCode, signalCode);
  }

  kill(signal, tree = false) {
    if (!this.#live) return -errno.ESRCH;
    return tree ? binding.killTree(this.#id, signal) : binding.kill(this.#id, signal);
  }

  ref() {
    if (this.#closed) return;
    this.#ref = true;
    if (this.#live) binding.ref(this.#id);
  }

  unref() {
    if (this.#closed) return;
    this.#ref = false;
    if (this.#live) binding.unref(this.#id);
  }

  hasRef() {
    return this.#live && this.#ref;
  }

  close(callback) {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#hasPipes) shared.piped--;
    if (this.#live) {
      this.#live = false;
      running.delete(this.#id);
      binding.unref(this.#id);
    }
    asyncResourceEmitDestroy(this.#scope);
    if (typeof callback === 'function') setImmediate(functionBind(callback, this));
  }

  getAsyncId() {
    return asyncResourceAsyncId(this.#scope);
  }

  getProviderType() {
    const Own = internalBinding('process_wrap')?.Process;
    return Own && (shared.providerType ??= new Own().getProviderType());
  }
}

function ownerOf(handle) {
  return handle[kOwner];
}

function resourceUsage(child) {
  const usage = shared.Used.of(child);
  if (usage === undefined) return undefined;
  return {
    userCPUTime: usage[0],
    systemCPUTime: usage[1],
    maxRSS: usage[2],
    minorPageFault: usage[3],
    majorPageFault: usage[4],
    voluntaryContextSwitches: usage[5],
    involuntaryContextSwitches: usage[6],
  };
}

module.exports = { Process, bindToParent, resourceUsage, started };

}),
'lib/shared.js': (function (ours, module, exports) {'use strict';

const { binding } = ours('lib/native.js');

const shared = binding === null ? {} : binding.shared(function shared() {});

module.exports = shared;

}),
'lib/active.js': (function (ours, module, exports) {'use strict';

const shared = ours('lib/shared.js');
const {
  arrayFindIndex, arrayMap, arraySlice, flatList, functionCall, objectGetOwnPropertyDescriptor, reflectDefineProperty,
} = ours('lib/originals.js');

const isLast = (name) => name === 'Timeout' || name === 'Immediate';

function holders(running) {
  const holding = [];
  running.forEach((handle) => { if (handle.hasRef()) holding[holding.length] = handle; });
  return holding;
}

function replace(name, complete) {
  const descriptor = objectGetOwnPropertyDescriptor(process, name);
  const original = descriptor?.value;
  if (typeof original !== 'function' || !descriptor.configurable) return;
  const replacement = { [name]: function() { return complete(functionCall(original, this)); } }[name];
  reflectDefineProperty(process, name, { __proto__: null, ...descriptor, value: replacement });
}

function listChildren(running, ownerOf) {
  if (shared.listsChildren) return;
  shared.listsChildren = true;
  replace('getActiveResourcesInfo', (names) => {
    const end = arrayFindIndex(names, isLast);
    const at = end === -1 ? names.length : end;
    return flatList(arraySlice(names, 0, at), arrayMap(holders(running), () => 'ProcessWrap'), arraySlice(names, at));
  });
  replace('_getActiveHandles', (handles) => flatList(handles, arrayMap(holders(running), ownerOf)));
}

module.exports = { listChildren };

}),
'lib/signals.js': (function (ours, module, exports) {'use strict';

const { constants: { signals } } = ours.builtin('node:os');

const { objectKeys } = ours('lib/originals.js');

const names = [];
const all = objectKeys(signals);
for (let i = 0; i < all.length; i++) names[signals[all[i]]] ??= all[i];

module.exports = { signalName: (number) => names[number] ?? '' };

}),
'lib/stdio.js': (function (ours, module, exports) {'use strict';

const { types: { isArrayBufferView } } = ours.builtin('node:util');

const shared = ours('lib/shared.js');
const { kindOf } = ours('lib/handles.js');
const { Int32Array, arrayFind, arrayIsArray, arrayPush, geteuid, mathMax } = ours('lib/originals.js');
const { invalidArgValue, invalidSyncForkInput, ipcOnePipe, ipcSyncFork } = ours('lib/errors.js');

const IGNORE = -1;
const PIPE = -2;
const SOCKET = -3;
const CHANNEL = -5;
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

function resolveAll(stdio, isSync) {
  if (typeof stdio === 'string') stdio = fromString(stdio);
  else if (!arrayIsArray(stdio)) throw invalidArgValue('stdio', stdio);

  const records = [];
  let ipc = -1;
  const length = mathMax(stdio.length, 3);
  for (let i = 0; i < length; i++) {
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

const spares = [];
const LONGEST_SPARE = 16;

function takeList(length) {
  const list = spares[length];
  if (list === undefined) return new Int32Array(length);
  spares[length] = undefined;
  return list;
}

function giveBack(list) {
  if (list.length <= LONGEST_SPARE) spares[list.length] = list;
}

const MOST_WITH_PIPES = 64;
const MOST_AWAITED = 96;

shared.piped ??= 0;

function mayHavePipes(isAwaited) {
  return shared.piped < (isAwaited ? MOST_AWAITED : MOST_WITH_PIPES) || geteuid() === 0;
}

function asksForPipes(io) {
  return io[1] === PIPE || io[2] === PIPE;
}

function descriptors(records, isAwaited, isMarked = false) {
  const count = mathMax(records.length, 3);
  const io = takeList(count + 2);
  for (let i = records.length; i < count; i++) io[i] = IGNORE;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    switch (record.type) {
      case 'ignore': io[i] = IGNORE; break;
      case 'pipe':
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

function isShort(list) {
  for (let i = 0; i < list.length; i++) if (list[i] === NO_DESCRIPTOR) return true;
  return false;
}

function numberOf(fd) {
  if (fd === undefined || fd === null || fd === -1) return NO_DESCRIPTOR;
  return fd < -1 ? IGNORE : fd;
}

module.exports = { SOCKET, asksForPipes, descriptors, fromString, giveBack, isShort, resolve, resolveSync };

}),
'lib/handles.js': (function (ours, module, exports) {'use strict';

const { internalBinding } = ours('lib/internals.js');
const { binding } = ours('lib/native.js');
const { objectGetOwnPropertyDescriptor, objectGetPrototypeOf, objectSetPrototypeOf, setImmediate } = ours('lib/originals.js');

let Pipe;
let net;

function socketClass() {
  net ??= ours.builtin('node:net');
  return net.Socket;
}

function shutdownLater(request) {
  setImmediate(() => request.oncomplete(0));
  return 0;
}

function socketOfNode(fd, readable, writable, onread) {
  const socket = new (socketClass())({ handle: undefined, fd, readable, writable, onread });
  binding.forgetFd(fd);
  return socket;
}

function opened(handle, fd) {
  const failure = handle.open(fd);
  if (failure) return failure;
  binding.forgetFd(fd);
  return 0;
}

let oneWayPrototype;

function makeOneWay(handle) {
  oneWayPrototype ??= { __proto__: objectGetPrototypeOf(handle), shutdown: shutdownLater };
  objectSetPrototypeOf(handle, oneWayPrototype);
}

function socketOver(fd, readable, oneWay, onread) {
  if (Pipe === undefined) {
    const socket = socketOfNode(fd, readable, undefined, onread);
    if (socket._handle?.constructor.name === 'Pipe') Pipe = socket._handle.constructor;
    if (oneWay && socket._handle) makeOneWay(socket._handle);
    return socket;
  }
  const handle = new Pipe(0);
  if (opened(handle, fd)) return socketOfNode(fd, readable, undefined, onread);
  if (oneWay) makeOneWay(handle);
  return new (socketClass())({ handle, fd: undefined, readable, onread });
}

const LOCAL = 1;
const INTERNET = 2;
let TCP;

function receivedSocket(fd, kind) {
  const Handle = kind === LOCAL ? Pipe : kind === INTERNET ? TCP : undefined;
  if (Handle !== undefined) {
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

function idlePipe(deadEnd) {
  Pipe ??= internalBinding('pipe_wrap')?.Pipe;
  if (Pipe === undefined) {
    const fd = deadEnd();
    if (fd < 0) return undefined;
    const { _handle: handle } = socketOver(fd, false, false);
    handle?.unref();
    handle?.close();
  }
  return Pipe && new Pipe(0);
}

const kinds = { __proto__: null, Pipe: 'pipe', TCP: 'tcp', TTY: 'tty', UDP: 'udp' };

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

}),
'lib/life.js': (function (ours, module, exports) {'use strict';

function closed(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) {
    child.emit('close', child.exitCode, child.signalCode);
  }
}

module.exports = { closed };

}),
'lib/request.js': (function (ours, module, exports) {'use strict';

const versions = ours('lib/versions.js');
const { arrayMap, stringIndexOf, stringSlice } = ours('lib/originals.js');

const DETACHED = 1;
const UID = 2;
const GID = 4;
const KILL_ON_PARENT_EXIT = 8;

function cString(value) {
  const text = `${value}`;
  const end = stringIndexOf(text, '\0');
  return end === -1 ? text : stringSlice(text, 0, end);
}

function joined(values) {
  let text = '';
  for (let i = 0; i < values.length; i++) text += i === 0 ? cString(values[i]) : `\0${cString(values[i])}`;
  return text;
}

function orEmpty(value) {
  try {
    return cString(value);
  } catch {
    return '';
  }
}

function joinedArguments(values) {
  return joined(versions.emptiesOddArguments ? arrayMap(values, orEmpty) : values);
}

function startFlags(options) {
  let flags = options.detached ? DETACHED : 0;
  if (options.uid !== undefined && options.uid !== null) flags |= UID;
  if (options.gid !== undefined && options.gid !== null) flags |= GID;
  if (options.killOnParentExit) flags |= KILL_ON_PARENT_EXIT;
  return flags;
}

module.exports = { cString, joined, joinedArguments, startFlags };

}),
'lib/permission.js': (function (ours, module, exports) {'use strict';

const stock = ours('lib/stock.js');
const { withoutOwnFrames } = ours('lib/errors.js');

const NOWHERE = '/dev/null/nowhere';

function refuseIfForbidden(file) {
  if (process.permission !== undefined && !process.permission.has('child')) {
    try {
      stock.functions.spawnSync(file, { cwd: NOWHERE });
    } catch (error) {
      throw withoutOwnFrames(error);
    }
  }
}

module.exports = { refuseIfForbidden };

}),
'lib/exec.js': (function (ours, module, exports) {'use strict';

const { getSystemErrorName, promisify } = ours.builtin('node:util');

const check = ours('lib/validate.js');
const facade = ours('lib/facade.js');
const versions = ours('lib/versions.js');
const { Gatherer, kGather } = ours('lib/collect.js');
const { MAX_BUFFER, fileArguments, shellArguments } = ours('lib/options.js');
const { commandError } = ours('lib/errors.js');
const {
  Promise, arrayJoin, bufferIsEncoding, clearTimeout, flatList, functionApply, objectDefineProperty, setTimeout,
} = ours('lib/originals.js');
const { end } = ours('lib/child-process.js');
const { spawnWith } = ours('lib/spawn.js');

function destroyOutputs(child) {
  if (child.stdout) child.stdout.destroy();
  if (child.stderr) child.stderr.destroy();
}

class Execution {
  constructor(file, args, options, callback) {
    this.file = file;
    this.args = args;
    this.callback = callback;
    this.killSignal = options.killSignal;
    this.encoding = options.encoding !== 'buffer' && bufferIsEncoding(options.encoding) ? options.encoding : null;
    this.killed = false;
    this.finished = false;
    this.error = null;
    this.timer = null;
    this.child = null;

    const tooMuch = (error) => {
      this.error = error;
      this.kill();
    };
    this.stdout = new Gatherer('stdout', this.encoding, options.maxBuffer, tooMuch);
    this.stderr = new Gatherer('stderr', this.encoding, options.maxBuffer, tooMuch);
  }

  watch(child, timeout) {
    this.child = child;
    if (timeout > 0) {
      this.timer = setTimeout(() => {
        this.timer = null;
        this.kill();
      }, timeout);
    }
    if (child.stdout) this.stdout.attach(child.stdout);
    if (child.stderr) this.stderr.attach(child.stderr);
    child.addListener('close', (code, signal) => this.finish(code, signal));
    child.addListener('error', (error) => {
      this.error = error;
      destroyOutputs(child);
      this.finish();
    });
  }

  kill() {
    destroyOutputs(this.child);
    this.killed = true;
    try {
      end(this.child, this.killSignal);
    } catch (error) {
      this.error = error;
      this.finish();
    }
  }

  finish(code, signal) {
    if (this.finished) return;
    this.finished = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { callback, child, encoding } = this;
    if (!callback) return;

    const stdout = this.stdout.result(!!(encoding || child.stdout?.readableEncoding));
    const stderr = this.stderr.result(!!(encoding || child.stderr?.readableEncoding));
    if (!this.error && code === 0 && signal === null) {
      callback(null, stdout, stderr);
      return;
    }

    const command = this.args.length > 0 ? `${this.file} ${arrayJoin(this.args, ' ')}` : this.file;
    this.error ||= commandError(`Command failed: ${command}\n${stderr}`, {
      code: code < 0 ? getSystemErrorName(code) : code,
      killed: child.killed || this.killed,
      signal,
    });
    this.error.cmd = command;
    callback(this.error, stdout, stderr);
  }
}

function kills({ killTree, killOnParentExit }) {
  if (killTree === undefined && killOnParentExit === undefined) return undefined;
  return { killTree, killOnParentExit };
}

function execFile(file, args, options, callback) {
  ({ file, args, options, callback } = fileArguments(file, args, options, callback));

  options = {
    __proto__: null,
    encoding: 'utf8',
    timeout: 0,
    maxBuffer: MAX_BUFFER,
    killSignal: 'SIGTERM',
    cwd: null,
    env: null,
    shell: false,
    ...options,
  };
  check.timeout(options.timeout);
  check.maxBuffer(options.maxBuffer);
  options.killSignal = check.killSignal(options.killSignal);

  const execution = new Execution(file, args, options, callback);
  const child = spawnWith(file, args, {
    cwd: options.cwd,
    env: options.env,
    gid: options.gid,
    shell: options.shell,
    signal: options.signal,
    uid: options.uid,
    windowsHide: !!options.windowsHide,
    windowsVerbatimArguments: !!options.windowsVerbatimArguments,
    ...kills(options),
  }, { key: kGather, streams: [null, execution.stdout, execution.stderr] });
  execution.watch(child, options.timeout);
  return child;
}

function exec(command, options, callback) {
  const shell = shellArguments(command, options, callback);
  const run = kills(shell.options) === undefined ? facade.current('execFile', execFile) : execFile;
  return run(shell.file, shell.options, shell.callback);
}

function promised(original) {
  const execute = function(...args) {
    const settle = {};
    const promise = new Promise((resolve, reject) => {
      settle.resolve = resolve;
      settle.reject = reject;
    });
    promise.child = functionApply(original, undefined, flatList(args, [(error, stdout, stderr) => {
      if (error !== null) {
        error.stdout = stdout;
        error.stderr = stderr;
        settle.reject(error);
      } else {
        settle.resolve({ stdout, stderr });
      }
    }]));
    return promise;
  };
  const name = versions.namedPromisified ? original.name : '';
  return objectDefineProperty(execute, 'name', { __proto__: null, value: name, configurable: true });
}

objectDefineProperty(exec, promisify.custom, { __proto__: null, value: promised(exec) });
objectDefineProperty(execFile, promisify.custom, { __proto__: null, value: promised(execFile) });

module.exports = { exec, execFile };

}),
'lib/facade.js': (function (ours, module, exports) {'use strict';

const { arrayIncludes, arrayIndexOf, arrayPush, arraySplice } = ours('lib/originals.js');

const objects = [];

function add(object) {
  if (!arrayIncludes(objects, object)) arrayPush(objects, object);
}

function remove(object) {
  const at = arrayIndexOf(objects, object);
  if (at !== -1) arraySplice(objects, at, 1);
}

function current(name, own) {
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i];
    if (object[name] !== own && typeof object[name] === 'function') return object[name];
  }
  return own;
}

module.exports = { add, current, remove };

}),
'lib/options.js': (function (ours, module, exports) {'use strict';

const check = ours('lib/validate.js');
const environment = ours('lib/environment.js');
const versions = ours('lib/versions.js');
const { SHELL_ARGUMENTS, featureUnavailable, invalidArgType, invalidArgValue } = ours('lib/errors.js');
const { arrayIncludes, arrayIsArray, arrayJoin, arraySlice, arrayUnshift } = ours('lib/originals.js');

const MAX_BUFFER = 1024 * 1024;

let warnedOfShellArguments = false;

function warnOfShellArguments() {
  if (warnedOfShellArguments || !versions.warnsShellArguments) return;
  warnedOfShellArguments = true;
  process.emitWarning(SHELL_ARGUMENTS, 'DeprecationWarning', 'DEP0190');
}

function checkOptions({ detached, uid, gid, shell, argv0, windowsHide, windowsVerbatimArguments, killTree, killOnParentExit }) {
  if (detached !== undefined && detached !== null) check.boolean(detached, 'options.detached');
  if (uid !== undefined && uid !== null) check.identity(uid, 'options.uid');
  if (gid !== undefined && gid !== null) check.identity(gid, 'options.gid');
  if (shell !== undefined && shell !== null && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw invalidArgType('options.shell', 'one of type boolean or string', shell);
  }
  if (argv0 !== undefined && argv0 !== null) {
    check.string(argv0, 'options.argv0');
    check.noNul(argv0, 'options.argv0');
  }
  if (windowsHide !== undefined && windowsHide !== null) check.boolean(windowsHide, 'options.windowsHide');
  if (windowsVerbatimArguments !== undefined && windowsVerbatimArguments !== null) {
    check.boolean(windowsVerbatimArguments, 'options.windowsVerbatimArguments');
  }
  if (killTree !== undefined && killTree !== null) check.boolean(killTree, 'options.killTree');
  if (killOnParentExit !== undefined && killOnParentExit !== null) {
    check.boolean(killOnParentExit, 'options.killOnParentExit');
    if (killOnParentExit && process.platform !== 'linux') throw featureUnavailable('killOnParentExit');
  }
  if (shell) check.noNul(shell, 'options.shell');
}

function spawnRequest(file, args, options, wantsList) {
  check.string(file, 'file');
  check.noNul(file, 'file');
  if (file.length === 0) throw invalidArgValue('file', file, 'cannot be empty');

  if (arrayIsArray(args)) {
    args = arraySlice(args);
  } else if (args === undefined || args === null) {
    args = [];
  } else if (typeof args === 'object') {
    options = args;
    args = [];
  } else {
    throw invalidArgType('args', 'of type object', args);
  }
  check.noNulIn(args, 'args');

  if (options !== undefined) check.object(options, 'options');
  const request = { __proto__: null, ...options };

  let { cwd } = request;
  if (cwd !== undefined && cwd !== null) cwd = check.path(cwd, 'options.cwd');
  checkOptions(request);

  const { shell, argv0 } = request;
  if (shell) {
    if (args.length > 0) warnOfShellArguments();
    args = ['-c', args.length > 0 ? `${file} ${arrayJoin(args, ' ')}` : file];
    if (typeof shell === 'string') file = shell;
    else file = process.platform === 'android' ? '/system/bin/sh' : '/bin/sh';
  }
  arrayUnshift(args, typeof argv0 === 'string' ? argv0 : file);

  request.args = args;
  request.cwd = cwd;
  request.detached = !!request.detached;
  const hasChannel = arrayIsArray(request.stdio) && arrayIncludes(request.stdio, 'ipc');
  request.envPairs = environment.pairs(request.env, args, wantsList || hasChannel);
  request.file = file;
  request.windowsHide = !!request.windowsHide;
  request.windowsVerbatimArguments = !!request.windowsVerbatimArguments;
  return request;
}

function shellArguments(command, options, callback) {
  check.string(command, 'command');
  check.noNul(command, 'command');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  const own = { __proto__: null, ...options };
  own.shell = typeof own.shell === 'string' ? own.shell : true;
  return { file: command, options: own, callback };
}

function fileArguments(file, args, options, callback) {
  if (arrayIsArray(args)) {
    args = arraySlice(args);
  } else if (args !== undefined && args !== null && typeof args === 'object') {
    callback = options;
    options = args;
    args = null;
  } else if (typeof args === 'function') {
    callback = args;
    options = null;
    args = null;
  }
  args ??= [];

  if (typeof options === 'function') callback = options;
  else if (options !== undefined && options !== null) check.object(options, 'options');
  const own = { __proto__: null, ...options };

  if (callback !== undefined && callback !== null) check.callable(callback, 'callback');
  if (own.argv0 !== undefined && own.argv0 !== null) {
    check.string(own.argv0, 'options.argv0');
    check.noNul(own.argv0, 'options.argv0');
  }
  return { file, args, options: own, given: options ?? undefined, callback };
}

module.exports = { MAX_BUFFER, fileArguments, shellArguments, spawnRequest };

}),
'lib/environment.js': (function (ours, module, exports) {'use strict';

const { readFileSync } = ours.builtin('node:fs');

const versions = ours('lib/versions.js');
const { binding } = ours('lib/native.js');
const { noNul } = ours('lib/validate.js');
const {
  arrayFilter, arrayIncludes, arrayIsArray, arraySome, objectGetOwnPropertyNames, objectHasOwn, OwnSet, regexpExec, stringIncludes,
  stringIndexOf, stringSlice, stringSplit, stringStartsWith,
} = ours('lib/originals.js');

const ownEnv = process.env;
const isMainThread = process.chdir.disabled !== true;

const has = (pattern, text) => regexpExec(pattern, text) !== null;

function bornPlain() {
  let text;
  try {
    text = readFileSync('/proc/self/environ', 'latin1');
  } catch {
    return false;
  }
  const seen = new OwnSet();
  const entries = stringSplit(text, '\0');
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry === '') continue;
    const end = stringIndexOf(entry, '=');
    const name = stringSlice(entry, 0, end);
    if (end < 1 || has(/^\d/, name) || seen.has(name) || has(/[^\0-\x7f]/, entry)) return false;
    seen.add(name);
  }
  return true;
}

let isAlone = isMainThread;
let plain;
let loadedModules = -1;

function mayRead() {
  if (!isAlone) return false;
  const list = process.moduleLoadList;
  if (!arrayIsArray(list)) return (isAlone = false);
  if (list.length !== loadedModules) {
    loadedModules = list.length;
    if (arrayIncludes(list, 'NativeModule worker_threads')) return (isAlone = false);
  }
  return true;
}

function isPlain() {
  return mayRead() && (plain ??= bornPlain());
}

function isPolluted() {
  for (const key in {}) return key !== undefined;
  return false;
}

let permissionFlags;

function addPermissionFlags(env, args) {
  const current = env.NODE_OPTIONS;
  if (versions.permissionFlagsByWord) {
    if (arrayIncludes(args, '--permission') || arrayIncludes(args, '--permission-audit')) return;
    if (current && has(/(?:^|\s)--permission(?:-audit)?(?:[=\s]|$)/, `${current}`)) return;
  } else if (arrayIncludes(args, '--permission') || (current && stringIncludes(`${current}`, '--permission'))) {
    return;
  }
  permissionFlags ??= availablePermissionFlags();
  const { execArgv } = process;
  for (let i = 0; i < execArgv.length; i++) {
    const argument = execArgv[i];
    for (let j = 0; j < permissionFlags.length; j++) {
      if (stringStartsWith(argument, permissionFlags[j])) {
        env.NODE_OPTIONS = env.NODE_OPTIONS ? `${env.NODE_OPTIONS} ${argument}` : argument;
      }
    }
  }
}

function availablePermissionFlags() {
  const known = [
    '--allow-fs-read', '--allow-fs-write', '--allow-addons', '--allow-child-process', '--allow-ffi', '--allow-inspector',
    '--allow-net', '--allow-openssl-store-uri', '--allow-wasi', '--allow-worker', '--permission',
  ];
  return arrayFilter(known, (flag) => flag === '--permission' || process.allowedNodeEnvironmentFlags.has(flag));
}

function pairsOf(env, names) {
  const pairs = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const value = env[name];
    if (value !== undefined) {
      noNul(name, `options.env['${name}']`);
      noNul(value, `options.env['${name}']`);
      pairs[pairs.length] = `${name}=${value}`;
    }
  }
  return pairs;
}

function namesOf(env) {
  const names = [];
  for (const name in env) names[names.length] = name;
  return names;
}

const ownNames = () => objectGetOwnPropertyNames(ownEnv);

function pairs(given, args, wantsList) {
  const restricted = versions.permissionFlags && process.permission !== undefined;
  if (!given) {
    if (!restricted && versions.inheritsEntries) {
      if (!mayRead()) return pairsOf(ownEnv, ownNames());
      return wantsList || !isPlain() ? binding.environmentEntries() : undefined;
    }
    if (!restricted && process.env === ownEnv && !isPolluted()) {
      if (!wantsList && isPlain()) return undefined;
      const names = ownNames();
      if (!versions.copiesProcessEnv || !arraySome(names, (name) => has(/^\d+$/, name))) return pairsOf(ownEnv, names);
    }
    given = versions.copiesProcessEnv ? { ...process.env } : process.env;
  } else if (process.env.NODE_V8_COVERAGE && !objectHasOwn(given, 'NODE_V8_COVERAGE')) {
    return pairsWith(given, args, restricted, process.env.NODE_V8_COVERAGE);
  }
  if (restricted) return pairsWith(given, args, restricted, undefined);
  return pairsOf(given, namesOf(given));
}

function pairsWith(given, args, restricted, coverage) {
  const env = { __proto__: null };
  for (const name in given) env[name] = given[name];
  if (coverage !== undefined) env.NODE_V8_COVERAGE = coverage;
  if (restricted) addPermissionFlags(env, args);
  return pairsOf(env, namesOf(env));
}

module.exports = { pairs };

}),
'lib/spawn.js': (function (ours, module, exports) {'use strict';

const { addAbortListener } = ours.builtin('node:events');
const { debuglog } = ours.builtin('node:util');

const check = ours('lib/validate.js');
const stock = ours('lib/stock.js');
const versions = ours('lib/versions.js');
const { AbortError } = ours('lib/errors.js');
const { Symbol, clearTimeout, setTimeout } = ours('lib/originals.js');
const { ChildProcess, end, isTraced } = ours('lib/child-process.js');
const { spawnRequest } = ours('lib/options.js');

const debug = debuglog('child_process');

const ownSpawn = ChildProcess.prototype.spawn;

function killWithError(child, signal) {
  try {
    end(child, signal);
  } catch (error) {
    child.emit('error', error);
  }
}

function limitTime(child, timeout, killSignal) {
  let timer = setTimeout(() => {
    timer = null;
    killWithError(child, killSignal);
  }, timeout);

  child.once(versions.timerUntilClose ? 'close' : 'exit', () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  });
}

function endOnAbort(child, signal, killSignal) {
  function onAbort() {
    try {
      if (end(child, killSignal)) child.emit('error', new AbortError(undefined, { cause: signal.reason }));
    } catch (error) {
      child.emit('error', error);
    }
  }

  if (signal.aborted) {
    process.nextTick(onAbort);
    return;
  }
  const listening = addAbortListener(signal, onAbort);
  child.once('exit', listening[Symbol.dispose]);
}

function arrangeEnds(child, { timeout, signal }, killSignal) {
  if (timeout > 0) limitTime(child, timeout, killSignal);
  if (signal) endOnAbort(child, signal, killSignal);
}

function spawnWith(file, args, options, gather) {
  const isWrapped = ChildProcess.prototype.spawn !== ownSpawn || stock.prototype.spawn !== stock.unwrapped.spawn;
  const isSeen = isWrapped || isTraced() || debug.enabled;
  const request = spawnRequest(file, args, options, isSeen);
  check.timeout(request.timeout);
  check.abortSignal(request.signal, 'options.signal');
  const killSignal = check.killSignal(request.killSignal);

  const child = new ChildProcess();
  debug('spawn', request);
  if (gather !== undefined) request[gather.key] = gather.streams;
  const failure = child.spawn(request);
  if (failure < 0) return child;

  arrangeEnds(child, request, killSignal);
  return child;
}

function spawn(file, args, options) {
  return spawnWith(file, args, options, undefined);
}

module.exports = { arrangeEnds, spawn, spawnWith };

}),
'lib/sync.js': (function (ours, module, exports) {'use strict';

const { constants: { errno, signals } } = ours.builtin('node:os');
const { debuglog, types: { isArrayBufferView } } = ours.builtin('node:util');

const check = ours('lib/validate.js');
const stock = ours('lib/stock.js');
const versions = ours('lib/versions.js');
const { binding } = ours('lib/native.js');
const { commandError, invalidArgType, systemError } = ours('lib/errors.js');
const { fileArguments, MAX_BUFFER, shellArguments, spawnRequest } = ours('lib/options.js');
const { joined, cString, startFlags } = ours('lib/request.js');
const { descriptors, isShort, resolveSync } = ours('lib/stdio.js');
const shared = ours('lib/shared.js');
const { refuseIfForbidden } = ours('lib/permission.js');
const { signalName } = ours('lib/signals.js');
const {
  Array, Int32Array, Uint8Array, arrayFill, arrayJoin, arrayMap, arraySlice, bufferFrom, bufferToString, flatList, objectAssign,
} = ours('lib/originals.js');

const debug = debuglog('child_process');

function bytesOf(input, i, encoding) {
  if (isArrayBufferView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (typeof input === 'string') return bufferFrom(input, encoding);
  throw invalidArgType(`options.stdio[${i}]`,
    'of type string or an instance of Buffer, TypedArray, or DataView', input);
}

function runByNode(replaced, request, records, inputs) {
  request.stdio = arrayMap(records, (record) => ({ ...record }));
  if (inputs?.[0] !== undefined) request.stdio[0].input = isArrayBufferView(request.input) ? request.input : inputs[0];
  return replaced.spawn(request);
}

function inputsFor(records, options) {
  if (!options.input) return null;
  const bytes = bytesOf(options.input, 0, options.encoding);
  const inputs = arrayFill(new Array(records.length), undefined);
  if (records[0]?.type === 'pipe' || records[0]?.type === 'overlapped') inputs[0] = bytes;
  return inputs;
}

function run(request, replaced) {
  const records = resolveSync(request.stdio || 'pipe');
  const inputs = inputsFor(records, request);
  refuseIfForbidden(request.file);

  shared.ports?.forEach((port) => port.hurry());
  if (replaced !== undefined) return runByNode(replaced, request, records, inputs);
  const list = descriptors(records, true);
  const io = new Int32Array(list.length - 2);
  for (let i = 0; i < io.length; i++) io[i] = list[i];
  if (isShort(io)) return { error: -errno.EINVAL, status: null, signal: null, output: null, pid: 0 };
  const { cwd, envPairs } = request;
  const { pid, status, signal, error, output } = binding.spawnSync(
    request.file,
    joined(request.args),
    envPairs === undefined ? null : joined(envPairs),
    cwd === undefined || cwd === null ? null : cString(cwd),
    startFlags(request),
    request.uid ?? 0,
    request.gid ?? 0,
    io,
    inputs,
    request.timeout ?? 0,
    request.maxBuffer ?? Infinity,
    request.killSignal ?? signals.SIGTERM);
  if (output !== null) output.length = records.length;
  const result = {};
  if (error !== 0) result.error = error;
  result.status = output === null || signal !== 0 ? null : status;
  result.signal = signal !== 0 ? signalName(signal) : null;
  result.output = output;
  result.pid = pid;
  return result;
}

function spawnSync(file, args, options) {
  const replaced = stock.replacedSyncBinding();
  const request = {
    __proto__: null,
    maxBuffer: MAX_BUFFER,
    ...spawnRequest(file, args, options, debug.enabled || replaced !== undefined),
  };
  debug('spawnSync', request);
  check.timeout(request.timeout);
  check.maxBuffer(request.maxBuffer);
  request.killSignal = check.killSignal(request.killSignal);

  const result = run(request, replaced);
  const { error, output } = result;
  if (error) {
    result.error = systemError(error, `spawnSync ${request.file}`);
    result.error.path = request.file;
    result.error.spawnargs = arraySlice(request.args, 1);
  }
  if (output && request.encoding && request.encoding !== 'buffer') {
    for (let i = 0; i < output.length; i++) {
      if (output[i]) output[i] = bufferToString(output[i], request.encoding);
    }
  }
  const missing = versions.missingOutputIsUndefined ? undefined : null;
  result.stdout = output ? output[1] : missing;
  result.stderr = output ? output[2] : missing;
  return result;
}

function failureOf(result, command) {
  if (result.error) return objectAssign(result.error, result);
  if (result.status === 0) return undefined;
  let message = `Command failed: ${command}`;
  if (result.stderr && result.stderr.length > 0) message += `\n${result.stderr.toString()}`;
  return commandError(message, result);
}

function finish(result, inheritStderr, command) {
  if (inheritStderr && result.stderr) process.stderr.write(result.stderr);
  const failure = failureOf(result, command);
  if (failure !== undefined) throw failure;
  return result.stdout;
}

function execFileSync(file, args, options) {
  const given = fileArguments(file, args, options);
  const result = spawnSync(given.file, given.args, given.given);
  const { argv0, stdio } = given.options;
  return finish(result, !stdio, arrayJoin(flatList([argv0 || given.file], given.args), ' '));
}

function execSync(command, options) {
  const shell = shellArguments(command, options, null);
  const result = spawnSync(shell.file, shell.options);
  return finish(result, !shell.options.stdio, command);
}

module.exports = { execFileSync, execSync, spawnSync };

}),
'lib/fork.js': (function (ours, module, exports) {'use strict';

const accelerate = ours('lib/accelerate.js');
const check = ours('lib/validate.js');
const stock = ours('lib/stock.js');
const { adoptingFork } = ours('lib/adopt.js');
const { fromString } = ours('lib/stdio.js');
const { ipcRequired } = ours('lib/errors.js');
const { spawnWith } = ours('lib/spawn.js');
const { arrayFilter, arrayIncludes, arrayIsArray, arrayLastIndexOf, flatList } = ours('lib/originals.js');

function inheritedArguments() {
  const { execArgv, _eval: text } = process;
  if (text === undefined || text === null) return execArgv;
  const at = arrayLastIndexOf(execArgv, text);
  return at > 0 ? arrayFilter(execArgv, (_, i) => i !== at && i !== at - 1) : execArgv;
}

function stdioWithChannel(stdio, silent) {
  if (typeof stdio === 'string') return fromString(stdio, 'ipc');
  if (!arrayIsArray(stdio)) return fromString(silent ? 'pipe' : 'inherit', 'ipc');
  if (!arrayIncludes(stdio, 'ipc')) throw ipcRequired('options.stdio');
  return stdio;
}

const { fork: given } = stock.functions;
const isNodes = stock.isPlain(given);

function fork(modulePath, args = [], options = undefined) {
  if (!isNodes || !accelerate.isOrdinaryNode()) return adoptingFork(given, modulePath, args, options);
  modulePath = check.path(modulePath, 'modulePath');

  if (args === undefined || args === null) {
    args = [];
  } else if (typeof args === 'object' && !arrayIsArray(args)) {
    options = args;
    args = [];
  } else {
    check.array(args, 'args');
  }
  if (options !== undefined && options !== null) check.object(options, 'options');

  const own = { __proto__: null, ...options, shell: false };
  own.execPath ||= process.execPath;
  check.noNul(own.execPath, 'options.execPath');
  let execArgv = own.execArgv || process.execArgv;
  check.noNulIn(execArgv, 'options.execArgv');

  if (execArgv === process.execArgv) execArgv = inheritedArguments();
  args = flatList(execArgv, [modulePath], args);
  own.stdio = stdioWithChannel(own.stdio, own.silent);
  own[accelerate.kFork] = modulePath;
  return spawnWith(own.execPath, args, own, undefined);
}

module.exports = { fork };

}),
'lib/adopt.js': (function (ours, module, exports) {'use strict';

const accelerate = ours('lib/accelerate.js');
const check = ours('lib/validate.js');
const stock = ours('lib/stock.js');
const { ChildProcess, giveHandle, startChild } = ours('lib/child-process.js');
const { Process } = ours('lib/process-handle.js');
const { arrangeEnds } = ours('lib/spawn.js');
const { functionCall, objectGetPrototypeOf, objectSetPrototypeOf } = ours('lib/originals.js');

let beneath = () => stock.start;
let isAdopting = false;
let isPlaced = false;
let forked;

function adopt(options) {
  const { _handle: handle } = this;
  if (!handle || handle instanceof Process) return functionCall(stock.isPlain(beneath()) ? startChild : beneath(), this, options);
  if (!isAdopting) return functionCall(beneath(), this, options);
  handle.close();
  giveHandle(this);
  if (objectGetPrototypeOf(this) === stock.prototype) objectSetPrototypeOf(this, ChildProcess.prototype);
  if (forked !== undefined) options[accelerate.kFork] = forked;
  const failure = functionCall(ChildProcess.prototype.spawn, this, options);
  if (options?.killTree) {
    if (failure === 0) arrangeEnds(this, options, check.killSignal(options.killSignal));
    options.timeout = options.signal = undefined;
  }
  return failure;
}
stock.markOwn(adopt);

function beginAdopting() {
  isAdopting = true;
  if (isPlaced) return;
  const { spawn } = stock.prototype;
  try {
    stock.prototype.spawn = adopt;
  } catch {
    return;
  }
  isPlaced = true;
  beneath = stock.remember(spawn, stock.start);
  if (stock.isPlain(spawn)) stock.unwrapped.spawn = adopt;
}

function endAdopting() {
  isAdopting = false;
  if (stock.prototype.spawn !== adopt) return;
  isPlaced = false;
  const spawn = beneath();
  stock.prototype.spawn = spawn;
  if (stock.isPlain(spawn)) stock.unwrapped.spawn = spawn;
}

function adoptingFork(fork, modulePath, args, options) {
  const wasAdopting = isAdopting;
  forked = modulePath;
  try {
    beginAdopting();
    return fork(modulePath, args, options);
  } finally {
    forked = undefined;
    if (!wasAdopting) endAdopting();
  }
}

module.exports = { adoptingFork, beginAdopting, endAdopting };

}),
'lib/beyond.js': (function (ours, module, exports) {'use strict';

const { binding } = ours('lib/native.js');
const { featureUnavailable } = ours('lib/errors.js');

function need(feature) {
  if (binding === null) throw featureUnavailable(feature);
}

function createChannel(options = undefined) {
  need('createChannel');
  return ours('lib/ipc/pair.js').createChannel(options);
}

function sharedMemory(bytes) {
  need('sharedMemory');
  return ours('lib/ipc/shared-memory.js').sharedMemory(bytes);
}

module.exports = { createChannel, sharedMemory };

}),
};
