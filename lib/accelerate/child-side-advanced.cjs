'use strict';
const bundled = {
now: {
__proto__: null,
'lib/ipc/channel.js': (function (require, module, exports) {'use strict';

const shared = require('lib/shared.js');
const isPacked = require('lib/packed.js');
const versions = require('lib/versions.js');
const late = require('lib/ipc/late.js');
const { arrayPush, deprecate, mathMax, nextTick, objectDefineProperty, objectFreeze, objectHasOwn } = require('lib/originals.js');
const { kChannelHandle } = require('lib/ipc/channel-handle.js');
const { Link, kLink, report, write } = require('lib/ipc/link.js');

const DEFAULTS = objectFreeze({ __proto__: null, swallowErrors: false });

let handovers;

function handover() {
  handovers ??= require('lib/ipc/handover.js');
  return handovers;
}

function send(message, handle, options, callback) {
  if (typeof handle === 'function') {
    callback = handle;
    handle = undefined;
    options = undefined;
  } else if (handle?.serialize === false && objectHasOwn(handle, 'serialize')) {
    if (typeof options === 'function') callback = options;
    options = handle;
    handle = undefined;
  } else if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (options !== undefined) {
    late.validate.object(options, 'options');
  }
  if (this.connected) {
    options = options === undefined ? DEFAULTS : { __proto__: null, ...DEFAULTS, ...options };
    if (!handle) return this._send(message, handle, options, callback);
    handover().giveAway(handle, this);
    try {
      return this._send(message, handle, options, callback);
    } catch (error) {
      handover().takeBack(handle);
      throw error;
    }
  }
  report(this, late.errors.ipcChannelClosed(), callback);
  return false;
}

function refuseUnsendable(message) {
  if (message === undefined) throw late.errors.missingArgs('message');
  switch (typeof message) {
    case 'string':
    case 'object':
    case 'number':
    case 'boolean': return;
    default: throw late.errors.invalidArgType('message', 'one of type string, object, number, or boolean', message);
  }
}

function isAcknowledgement(message) {
  return message !== null && typeof message === 'object' &&
    (message.cmd === 'NODE_HANDLE_ACK' || message.cmd === 'NODE_HANDLE_NACK');
}

function _send(message, handle, options, callback) {
  refuseUnsendable(message);
  const link = this[kLink];
  if (link === null) {
    if (typeof callback === 'function') process.nextTick(callback, late.errors.ipcChannelClosed());
    return false;
  }
  if (typeof options === 'boolean') options = { __proto__: null, swallowErrors: options };
  const type = handle ? handover().kindOfHandle(handle) : undefined;
  const isRaw = options?.serialize === false;
  if (isRaw) late.raw.check(message, type);

  if (this._handleQueue && !(type === undefined && isAcknowledgement(message))) {
    const isFirst = this._handleQueue.length === 0;
    if (!isFirst || type !== 'net.Socket' || !handover().follow(this, link, message, handle, options, callback)) {
      arrayPush(this._handleQueue, { callback, handle: handle || null, options, message });
    }
    return waitingInNode(this, link) === 1;
  }

  if (isRaw) return sendRaw(this, link, message, options, callback);
  if (type === undefined) return write(this, link, message, -1, options, callback);
  if (!link.isOurs && handover().isBeyondNode(type)) {
    if (!link.awaitsGreeting) throw late.errors.ipcNotAccelerated(`A ${handle.constructor.name} travels`);
    return handover().sendWhenKnown(this, link, { callback, handle, options, message });
  }
  return handover().sendHandle(this, link, message, handle, type, options ?? DEFAULTS, callback);
}

function waitingInNode(target, link) {
  return target._handleQueue.length + mathMax(0, link.lost.length + link.flight.length - 1);
}

function sendRaw(target, link, message, options, callback) {
  if (link.isOurs) {
    const command = late.raw.wrap(message, link.isGreeted ? link.blocks : undefined, link.isText);
    return write(target, link, command, -1, options, callback);
  }
  if (!link.awaitsGreeting) {
    report(target, late.errors.ipcNotAccelerated(), callback);
    return false;
  }
  return handover().sendWhenKnown(target, link, { callback, handle: null, options, message: late.raw.copy(message) });
}

function disconnect() {
  if (!this.connected) {
    this.emit('error', late.errors.ipcDisconnected());
    return;
  }
  this.connected = false;
  if (!this._handleQueue) this._disconnect();
}

function _disconnect() {
  const link = this[kLink];
  if (link === null) return;
  link.port.hurry();
  this.channel = null;
  this[kLink] = null;
  this[kChannelHandle] = null;
  if (link.flight.length > 0 || link.lost.length > 0) handover().endFlight(link);
  for (let i = 0; i < (this._handleQueue?.length ?? 0); i++) {
    const { callback, handle } = this._handleQueue[i];
    if (handle) handover().takeBack(handle);
    if (typeof callback === 'function') process.nextTick(callback, late.errors.ipcChannelClosed());
  }
  this._handleQueue = null;

  const finish = () => {
    if (link.isFinished) return;
    link.isFinished = true;
    link.onWhole = undefined;
    link.close();
    if (link.isEnd) link.lists.ended();
    this.emit('disconnect');
    link.markClosed();
  };
  const finishInTime = () => process.nextTick(behindMessages, link, finish);
  if (!link.hasEnded && link.port.isPartial) link.onWhole = finishInTime;
  else finishInTime();
}

function onInternalMessage(target, link, message, descriptor) {
  if (message.cmd === 'NODE_HANDLE_ACK' || message.cmd === 'NODE_HANDLE_NACK') {
    handover().onAnswer(target, link, message.cmd === 'NODE_HANDLE_ACK');
  } else if (message.cmd === 'NODE_HANDLE') {
    handover().onHandle(target, link, message, descriptor);
  }
}

let alias;

function defineDeprecatedAlias(target) {
  const text = '_channel is deprecated. Use ChildProcess.channel instead.';
  alias ??= {
    __proto__: null,
    get: deprecate(getChannel, text, 'DEP0129'),
    set: deprecate(setChannel, text, 'DEP0129'),
    configurable: true,
    enumerable: false,
  };
  objectDefineProperty(target, '_channel', alias);
}

function getChannel() {
  return this.channel;
}

function setChannel(value) {
  this.channel = value;
}

function setupChannel(target, fd, serialization, { isChild = false, peer, mayGreet = peer !== undefined, isEager, record }) {
  if (!isChild) prepare(mayGreet, serialization);
  const link = new Link(target, fd, serialization, { isChild, peer, mayGreet, isEager });
  target.channel = link.control;
  objectDefineProperty(target, kLink, { __proto__: null, value: link, writable: true, configurable: true, enumerable: false });
  if (versions.hasChannelAlias) defineDeprecatedAlias(target);

  target._handleQueue = null;
  target._pendingMessage = null;
  target.on('internalMessage', (message, handle) => onInternalMessage(target, link, message, handle));
  target.on('newListener', () => process.nextTick(() => link.inbox.listenerAdded()));
  target.send = send;
  target._send = _send;
  target.connected = true;
  target.disconnect = disconnect;
  target._disconnect = _disconnect;
  target[kChannelHandle] = link.handle;
  if (record !== undefined) record.handle = link.handle;

  link.port.read(true);
  return link.control;
}

function beforeExit(child, then) {
  const link = child[kLink];
  if (!link) {
    then();
    return;
  }
  link.port.readNow();
  if (!link.inbox.isUnderWay && child[kLink] === link) then();
  else nextTick(behindMessages, link, then);
}

function beforeSignal(child) {
  child[kLink]?.port.hurry();
}

function behindMessages(link, then) {
  if (link.inbox.isUnderWay) nextTick(behindMessages, link, then);
  else then();
}

function prepare(mayGreet, serialization) {
  if (isPacked) return;
  handover();
  late.prepare(mayGreet, serialization);
}

function countListeners(target, control) {
  target[kLink].port.ref(false);
  const counts = (name) => name === 'message' || name === 'disconnect';
  target.on('newListener', (name) => { if (counts(name)) control.refCounted(); });
  target.on('removeListener', (name) => { if (counts(name)) control.unrefCounted(); });
}

function forkChild(fd, serialization, peer) {
  const control = setupChannel(process, fd, serialization, { isChild: true, peer });
  countListeners(process, control);
  if (peer !== undefined) process[kLink].greet();
}

function openEnd(end, fd, serialization) {
  prepare(true, serialization);
  const control = setupChannel(end, fd, serialization, { isChild: true, mayGreet: true });
  countListeners(end, control);
  end[kLink].isEnd = true;
  end[kLink].accelerate();
}

const nameless = [send, _send, disconnect, _disconnect];
for (let i = 0; i < nameless.length; i++) objectDefineProperty(nameless[i], 'name', { __proto__: null, value: '', configurable: true });

shared.channelEnds ??= {};
shared.channelEnds.open ??= openEnd;
shared.channelEnds.send ??= send;
shared.channelEnds.disconnect ??= disconnect;

module.exports = { beforeExit, beforeSignal, forkChild, prepare, setupChannel };

}),
'lib/shared.js': (function (require, module, exports) {'use strict';

const { binding } = require('lib/native.js');

const shared = binding === null ? {} : binding.shared(function shared() {});

module.exports = shared;

}),
'lib/native.js': (function (require, module, exports) {'use strict';

const { Error, flatList } = require('lib/originals.js');

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
'lib/originals.js': (function (require, module, exports) {'use strict';

const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const { Buffer } = require('node:buffer');
const { subscribe: diagnosticsSubscribe } = require('node:diagnostics_channel');
const { clearTimeout, setImmediate, setTimeout } = require('node:timers');
const { deprecate, inspect, types } = require('node:util');

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
'lib/packed.js': (function (require, module, exports) {module.exports = true;
}),
'lib/versions.js': (function (require, module, exports) {'use strict';

const { Number, stringSplit } = require('lib/originals.js');

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
'lib/ipc/late.js': (function (require, module, exports) {'use strict';

const { objectDefineProperty, objectGetOwnPropertyDescriptor, objectKeys } = require('lib/originals.js');

const FOR_ALL = {
  errors: () => require('lib/errors.js'),
  socketList: () => require('lib/ipc/socket-list.js'),
  validate: () => require('lib/validate.js'),
};
const FOR_OURS = {
  blocks: () => require('lib/ipc/blocks.js'),
  lane: () => require('lib/ipc/lane.js'),
  raw: () => require('lib/ipc/raw.js'),
};
const FOR_JSON = {
  jsonText: () => require('lib/ipc/json-text.js'),
};
const FOR_CLONES = {
  clone: () => require('lib/ipc/clone.js'),
};
const ALL = { __proto__: null, ...FOR_ALL, ...FOR_OURS, ...FOR_JSON, ...FOR_CLONES };

const parts = {
  prepare(mayGreet, serialization) {
    const wanted = { __proto__: null, ...FOR_ALL, ...mayGreet ? FOR_OURS : {}, ...serialization === 'advanced' ? FOR_CLONES : FOR_JSON };
    const names = objectKeys(wanted);
    for (let i = 0; i < names.length; i++) void parts[names[i]];
  },

  has(name) {
    return 'value' in objectGetOwnPropertyDescriptor(parts, name);
  },
};

function loadWhenNeeded(name) {
  objectDefineProperty(parts, name, {
    __proto__: null,
    get() {
      const value = ALL[name]();
      objectDefineProperty(parts, name, { __proto__: null, value });
      return value;
    },
    configurable: true,
  });
}
const names = objectKeys(ALL);
for (let i = 0; i < names.length; i++) loadWhenNeeded(names[i]);

module.exports = parts;

}),
'lib/ipc/channel-handle.js': (function (require, module, exports) {'use strict';

const { OwnWeakMap, Symbol, bufferFrom, objectGetPrototypeOf, objectSetPrototypeOf } = require('lib/originals.js');

const kChannelHandle = Symbol('kChannelHandle');
const kJSONBuffer = Symbol('kJSONBuffer');
const kStringDecoder = Symbol('kStringDecoder');
const kMessageBuffer = Symbol('kMessageBuffer');
const kMessageBufferSize = Symbol('kMessageBufferSize');

const EBADF = 9;

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

function isWatched({ handle, isText }) {
  return isText ? handle.writeUtf8String !== writeUtf8String : handle.writeBuffer !== writeBuffer;
}

function sendWatched({ codec, handle, isText }, message, fd) {
  const whole = codec.whole(message);
  const sent = fd < 0 ? undefined : { fd };
  const result = isText ? handle.writeUtf8String(new WriteWrap(), whole, sent) : handle.writeBuffer(new WriteWrap(), whole, sent);
  return typeof result === 'number' ? result : 0;
}

module.exports = { handleOf, isWatched, kChannelHandle, sendWatched };

}),
'lib/ipc/link.js': (function (require, module, exports) {'use strict';

const codecs = require('lib/ipc/codec.js');
const late = require('lib/ipc/late.js');
const { binding } = require('lib/native.js');
const { closed } = require('lib/life.js');
const { ARENA, ARENA_ANSWER, GREETING, PREFIX, RAW, RELEASE, TURN } = require('lib/ipc/commands.js');
const { Control } = require('lib/ipc/control.js');
const { handleOf, isWatched, sendWatched } = require('lib/ipc/channel-handle.js');
const { Inbox } = require('lib/ipc/inbox.js');
const { Port } = require('lib/ipc/port.js');
const { Symbol, arrayPush, arrayShift, hrtime, nextTick, objectFreeze, stringStartsWith, toJson } = require('lib/originals.js');
const { version } = require('package.json');

const ENOUGH_QUEUED = 65536 * 2;
const GONE = -2;
const EBADF = 9;
const ENOMEM = 12;
const NONE = -1;
const MOST_DESCRIPTORS = 64;
const MOST_FAULTS = 1000;
const FAULTS_TIME = 10;
const turn = toJson({ cmd: TURN, version });
const QUIETLY = objectFreeze({ __proto__: null, swallowErrors: true });
const PRIVATELY = objectFreeze({ __proto__: null, swallowErrors: true });

const kLink = Symbol('kLink');

class Link {
  constructor(target, fd, serialization, { isChild, peer, mayGreet, isEager = false }) {
    this.target = target;
    this.isChild = isChild;
    this.codec = codecs[serialization]();
    this.isText = serialization === 'json';
    this.peer = peer;
    this.mayGreet = mayGreet;
    this.isEager = isEager;
    this.isGreeted = false;
    this.onGreeting = undefined;
    this.port = new Port(fd, this.isText ? 'lines' : 'bodies', isChild, mayGreet ? turn : undefined, this);
    this.control = new Control(this.port);
    this.handle = handleOf(this);
    this.socketLists = undefined;
    this.inbox = new Inbox(target, (error) => this.tellFailure(error), () => this.port.flushLate());
    this.descriptors = [];
    this.flight = [];
    this.lost = [];
    this.mustRepeat = false;
    this.isDeaf = false;
    this.onWhole = undefined;
    this.loud = 0;
    this.ends = [];
    this.isEnd = false;
    this.each = (message) => this.arrived(message);
    this.failed = (cause) => this.malformed(cause);
    this.faults = 0;
    this.faultsSince = 0;
    this.hasEnded = false;
    this.isFinished = false;
    this.isMarked = false;
  }

  get lists() {
    this.socketLists ??= new late.socketList.SocketLists(this.target);
    return this.socketLists;
  }

  get blocks() {
    this.port.blocks ??= new late.blocks.Blocks((inner, fd) => this.tell(inner, fd));
    return this.port.blocks;
  }


  lines(text, count, fd) {
    if (this.takes(fd)) this.codec.decodeLines(text, count, this.each, this.failed);
    this.whole();
  }

  bodies(buffer, fd) {
    if (this.takes(fd)) this.codec.decodeBodies(buffer, this.each, this.failed);
    this.whole();
  }

  takes(fd) {
    if (this.target.channel) {
      if (fd !== NONE) this.descriptorCame(fd);
      return true;
    }
    if (fd >= 0) closeDescriptor(fd);
    return false;
  }

  whole() {
    if (this.onWhole !== undefined && !this.port.isPartial) this.onWhole();
  }

  descriptorCame(fd) {
    if (this.descriptors.length === (this.isGreeted ? MOST_DESCRIPTORS : 1)) {
      this.dropDescriptor();
      this.fault();
    }
    arrayPush(this.descriptors, fd);
  }

  takeDescriptor() {
    return this.descriptors.length === 0 ? NONE : arrayShift(this.descriptors);
  }

  dropDescriptor() {
    const fd = this.takeDescriptor();
    if (fd >= 0) closeDescriptor(fd);
  }

  arrived(message) {
    if (message === null || typeof message !== 'object' || message.cmd === undefined) {
      this.inbox.addForUser(message);
      return;
    }
    const { cmd } = message;
    if (this.mayGreet && cmd === GREETING) {
      this.greeted(message);
    } else if (typeof cmd === 'string' && this.isGreeted && stringStartsWith(cmd, PREFIX)) {
      this.commanded(cmd, message);
    } else {
      this.deliver(cmd, message);
    }
  }

  deliver(cmd, message) {
    if (cmd === 'NODE_HANDLE') {
      const fd = this.takeDescriptor();
      if (fd === NONE) this.fault();
      this.inbox.addWithHandle(message, fd < 0 ? undefined : fd);
    } else {
      this.inbox.add(message);
    }
  }

  commanded(cmd, message) {
    const { blocks } = this;
    switch (cmd) {
      case ARENA: {
        const fd = message.bytes === 0 ? NONE : this.takeDescriptor();
        blocks.in.announced(message, fd);
        if (fd >= 0) closeDescriptor(fd);
        this.fault();
        break;
      }
      case ARENA_ANSWER: blocks.out.answered(message); break;
      case RELEASE:
        blocks.out.released(message);
        this.port.released();
        break;
      case RAW: this.unpack(message); break;
      case TURN: break;
      default: this.fault();
    }
  }

  unpack(message) {
    let whole;
    try {
      whole = late.raw.unwrap(message, this.blocks);
    } catch (error) {
      this.malformed(error);
      return;
    }
    this.deliver(whole.cmd, whole);
  }

  greet() {
    write(this.target, this, { cmd: GREETING, version, isEager: this.isEager }, -1, PRIVATELY, undefined);
    this.port.restartTick();
  }

  greeted(message) {
    if (message.version !== version || (this.peer ?? version) !== version) {
      this.peer = undefined;
      this.onGreeting?.();
      return;
    }
    if (this.isChild) this.isEager = message.isEager === true;
    else this.greet();
    this.accelerate();
  }

  accelerate() {
    this.peer = undefined;
    this.mayGreet = false;
    this.isGreeted = true;
    this.codec.accelerate(() => this.blocks, turn, this.isEager, this.port);
    this.onGreeting?.();
  }

  tell(message, fd) {
    if (this.target[kLink] !== this || (fd >= 0 && this.target._handleQueue)) return false;
    write(this.target, this, message, fd, PRIVATELY, undefined);
    this.port.restartTick();
    return !this.port.hasFailed;
  }

  get isOurs() {
    return this.isGreeted || (this.isChild && this.peer === version);
  }

  get awaitsGreeting() {
    return !this.isChild && this.peer === version;
  }

  malformed(cause) {
    if (this.faults <= MOST_FAULTS) this.inbox.addMalformed(cause);
    return this.fault();
  }

  fault() {
    const seconds = hrtime()[0];
    if (seconds - this.faultsSince > FAULTS_TIME) {
      this.faultsSince = seconds;
      this.faults = 0;
    }
    if (++this.faults <= MOST_FAULTS) return true;
    if (this.target.channel) {
      this.inbox.addFailure(late.errors.tooManyFaults());
      this.ended(0);
    }
    return false;
  }

  ended(result) {
    const { target } = this;
    this.hasEnded = true;
    if (result === -ENOMEM && target.channel) this.inbox.addFailure(late.errors.systemError(result, 'read'));
    if (target.connected) target.disconnect();
    if (target.channel) target._disconnect();
    if (this.onWhole !== undefined) this.onWhole();
    this.markClosed();
  }

  markClosed() {
    if (this.isChild || this.isMarked) return;
    this.isMarked = true;
    closed(this.target);
  }

  oversized(fd) {
    if (this.takes(fd)) this.inbox.addFailure(late.errors.oversizedMessage());
  }

  blocked() {
    if (this.isChild) this.control.refCounted();
  }

  drained() {
    if (this.isChild) this.control.unrefCounted();
  }

  failedLate(errno) {
    const lost = this.#takeLost();
    for (let i = 1; i < lost; i++) nextTick(tellLoss, this.target, errno);
    if (lost > 0) tellLoss(this.target, errno);
  }

  failedEarly(errno) {
    for (let lost = this.#takeLost(); lost > 0; lost--) nextTick(tellLoss, this.target, errno);
  }

  #takeLost() {
    const { written } = this.port;
    let lost = 0;
    while (this.loud > 0) {
      if (this.ends[--this.loud] > written) lost++;
    }
    return lost;
  }

  tellFailure(error) {
    if (this.target.listenerCount('error') > 0) this.target.emit('error', error);
    else process.emitWarning(error);
  }

  close() {
    this.port.blocks?.close();
    this.port.close();
    while (this.descriptors.length > 0) this.dropDescriptor();
  }
}

function tellLoss(target, errno) {
  target.emit('error', late.errors.systemError(errno, 'write'));
}

function closeDescriptor(fd) {
  binding.closeFd(fd);
}

function report(target, error, callback) {
  if (typeof callback === 'function') process.nextTick(callback, error);
  else process.nextTick(() => target.emit('error', error));
}

function write(target, link, message, fd, options, callback) {
  const { port } = link;
  if (link.loud > 0 && !port.isStaging) link.loud = 0;
  const errno = fd === GONE ? -EBADF : options !== PRIVATELY && isWatched(link) ? sendWatched(link, message, fd) : link.codec.send(port, message, fd);
  port.hasFailed = errno !== 0;
  if (errno !== 0) {
    if (link.loud > 0 && !port.isStaging) link.failedEarly(errno);
    if (!options?.swallowErrors) report(target, late.errors.systemError(errno, 'write'), callback);
    return port.queued < ENOUGH_QUEUED;
  }
  if (typeof callback === 'function') process.nextTick(whenWritten, port, port.mark(), callback);
  else if (port.isStaging && !options?.swallowErrors) link.ends[link.loud++] = port.end;
  return port.queued < ENOUGH_QUEUED;
}

function whenWritten(port, mark, callback) {
  port.whenWritten(mark, callback);
}

module.exports = { GONE, Link, QUIETLY, closeDescriptor, kLink, report, whenWritten, write };

}),
'lib/ipc/codec.js': (function (require, module, exports) {'use strict';

const late = require('lib/ipc/late.js');

module.exports = {
  advanced() {
    const { Advanced } = require('lib/ipc/advanced.js');
    return new Advanced(!late.has('clone'));
  },

  json() {
    const { Json } = require('lib/ipc/json.js');
    return new Json();
  },
};

}),
'lib/life.js': (function (require, module, exports) {'use strict';

function closed(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) {
    child.emit('close', child.exitCode, child.signalCode);
  }
}

module.exports = { closed };

}),
'lib/ipc/commands.js': (function (require, module, exports) {'use strict';

module.exports = {
  GREETING: 'NODE_RS_CHILD_PROCESS',
  ARENA: 'NODE_RS_ARENA',
  ARENA_ANSWER: 'NODE_RS_ARENA_ANSWER',
  RELEASE: 'NODE_RS_RELEASE',
  TURN: 'NODE_RS_TURN',
  RAW: 'NODE_RS_RAW',
  PREFIX: 'NODE_RS_',

  BEYOND_NODE: 'rs-child-process.',
  CHANNEL_END: 'rs-child-process.ChannelEnd',
  SHARED_MEMORY: 'rs-child-process.SharedMemory',

  LARGE: 64 * 1024,
  MIB: 1024 * 1024,

  LONG_TEXT: 256,

  FEW: 8,
};

}),
'lib/ipc/control.js': (function (require, module, exports) {'use strict';

const EventEmitter = require('node:events');

const versions = require('lib/versions.js');
const { Symbol } = require('lib/originals.js');

const kPendingMessages = Symbol('kPendingMessages');

class Control extends EventEmitter {
  #port;
  #count = 0;
  #decided = false;

  constructor(port) {
    super();
    this.#port = port;
    this[kPendingMessages] = [];
  }

  refCounted() {
    if (++this.#count === 1 && !this.#decided) this.#port.ref(true);
  }

  unrefCounted() {
    if (--this.#count === 0 && !this.#decided) {
      this.#port.ref(false);
      if (versions.channelEmitsUnref) this.emit('unref');
    }
  }

  ref() {
    this.#decided = true;
    this.#port.ref(true);
  }

  unref() {
    this.#decided = true;
    this.#port.ref(false);
  }

  get fd() {
    return this.#port.fd;
  }
}

module.exports = { Control };

}),
'lib/ipc/inbox.js': (function (require, module, exports) {'use strict';

const { mathMin, nextTick, stringStartsWith } = require('lib/originals.js');
const delivery = require('lib/ipc/delivery.js');
const late = require('lib/ipc/late.js');
const { hadStorages, hasStorages } = require('lib/ipc/scope.js');

const MOST_GROUPS = 16;

class Special {
  constructor(isInternal, message, handle) {
    this.isInternal = isInternal;
    this.message = message;
    this.handle = handle;
  }
}

class Failure {
  constructor(error) {
    this.error = error;
    this.count = 1;
  }
}

function append(list, item) {
  list[list.length] = item;
}

const PREFIX = 'NODE_';

function isInternal(message) {
  return message !== null && typeof message === 'object' && typeof message.cmd === 'string' &&
    message.cmd.length > PREFIX.length && stringStartsWith(message.cmd, PREFIX);
}

class Inbox {
  #target;
  #onFailure;
  #beforeHandle;
  #arrived = [];
  #next = 0;
  #malformed = undefined;
  #groups = 0;
  #ticks = 0;
  #kept = [];
  #nextKept = 0;

  constructor(target, onFailure, beforeHandle) {
    this.#target = target;
    this.#onFailure = onFailure;
    this.#beforeHandle = beforeHandle;
  }

  add(message) {
    this.addForUser(isInternal(message) ? new Special(true, message, undefined) : message);
  }

  addForUser(message) {
    append(this.#arrived, message);
    this.#schedule();
  }

  addWithHandle(message, handle) {
    append(this.#arrived, new Special(isInternal(message), message, handle));
    this.#schedule();
  }

  addFailure(error) {
    append(this.#arrived, new Failure(error));
    this.#schedule();
  }

  addMalformed(cause) {
    const arrived = this.#arrived;
    const last = this.#malformed;
    if (last !== undefined && (this.#groups === MOST_GROUPS || arrived[arrived.length - 1] === last)) {
      last.count++;
      return;
    }
    if (this.#groups < MOST_GROUPS) this.#groups++;
    this.#malformed = new Failure(late.errors.malformedMessage(cause));
    append(arrived, this.#malformed);
    this.#schedule();
  }

  get isUnderWay() {
    return this.#ticks > 0 && this.#arrived.length > 0;
  }

  #schedule() {
    if (this.#ticks === 0) this.#askForTick();
  }

  #askForTick() {
    nextTick(emitArrived, this);
    this.#ticks++;
  }

  emitArrived() {
    this.#ticks--;
    const arrived = this.#arrived;
    const others = arrived.length - this.#next - 1;
    const wanted = hadStorages() ? others : mathMin(others, 1);
    while (this.#ticks < wanted) this.#askForTick();
    let isWhole = false;
    delivery.begin();
    try {
      for (let i = 0; this.#arrived === arrived && this.#next < arrived.length; i++) {
        if (i === 1 && hasStorages()) break;
        const item = arrived[this.#next];
        arrived[this.#next++] = undefined;
        this.#emit(item);
      }
      isWhole = true;
    } finally {
      if (this.#arrived === arrived) {
        if (this.#next < arrived.length) {
          this.#schedule();
        } else {
          this.#arrived = [];
          this.#next = 0;
          this.#groups = 0;
        }
      }
      delivery.end(isWhole);
    }
  }

  #emit(item) {
    const target = this.#target;
    if (item instanceof Special && item.isInternal) {
      if (typeof item.handle === 'object') this.#beforeHandle();
      target.emit('internalMessage', item.message, item.handle);
    } else if (item instanceof Failure) {
      if (item === this.#malformed) this.#malformed = undefined;
      this.#onFailure(item.count === 1 ? item.error : late.errors.repeated(item.error, item.count));
    } else if (this.#kept.length > 0 || target.listenerCount('message') === 0) {
      append(this.#kept, item);
    } else {
      this.#emitMessage(item);
    }
  }

  #emitMessage(item) {
    if (item instanceof Special) {
      if (item.handle !== undefined) this.#beforeHandle();
      this.#target.emit('message', item.message, item.handle);
    } else {
      this.#target.emit('message', item, undefined);
    }
  }

  listenerAdded() {
    if (this.#kept.length > 0) this.emitKept();
  }

  emitKept() {
    const target = this.#target;
    const kept = this.#kept;
    try {
      while (this.#nextKept < kept.length && target.listenerCount('message') > 0) {
        const item = kept[this.#nextKept];
        kept[this.#nextKept++] = undefined;
        this.#emitMessage(item);
      }
    } finally {
      if (this.#nextKept === kept.length) {
        this.#kept = [];
        this.#nextKept = 0;
      } else if (target.listenerCount('message') > 0) {
        nextTick(emitKept, this);
      }
    }
  }
}

function emitArrived(inbox) {
  inbox.emitArrived();
}

function emitKept(inbox) {
  inbox.emitKept();
}

module.exports = { Inbox };

}),
'lib/ipc/delivery.js': (function (require, module, exports) {'use strict';

const { nextTick } = require('lib/originals.js');

let isRunning = false;
let sent = [];

function endTick(port) {
  port.endTick();
}

function atEndOfTick(port) {
  if (isRunning) sent[sent.length] = port;
  else nextTick(endTick, port);
}

function begin() {
  isRunning = true;
}

function end(isWhole) {
  isRunning = false;
  if (sent.length === 0) return;
  const ports = sent;
  sent = [];
  let done = 0;
  try {
    while (isWhole && done < ports.length) ports[done++].endTick();
  } finally {
    while (done < ports.length) nextTick(endTick, ports[done++]);
  }
}

module.exports = { atEndOfTick, begin, end };

}),
'lib/ipc/scope.js': (function (require, module, exports) {'use strict';

const {
  AsyncResource, arraySome, asyncResourceEmitDestroy, executionAsyncResource, getSymbolDescription, objectGetOwnPropertySymbols,
} = require('lib/originals.js');

function findsStorages() {
  try {
    return '_propagate' in require('node:async_hooks').AsyncLocalStorage.prototype;
  } catch {
    return false;
  }
}

const livesInResources = findsStorages();

class Resource {
  hasRef() {
    return false;
  }
}

class Scope extends AsyncResource {
  constructor() {
    super('RSCHANNEL', { requireManualDestroy: true });
  }

  hasRef() {
    return false;
  }
}

function hasNoFrame(resource) {
  return arraySome(objectGetOwnPropertySymbols(resource),
    (symbol) => getSymbolDescription(symbol) === 'context_frame' && resource[symbol] === undefined);
}

function scopeOfCaller() {
  if (livesInResources) return undefined;
  const scope = new Scope();
  if (!hasNoFrame(scope)) return scope;
  asyncResourceEmitDestroy(scope);
  return undefined;
}

let storagesWereSeen = false;

function hasStorages() {
  storagesWereSeen ||= livesInResources
    ? arraySome(objectGetOwnPropertySymbols(executionAsyncResource()), isStorage)
    : scopeOfCaller() !== undefined;
  return storagesWereSeen;
}

function hadStorages() {
  return storagesWereSeen;
}

function isStorage(symbol) {
  return getSymbolDescription(symbol) === 'kResourceStore';
}

module.exports = { Resource, hadStorages, hasStorages, scopeOfCaller };

}),
'lib/ipc/port.js': (function (require, module, exports) {'use strict';

const shared = require('lib/shared.js');
const { binding } = require('lib/native.js');
const { idlePipe } = require('lib/handles.js');
const late = require('lib/ipc/late.js');
const { atEndOfTick } = require('lib/ipc/delivery.js');
const { expectExecve } = require('lib/ipc/execve.js');
const { Resource, scopeOfCaller } = require('lib/ipc/scope.js');
const {
  AsyncResource, Float64Array, Int32Array, OwnMap, arrayPush, arraySlice, asyncResourceEmitDestroy, asyncResourceRunInAsyncScope, atomicsStore,
  bufferByteLength, bufferCopyWithin, bufferFrom, bufferSet, bufferUtf8Write, getArrayBufferByteLength,
} = require('lib/originals.js');

const QUEUED = 1;
const WRITTEN = 2;
const TURNED = 3;
const HEADER = 32;

const WRITTEN_ALREADY = -1;

const LINES = 0;
const BODIES = 1;
const ENDED = 2;
const DRAINED = 3;
const OVERSIZED = 4;
const HELD = 6;

const TICKING = 2;

const NEWLINE = 10;
const ENOUGH = 7 / 8;

const QUIET = 4;

const open = shared.ports ??= new OwnMap();

function dispatch(id, kind, payload, count, fd) {
  const port = open.get(id);
  if (port === undefined) {
    if (fd >= 0) binding.closeFd(fd);
    return;
  }
  if (port.scope === undefined) port.receive(kind, payload, count, fd);
  else asyncResourceRunInAsyncScope(port.scope, port.receive, port, kind, payload, count, fd);
}

dispatch.hasRef = () => false;

class Port {
  #id;
  #block = undefined;
  #state = undefined;
  #pending = undefined;
  #room = 0;
  #enough = 0;
  #quiet = QUIET;
  #waiting = [];

  constructor(fd, wire, isChild, turn, owner) {
    shared.nonce ??= binding.onChannel(dispatch);
    this.resource = new Resource();
    const id = binding.channelOpen(fd, wire === 'bodies', isChild, turn, this.resource);
    if (id < 0) throw late.errors.systemError(id, 'open');
    this.#id = id;
    this.scope = scopeOfCaller();
    this.fd = fd;
    this.owner = owner;
    this.wasBlocked = false;
    this.recent = 0;
    this.hasFailed = false;
    this.losses = 0;
    this.failure = 0;
    this.blocks = undefined;
    this.listed = idlePipe(binding.channelDeadEnd);
    open.set(id, this);
  }

  static get nonce() {
    return shared.nonce;
  }

  receive(kind, payload, count, fd) {
    switch (kind) {
      case LINES: this.owner.lines(payload, count, fd); break;
      case BODIES: this.owner.bodies(payload, fd); break;
      case ENDED: this.owner.ended(count); break;
      case DRAINED: this.#drained(count); break;
      case OVERSIZED: this.owner.oversized(fd); break;
      case HELD: this.flushLate(); break;
      default: this.owner.descriptorCame(fd);
    }
  }


  sendText(text, fd) {
    if (fd >= 0 || this.#isQuiet() || text.length * 3 >= this.#roomLeft()) {
      return this.#settle(binding.channelSendText(this.#id, text, isAscii(text), fd));
    }
    const at = HEADER + this.#pending[0];
    const end = at + bufferUtf8Write(this.#block, text, at);
    this.#block[end] = NEWLINE;
    return this.#staged(end + 1 - HEADER);
  }

  sendBody(body, fd) {
    if (fd >= 0 || this.#isQuiet() || body.length >= this.#roomLeft()) {
      return this.#settle(binding.channelSendBytes(this.#id, body, fd));
    }
    const at = this.#pending[0];
    bufferSet(this.#block, body, HEADER + at);
    return this.#staged(at + body.length);
  }

  stage(encode, message) {
    if (this.#block === undefined) this.#prepare();
    if (this.#room === 0) return undefined;
    const limit = HEADER + this.#room;
    const at = HEADER + this.#pending[0];
    const end = encode(this.#block, at, limit, message);
    if (end < 0) return undefined;
    const place = HEADER + this.#pending[0];
    if (place !== at) bufferCopyWithin(this.#block, place, at, end);
    return this.#staged(place - HEADER + end - at);
  }

  #isQuiet() {
    return this.#block === undefined && --this.#quiet >= 0;
  }

  #roomLeft() {
    if (this.#block === undefined) this.#prepare();
    return this.#room === 0 ? 0 : this.#room - this.#pending[0];
  }

  #prepare() {
    expectExecve();
    const memory = binding.channelStaging(this.#id);
    if (memory === undefined) {
      this.#block = null;
      return;
    }
    this.#block = bufferFrom(memory);
    this.#state = new Float64Array(memory, 0, 4);
    this.#pending = new Int32Array(memory, 0, 1);
    this.#room = getArrayBufferByteLength(memory) - HEADER;
    this.#enough = this.#room * ENOUGH;
  }

  #staged(pending) {
    const state = this.#state;
    publish(this.#pending, pending);
    const isTicking = state[TURNED] === TICKING;
    if ((isTicking || state[QUEUED] > 0) && pending < this.#enough && this.failure === 0) return 0;
    if (!isTicking && state[TURNED] !== 0) {
      atEndOfTick(this);
      state[TURNED] = TICKING;
    }
    return this.#settle(binding.channelFlush(this.#id));
  }

  flush() {
    if (!this.isStaging || this.#state[QUEUED] > 0) return 0;
    return this.#settle(binding.channelFlush(this.#id));
  }

  get isTicking() {
    return this.#state !== undefined && this.#state[TURNED] === TICKING;
  }

  restartTick() {
    if (this.#state !== undefined) this.#state[TURNED] = 0;
  }

  endTick() {
    if (this.#state[TURNED] === TICKING) this.#state[TURNED] = 1;
    this.flushLate();
  }

  flushLate() {
    const failure = this.flush();
    if (failure !== 0) this.owner.failedLate(failure);
  }

  hurry() {
    const failure = this.flush();
    if (failure !== 0) this.owner.failedEarly(failure);
  }

  get isStaging() {
    return this.#pending !== undefined && this.#pending[0] > 0;
  }

  #settle(result) {
    if (result < 0) {
      this.losses++;
      this.failure = result;
      return result;
    }
    if (result > 0 && this.#block === undefined) this.#prepare();
    if (!this.wasBlocked && this.queued > 0) {
      this.wasBlocked = true;
      this.owner.blocked();
    }
    return 0;
  }

  get queued() {
    const state = this.#state;
    const held = this.blocks === undefined ? 0 : this.blocks.out.held;
    if (state === undefined || state[QUEUED] === 0) return held;
    return state[QUEUED] + this.#pending[0] + held;
  }

  mark() {
    const state = this.#state;
    if (state === undefined) return { end: 0, losses: this.#block === undefined ? WRITTEN_ALREADY : this.losses };
    const waiting = this.#pending[0] + state[QUEUED];
    return { end: waiting + state[WRITTEN], losses: waiting === 0 ? WRITTEN_ALREADY : this.losses };
  }

  whenWritten({ end, losses }, callback) {
    this.flushLate();
    if (losses !== WRITTEN_ALREADY && this.losses !== losses && !(this.#state?.[WRITTEN] >= end)) callback(late.errors.systemError(this.failure, 'write'));
    else if (this.#waiting.length === 0 && !this.#isCrowded && (this.#state === undefined || this.#state[WRITTEN] >= end)) callback(null);
    else arrayPush(this.#waiting, { end, callback, context: new AsyncResource('RSCHANNELSEND') });
  }

  get end() {
    return this.#pending[0] + this.#state[QUEUED] + this.#state[WRITTEN];
  }

  get written() {
    return this.#state === undefined ? 0 : this.#state[WRITTEN];
  }

  get #isCrowded() {
    return this.blocks !== undefined && this.blocks.out.isCrowded;
  }

  released() {
    this.#drained(0);
  }

  #drained(failure) {
    const written = failure === 0 ? this.#state?.[WRITTEN] ?? Infinity : Infinity;
    const waiting = this.#waiting;
    let done = 0;
    const isCrowded = failure === 0 && this.#isCrowded;
    while (!isCrowded && done < waiting.length && waiting[done].end <= written) {
      process.nextTick(callBack, waiting[done++]);
    }
    if (done > 0) this.#waiting = arraySlice(waiting, done);
    if (this.wasBlocked && this.queued === 0) {
      this.wasBlocked = false;
      this.owner.drained();
    }
  }

  read(on) {
    binding.channelRead(this.#id, on);
  }

  readNow() {
    binding.channelReadNow(this.#id);
  }

  get isOpen() {
    return open.get(this.#id) === this;
  }

  get isPartial() {
    return binding.channelIsPartial(this.#id);
  }

  ref(on) {
    binding.channelRef(this.#id, on);
    if (on) this.listed?.ref();
    else this.listed?.unref();
  }

  close() {
    if (!open.delete(this.#id)) return;
    binding.channelClose(this.#id);
    this.#drained(-1);
    this.listed?.close();
    if (this.scope !== undefined) asyncResourceEmitDestroy(this.scope);
  }
}

const publish = process.arch === 'x64'
  ? (pending, count) => { pending[0] = count; }
  : (pending, count) => { atomicsStore(pending, 0, count); };

function callBack({ callback, context }) {
  asyncResourceRunInAsyncScope(context, callback, undefined, null);
}

function isAscii(text) {
  return bufferByteLength(text) === text.length;
}

module.exports = { Port };

}),
'lib/handles.js': (function (require, module, exports) {'use strict';

const { internalBinding } = require('lib/internals.js');
const { binding } = require('lib/native.js');
const { objectGetOwnPropertyDescriptor, objectGetPrototypeOf, objectSetPrototypeOf, setImmediate } = require('lib/originals.js');

let Pipe;
let net;

function socketClass() {
  net ??= require('node:net');
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
'lib/internals.js': (function (require, module, exports) {'use strict';

const { arrayJoin, regexpExec } = require('lib/originals.js');

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
'lib/ipc/execve.js': (function (require, module, exports) {'use strict';

const shared = require('lib/shared.js');
const { binding } = require('lib/native.js');
const { diagnosticsSubscribe } = require('lib/originals.js');

function expectExecve() {
  if (shared.expectsExecve || process.execve === undefined) return;
  shared.expectsExecve = true;
  try {
    diagnosticsSubscribe('process.execve', finish);
  } catch {
  }
}

function finish() {
  binding.channelsFinish();
}

module.exports = { expectExecve };

}),
'package.json': (function (require, module, exports) {module.exports = { version: '0.1.0' };
}),
'lib/ipc/advanced.js': (function (require, module, exports) {'use strict';

const late = require('lib/ipc/late.js');
const plain = require('lib/ipc/plain-clone.js');
const { Traffic } = require('lib/ipc/traffic.js');
const { LARGE } = require('lib/ipc/commands.js');
const { bufferReadUInt32BE, bufferSubarray } = require('lib/originals.js');

const LENGTH = 4;
const V8_BODY = 0xff;

class Advanced {
  #blocks = undefined;
  #lane = undefined;
  #isOn = false;
  #traffic = new Traffic();
  #isPlain;
  #read = (body) => this.#deserialize(body);

  constructor(isPlain) {
    this.#isPlain = isPlain;
  }

  accelerate(blocks, turn, isEager) {
    this.#blocks = blocks;
    this.#isOn = isEager;
  }

  #madeLane() {
    this.#lane ??= late.lane.laneOfClones(refuse, this.#blocks());
    return this.#lane;
  }

  #block(frame, fd) {
    if (this.#blocks === undefined || frame.length < LARGE) return undefined;
    return this.#madeLane().block(bufferSubarray(frame, LENGTH), fd);
  }

  get #clone() {
    this.#isPlain = false;
    return late.clone;
  }

  #deserialize(body) {
    if (this.#isPlain) {
      const message = plain.read(body);
      if (plain.isPlain(message)) return message;
    }
    return this.#clone.deserialize(body);
  }

  #serialize(message) {
    return (this.#isPlain ? plain.write(message) : undefined) ?? this.#clone.serialize(message);
  }

  check(message) {
    this.#clone.check(message);
  }

  envelope(outer, message) {
    outer.msg = message;
    return outer;
  }

  repetition(whole) {
    return { ...whole, again: true };
  }

  ready(cmd) {
    return { cmd };
  }

  send(port, message, fd) {
    const lane = this.#isOn ? this.#madeLane() : undefined;
    const sent = lane?.send(port, message, fd);
    if (sent !== undefined) return sent;
    lane?.leave();
    const frame = this.#serialize(message);
    if (this.#blocks !== undefined && !this.#isOn) this.#isOn = this.#traffic.isHeavyWith(port, frame.length);
    return port.sendBody(this.#block(frame, fd) ?? frame, fd);
  }

  whole(message) {
    return this.#serialize(message);
  }

  sendRaw(port, bytes, fd) {
    this.#lane?.leave();
    return port.sendBody(bytes, fd);
  }

  decodeBodies(buffer, each, failed) {
    let at = 0;
    while (at + LENGTH <= buffer.length) {
      const start = at + LENGTH;
      if (this.#blocks !== undefined && (this.#lane !== undefined || buffer[start] !== V8_BODY)) {
        this.#madeLane().decodeBodies(buffer, at, this.#read, each, failed);
        return;
      }
      at = start + bufferReadUInt32BE(buffer, at);
      let message;
      try {
        message = this.#deserialize(bufferSubarray(buffer, start, at));
      } catch (error) {
        if (failed(error)) continue;
        return;
      }
      each(message);
    }
  }
}

function refuse(value) {
  late.clone.check(value);
}

module.exports = { Advanced };

}),
'lib/ipc/plain-clone.js': (function (require, module, exports) {'use strict';

const { define } = require('lib/ipc/fast/records.js');
const {
  Float64Array, Object, Symbol, Uint8Array, bufferAllocUnsafe, bufferLatin1Slice, bufferLatin1Write, bufferReadDoubleLE, bufferUcs2Slice, bufferWriteUInt32BE, getTypedArrayBuffer,
  objectGetPrototypeOf,
  objectHasOwn, objectIs, regexpExec, stringCharCodeAt, stringFromCharCode: fromCode, types,
} = require('lib/originals.js');

const ObjectPrototype = Object.prototype;

const VERSION = 15;
const OLDEST = 13;
const LENGTH = 4;
const HEAD = '\0\0\0\0\xff\x0f';
const DEEPEST = 64;
const LONGEST = 4096;
const WIDE = /[^\0-\xff]/;

const NOT_PLAIN = Symbol('kNotPlain');
const isPlain = (message) => message !== NOT_PLAIN;

const double = new Float64Array(1);
const eight = new Uint8Array(getTypedArrayBuffer(double));

function varint(value) {
  let out = '';
  for (; value > 127; value >>>= 7) out += fromCode(128 | value & 127);
  return out + fromCode(value);
}

function textOf(value) {
  switch (typeof value) {
    case 'string': return value.length > LONGEST || regexpExec(WIDE, value) !== null ? undefined : `"${varint(value.length)}${value}`;
    case 'number':
      if ((value | 0) === value && !objectIs(value, -0)) return `I${varint((value << 1 ^ value >> 31) >>> 0)}`;
      double[0] = value;
      return `N${fromCode(eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7])}`;
    case 'boolean': return value ? 'T' : 'F';
    case 'undefined': return '_';
    default: return value === null ? '0' : undefined;
  }
}

function textOfObject(object) {
  if (types.isProxy(object) || objectGetPrototypeOf(object) !== ObjectPrototype) return undefined;
  for (const _ in ObjectPrototype) return undefined;
  let text = '';
  let count = 0;
  for (const key in object) {
    const first = stringCharCodeAt(key, 0);
    if (count === 0 && first >= 48 && first <= 57) return undefined;
    const name = textOf(key);
    const value = textOf(object[key]);
    if (name === undefined || value === undefined) return undefined;
    text += name + value;
    count++;
  }
  return count === 0 ? undefined : `o${text}{${varint(count)}`;
}

function write(message) {
  const body = typeof message === 'object' && message !== null ? textOfObject(message) : textOf(message);
  if (body === undefined) return undefined;
  const frame = bufferAllocUnsafe(HEAD.length + body.length);
  bufferLatin1Write(frame, HEAD + body, 0);
  bufferWriteUInt32BE(frame, frame.length - LENGTH);
  return frame;
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    this.depth = 0;
  }

  byte() {
    if (this.at >= this.bytes.length) throw NOT_PLAIN;
    return this.bytes[this.at++];
  }

  varint() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw NOT_PLAIN;
  }

  take(count) {
    const { at } = this;
    if (count > this.bytes.length - at) throw NOT_PLAIN;
    this.at += count;
    return at;
  }

  tag() {
    let tag = this.byte();
    while (tag === 0) tag = this.byte();
    return fromCode(tag);
  }

  value(tag = this.tag()) {
    switch (tag) {
      case '_': return undefined;
      case '0': return null;
      case 'T': return true;
      case 'F': return false;
      case 'I': {
        const value = this.varint();
        return value >>> 1 ^ -(value & 1);
      }
      case 'U': return this.varint();
      case 'N': return bufferReadDoubleLE(this.bytes, this.take(8));
      case '"': {
        const length = this.varint();
        const at = this.take(length);
        return bufferLatin1Slice(this.bytes, at, at + length);
      }
      case 'c': {
        const size = this.varint();
        if (size % 2 !== 0) throw NOT_PLAIN;
        const at = this.take(size);
        return bufferUcs2Slice(this.bytes, at, at + size);
      }
      case 'o':
      case 'A': {
        if (++this.depth > DEEPEST) throw NOT_PLAIN;
        const whole = tag === 'o' ? this.object() : this.array();
        this.depth--;
        return whole;
      }
      default: throw NOT_PLAIN;
    }
  }

  object() {
    const object = {};
    let count = 0;
    for (let tag = this.tag(); tag !== '{'; tag = this.tag()) {
      const key = this.value(tag);
      if ((typeof key !== 'string' && typeof key !== 'number') || objectHasOwn(object, key)) throw NOT_PLAIN;
      define(object, key, this.value());
      count++;
    }
    if (this.varint() !== count) throw NOT_PLAIN;
    return object;
  }

  array() {
    const length = this.varint();
    if (length > this.bytes.length - this.at) throw NOT_PLAIN;
    const array = [];
    for (let i = 0; i < length; i++) array[i] = this.value();
    if (this.tag() !== '$' || this.varint() !== 0 || this.varint() !== length) throw NOT_PLAIN;
    return array;
  }
}

function read(body) {
  if (body.length < 3 || body.length > LONGEST || body[0] !== 0xff || body[1] < OLDEST || body[1] > VERSION) return NOT_PLAIN;
  try {
    return new Reader(body, 2).value();
  } catch (error) {
    if (error === NOT_PLAIN) return NOT_PLAIN;
    throw error;
  }
}

module.exports = { isPlain, read, write };

}),
'lib/ipc/fast/records.js': (function (require, module, exports) {'use strict';

const { Function, arrayJoin, arrayMap, objectDefineProperty, toJson } = require('lib/originals.js');

const OFTEN = 24;

let isAllowed = true;

class Shape {
  constructor(keys) {
    this.keys = keys;
    this.uses = 0;
    this.make = undefined;
  }

  read(from) {
    if (this.make !== undefined) return this.make(from);
    if (++this.uses === OFTEN && isAllowed) this.make = generate(this.keys);
    const { keys } = this;
    const object = {};
    for (let i = 0; i < keys.length; i++) define(object, keys[i], from.value());
    return object;
  }
}

function define(object, key, value) {
  if (key in object) objectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

function generate(keys) {
  const fields = arrayMap(keys, (key) => `${quote(key)}: from.value()`);
  try {
    return new Function('from', `'use strict'; return { ${arrayJoin(fields, ', ')} };`);
  } catch {
    isAllowed = false;
    return undefined;
  }
}

function quote(key) {
  const quoted = toJson(key);
  return key === '__proto__' ? `[${quoted}]` : quoted;
}

module.exports = { Shape, define };

}),
'lib/ipc/traffic.js': (function (require, module, exports) {'use strict';

const { FEW, LARGE } = require('lib/ipc/commands.js');

const LONG = 1024;

class Traffic {
  #joined = 0;
  #length = 0;

  isHeavyWith(port, length) {
    if (port.isTicking) this.#joined++;
    if (length >= LONG) this.#length += length;
    return this.#joined >= FEW || this.#length >= LARGE;
  }
}

module.exports = { Traffic };

}),
},
later: { __proto__: null, ...{"lib/ipc/handover.js":{"from":0,"to":5262},"lib/errors.js":{"from":5262,"to":13603},"lib/copies.js":{"from":13603,"to":14139},"lib/ipc/flight.js":{"from":14139,"to":18534},"lib/ipc/transfer.js":{"from":18534,"to":25320},"lib/ipc/socket-list.js":{"from":25320,"to":28252},"lib/validate.js":{"from":28252,"to":33046},"lib/ipc/blocks.js":{"from":33046,"to":40347},"lib/ipc/lane.js":{"from":40347,"to":44502},"lib/ipc/fast/index.js":{"from":44502,"to":44862},"lib/ipc/fast/decoder.js":{"from":44862,"to":48898},"lib/ipc/fast/records.js":{"from":48898,"to":50126},"lib/ipc/fast/rare.js":{"from":50126,"to":54397},"lib/ipc/fast/reader.js":{"from":54397,"to":58808},"lib/ipc/fast/tags.js":{"from":58808,"to":59943},"lib/ipc/fast/encoder.js":{"from":59943,"to":68388},"lib/ipc/fast/brands.js":{"from":68388,"to":71792},"lib/ipc/fast/kinds.js":{"from":71792,"to":76159},"lib/ipc/fast/seen.js":{"from":76159,"to":77591},"lib/ipc/fast/shapes.js":{"from":77591,"to":79975},"lib/ipc/fast/writer.js":{"from":79975,"to":85169},"lib/ipc/fast/json-encoder.js":{"from":85169,"to":87614},"lib/ipc/raw.js":{"from":87614,"to":90452},"lib/ipc/json-text.js":{"from":90452,"to":93152},"lib/ipc/clone.js":{"from":93152,"to":94479},"lib/ipc/advanced.js":{"from":94479,"to":97342},"lib/ipc/plain-clone.js":{"from":97342,"to":102617},"lib/ipc/json.js":{"from":102617,"to":108546},"lib/ipc/channel-end.js":{"from":108546,"to":112001},"lib/ipc/shared-memory.js":{"from":112001,"to":115186}} },
end: 115186,
};
// Runs in a forked child before its script: sets up the channel with our side where Node would have set up its own, and
// takes every trace of itself away, so that the script finds what it would find without it. Whatever fails, the channel
// is set up by Node's own code. Worker threads of the child come by here as well, only to lose the traces.
// What children load is `child-side-json.cjs` or `-advanced.cjs`, which scripts/bundle.mjs makes of this file and of the modules that every
// channel of that mode needs: to open a second file and compile it by hand cost one to two thousandths of a second. By its name Node knows what it is,
// without looking for a package.json above it.

const path = require('node:path');
const { Script } = require('node:vm');

/* global bundled */
// What the modules do, by name; for those that are needed later from where to where their text is in the file beside; its length.
const { now, later, end } = bundled;
// What is loaded later is loaded while the script runs, which may have replaced what it likes: from then on nothing here is used that it can reach.
const builtinOf = process.getBuiltinModule ?? require;
const runScript = Function.prototype.call.bind(Script.prototype.runInThisContext);

function forgetOptions() {
  // node:test hands on what its process was told to preload, as one argument.
  const { execArgv } = process;
  const at = execArgv.indexOf(`--require=${__filename}`);
  if (at !== -1) execArgv.splice(at, 1);
  // A list of its own for the script: Node is just walking along the one that there is, and would leave out the next file.
  const preloaded = Object.getOwnPropertyDescriptor(process, '_preload_modules');
  if (Array.isArray(preloaded?.value) && preloaded.configurable) {
    preloaded.value = preloaded.value.filter((file) => file !== __filename);
    Object.defineProperty(process, '_preload_modules', preloaded);
  }
}

// Modules that were loaded since `before` are no business of the script.
function forgetModules(before) {
  const { cache } = require;
  const { _pathCache: paths } = module.constructor;
  for (const file of Object.keys(cache)) {
    if (!before.has(file)) delete cache[file];
  }
  delete cache[__filename];
  if (paths === undefined) return;
  for (const request of Object.keys(paths)) {
    if (request.includes(folder)) delete paths[request];
  }
}

// -> a function that loads a module of our side.
function openBundle() {
  const modules = { __proto__: null };
  const compile = (id) => runScript(new Script(text.slice(later[id].from, later[id].to), { __proto__: null, filename: `${folder}/${id}` }));
  const load = (id) => {
    let loaded = modules[id];
    if (loaded === undefined) {
      loaded = modules[id] = { exports: {} };
      try {
        const define = now[id] ?? compile(id);
        define(requireFrom, loaded, loaded.exports);
      } catch (error) {
        // As when a file of Node's fails to load (on a full stack, say): the next one to need it tries again.
        delete modules[id];
        throw error;
      }
    }
    return loaded.exports;
  };
  // The rest are Node's own modules and, relative to lib/, the addon.
  const requireFrom = (request) => {
    if (now[request] !== undefined || later[request] !== undefined) return load(request);
    // node:
    if (request[4] === ':') return builtinOf(request);
    if (request[0] !== '.') return require(request);
    if (!request.endsWith('.node')) return require(path.join(folder, 'lib', request));
    const addon = { exports: {} };
    process.dlopen(addon, path.join(folder, 'lib', request));
    return addon.exports;
  };
  // Read now, because later there may be no descriptor left.
  const text = new (load('lib/native.js').binding.HeldText)(path.join(__dirname, 'child-side.bundle'));
  if (text.length !== end) throw new Error('the bundle is not whole');
  return load;
}

function setUp(text) {
  const [fd, serialization, parentVersion] = text.split(':');
  try {
    openBundle()('lib/ipc/channel.js').forkChild(Number(fd), serialization, parentVersion);
  } catch {
    if (process.send !== undefined) return;
    require('../stock').functions._forkChild(Number(fd), serialization);
    // Whoever waits for a greeting is told that none will come.
    process.send({ cmd: 'NODE_RS_CHILD_PROCESS' });
  }
}

// NODE_OPTIONS as the parent's user wants it, or none. Ours stands in front, as lib/accelerate.js wrote it.
function restoreOptions() {
  const { env } = process;
  const options = env.NODE_OPTIONS;
  const own = `--require "${__filename.replace(/["\\]/g, '\\$&')}"`;
  if (options === own) delete env.NODE_OPTIONS;
  else if (options?.startsWith(`${own} `)) env.NODE_OPTIONS = options.slice(own.length + 1);
}

// What is looked for from inside this package.
const folder = __dirname.slice(0, -'/lib/accelerate'.length);
const variable = 'RS_CHILD_PROCESS_CHANNEL';
const text = process.env[variable];
const before = new Set(Object.keys(require.cache));
forgetOptions();
if (text !== undefined) {
  delete process.env[variable];
  restoreOptions();
  // Node takes it away from a script that has a channel, whoever set it.
  delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  setUp(text);
}
forgetModules(before);
