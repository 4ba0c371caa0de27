'use strict';
// Gives a ChildProcess, or the `process` of a child, its channel: send, disconnect, connected, channel and the events.
// The order of what is sent is kept here; what lies behind is the Link's.

const threadState = require('../addon/thread-state');
const versions = require('../node/versions');
const { arrayPush, deprecate, mathMax, nextTick, objectDefineProperty, objectFreeze, objectHasOwn, objectSetPrototypeOf } = require('../node/primordials');
const { kChannelHandle } = require('./channel-handle');
const { Link, kLink, report, write } = require('./link');

// Nothing is inherited. V8 makes a hash table of a literal with `__proto__: null`: read for each message, that costs a tenth of a send.
const DEFAULTS = objectFreeze(objectSetPrototypeOf({ swallowErrors: false }, null));

// Loaded by those who need them: handles and all that comes with them, messages without serialization, errors.
const sendQueue = () => require('./send-queue');
const unserialized = () => require('./codec/unserialized');
const errors = () => require('../node/errors');

function send(message, handle, options, callback) {
  if (typeof handle === 'function') {
    callback = handle;
    handle = undefined;
    options = undefined;
  } else if (handle?.serialize === false && objectHasOwn(handle, 'serialize')) {
    // Options in the place of the handle: bytes never have one.
    if (typeof options === 'function') callback = options;
    options = handle;
    handle = undefined;
  } else if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (options !== undefined) {
    require('../arguments/validate').object(options, 'options');
  }
  if (this.connected) {
    options = options === undefined ? DEFAULTS : { __proto__: null, ...DEFAULTS, ...options };
    if (!handle) return this._send(message, handle, options, callback);
    sendQueue().giveAway(handle, this);
    try {
      return this._send(message, handle, options, callback);
    } catch (error) {
      sendQueue().takeBack(handle);
      throw error;
    }
  }
  report(this, errors().ipcChannelClosed(), callback);
  return false;
}

function refuseUnsendable(message) {
  if (message === undefined) throw errors().missingArgs('message');
  switch (typeof message) {
    case 'string':
    case 'object':
    case 'number':
    case 'boolean': return;
    default: throw errors().invalidArgType('message', 'one of type string, object, number, or boolean', message);
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
    // Reached by inner messages alone, when the other end has just gone.
    if (typeof callback === 'function') process.nextTick(callback, errors().ipcChannelClosed());
    return false;
  }
  if (typeof options === 'boolean') options = { __proto__: null, swallowErrors: options };
  const type = handle ? sendQueue().kindOfHandle(handle) : undefined;
  const isRaw = options?.serialize === false;
  if (isRaw) unserialized().check(message, type);

  // While a handle is under way everything waits for its acknowledgement, or it would be overtaken; except
  // acknowledgements themselves, or two sides that both send handles would wait for each other.
  if (this._handleQueue && !(type === undefined && isAcknowledgement(message))) {
    const isFirst = this._handleQueue.length === 0;
    if (!isFirst || type !== 'net.Socket' || !sendQueue().follow(this, link, message, handle, options, callback)) {
      arrayPush(this._handleQueue, { callback, handle: handle || null, options, message });
    }
    return waitingInNode(this, link) === 1;
  }

  if (isRaw) return sendRaw(this, link, message, options, callback);
  if (type === undefined) return write(this, link, message, -1, options, callback);
  if (!link.isOurs && sendQueue().isBeyondNode(type)) {
    if (!link.awaitsGreeting) throw errors().ipcNotAccelerated(`A ${handle.constructor.name} travels`);
    return sendQueue().sendWhenKnown(this, link, { callback, handle, options, message });
  }
  return sendQueue().sendHandle(this, link, message, handle, type, options ?? DEFAULTS, callback);
}

// How many messages would wait if only one handle could be under way at a time, as on Node's wire.
function waitingInNode(target, link) {
  return target._handleQueue.length + mathMax(0, link.lost.length + link.flight.length - 1);
}

function sendRaw(target, link, message, options, callback) {
  if (link.isOurs) {
    const command = unserialized().wrap(message, link.isGreeted ? link.blocks : undefined, link.isText);
    return write(target, link, command, -1, options, callback);
  }
  if (!link.awaitsGreeting) {
    report(target, errors().ipcNotAccelerated(), callback);
    return false;
  }
  // The child has only just been started. What is sent meanwhile waits behind, as behind a handle.
  return sendQueue().sendWhenKnown(target, link, { callback, handle: null, options, message: unserialized().copy(message) });
}

function disconnect() {
  if (!this.connected) {
    this.emit('error', errors().ipcDisconnected());
    return;
  }
  // From here on nothing new is accepted; what waits for an acknowledgement still goes out first.
  this.connected = false;
  if (!this._handleQueue) this._disconnect();
}

function _disconnect() {
  const link = this[kLink];
  if (link === null) return;
  // What comes next, a signal maybe, is not to overtake what was sent.
  link.port.hurry();
  this.channel = null;
  this[kLink] = null;
  this[kChannelHandle] = null;
  if (link.flight.length > 0 || link.lost.length > 0) sendQueue().endFlight(link);
  for (let i = 0; i < (this._handleQueue?.length ?? 0); i++) {
    const { callback, handle } = this._handleQueue[i];
    if (handle) sendQueue().takeBack(handle);
    if (typeof callback === 'function') process.nextTick(callback, errors().ipcChannelClosed());
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
  // A message that has begun to arrive is waited for.
  const finishInTime = () => process.nextTick(behindMessages, link, finish);
  if (!link.hasEnded && link.port.isPartial) link.onWhole = finishInTime;
  else finishInTime();
}

function onInternalMessage(target, link, message, descriptor) {
  if (message.cmd === 'NODE_HANDLE_ACK' || message.cmd === 'NODE_HANDLE_NACK') {
    sendQueue().onAnswer(target, link, message.cmd === 'NODE_HANDLE_ACK');
  } else if (message.cmd === 'NODE_HANDLE') {
    sendQueue().onHandle(target, link, message, descriptor);
  }
}

let alias;

// The same two functions for all targets: accessors of its own would give each of them a shape of its own.
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

// `target`: a ChildProcess or, in a child, `process`. Takes the descriptor over. `peer`: the version of this package on
// the other end, if it is to be there; `mayGreet`: it may turn out to be there; `isEager`, `onClosed`: as of a Link;
// `record`: what is told of this descriptor. -> the Control.
function setupChannel(target, fd, serialization, { isChild = false, peer, mayGreet = peer !== undefined, isEager, onClosed, record }) {
  const link = new Link(target, fd, serialization, { isChild, peer, mayGreet, isEager, onClosed });
  target.channel = link.control;
  objectDefineProperty(target, kLink, { __proto__: null, value: link, writable: true, configurable: true, enumerable: false });
  if (versions.hasChannelAlias) defineDeprecatedAlias(target);

  target._handleQueue = null;
  // A key that Node's objects have; what is under way is the link's.
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

// Before an exit is told: what the child had sent comes first, even if this process was too busy to read it. `then` runs
// at once when there is nothing, and otherwise behind the messages.
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

// Before a signal: what was sent before it arrives before it.
function beforeSignal(child) {
  child[kLink]?.port.hurry();
}

// On a tick: `then` runs when what has arrived was emitted.
function behindMessages(link, then) {
  if (link.inbox.isUnderWay) nextTick(behindMessages, link, then);
  else then();
}

// The channel keeps the loop alive while somebody listens.
function countListeners(target, control) {
  target[kLink].port.ref(false);
  const counts = (name) => name === 'message' || name === 'disconnect';
  target.on('newListener', (name) => { if (counts(name)) control.refCounted(); });
  target.on('removeListener', (name) => { if (counts(name)) control.unrefCounted(); });
}

// A forked child's side, over a descriptor that nobody else uses.
function forkChild(fd, serialization, peer) {
  const control = setupChannel(process, fd, serialization, { isChild: true, peer });
  countListeners(process, control);
  if (peer !== undefined) process[kLink].greet();
}

// The end of a channel that belongs to no child, over its descriptor. Both ends are ours, or it had not come here.
function openEnd(end, fd, serialization) {
  const control = setupChannel(end, fd, serialization, { isChild: true, mayGreet: true });
  countListeners(end, control);
  end[kLink].isEnd = true;
  end[kLink].accelerate();
}

// Node's have no names, which inspect() shows.
const nameless = [send, _send, disconnect, _disconnect];
for (let i = 0; i < nameless.length; i++) objectDefineProperty(nameless[i], 'name', { __proto__: null, value: '', configurable: true });

threadState.channelEnds ??= {};
threadState.channelEnds.open ??= openEnd;
threadState.channelEnds.send ??= send;
threadState.channelEnds.disconnect ??= disconnect;

module.exports = { beforeExit, beforeSignal, forkChild, setupChannel };
