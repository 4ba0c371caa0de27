'use strict';
// The public side of a channel. It gives a ChildProcess, or the `process` of a child, the members that Node documents: send(),
// disconnect(), connected, channel and the events. It keeps messages and handles in the order in which they were sent. The Link
// (link.js) does the rest.

const threadState = require('../addon/thread-state');
const versions = require('../node/versions');
const { arrayPush, deprecate, mathMax, nextTick, objectDefineProperty, objectFreeze, objectHasOwn, objectSetPrototypeOf } = require('../node/primordials');
const { kChannelHandle } = require('./channel-handle');
const { Link, kLink, report, write } = require('./link');

// The options of a send() without options. The prototype is removed afterwards: a literal with `__proto__: null` would be a hash
// table in V8, and to read that for each message costs a tenth of a send().
const DEFAULTS = objectFreeze(objectSetPrototypeOf({ swallowErrors: false }, null));

// Loaded when first needed: handles, messages without serialization, errors.
const sendQueue = () => require('./send-queue');
const unserialized = () => require('./codec/unserialized');
const errors = () => require('../node/errors');

function send(message, handle, options, callback) {
  if (typeof handle === 'function') {
    callback = handle;
    handle = undefined;
    options = undefined;
  } else if (handle?.serialize === false && objectHasOwn(handle, 'serialize')) {
    // send(bytes, { serialize: false }): the options stand where a handle would be. Such a message never has a handle.
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
    // Only for internal messages: they may be sent after the other end has gone. send() has checked `connected`.
    if (typeof callback === 'function') process.nextTick(callback, errors().ipcChannelClosed());
    return false;
  }
  if (typeof options === 'boolean') options = { __proto__: null, swallowErrors: options };
  const type = handle ? sendQueue().kindOfHandle(handle) : undefined;
  const isRaw = options?.serialize === false;
  if (isRaw) unserialized().check(message, type);

  // While a handle is under way, everything else waits until the peer has acknowledged it. This keeps the order.
  // Acknowledgements do not wait: otherwise two sides that both send handles would wait for each other for ever.
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

// How many messages would wait in Node, where only one handle can be under way at a time. The result of send() depends on it.
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
  // The child has just been started and has not greeted yet. This message waits, and later messages wait behind it, as behind
  // a handle.
  return sendQueue().sendWhenKnown(target, link, { callback, handle: null, options, message: unserialized().copy(message) });
}

function disconnect() {
  if (!this.connected) {
    this.emit('error', errors().ipcDisconnected());
    return;
  }
  // No new messages are accepted from now on. Messages that wait for the acknowledgement of a handle are still sent.
  this.connected = false;
  if (!this._handleQueue) this._disconnect();
}

function _disconnect() {
  const link = this[kLink];
  if (link === null) return;
  // Writes what is staged now, so that nothing (a signal, for example) overtakes it.
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
  // If a part of a message has arrived, wait for the rest.
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

// `_channel`, as in Node. All targets share one pair of accessors: with separate ones V8 would give each target another
// hidden class.
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

// Opens the channel of `target` (a ChildProcess or, in a child, `process`; or a ChannelEnd) over the descriptor `fd`, which it
// owns from now on. `peer`: the version of this package that is expected at the other end; undefined: none is. `mayGreet`: the
// other end may have this package. `isEager`, `onClosed`: see Link. `record`: the record of this descriptor (process/stdio.js).
// -> the Control.
function setupChannel(target, fd, serialization, { isChild = false, peer, mayGreet = peer !== undefined, isEager, onClosed, record }) {
  const link = new Link(target, fd, serialization, { isChild, peer, mayGreet, isEager, onClosed });
  target.channel = link.control;
  objectDefineProperty(target, kLink, { __proto__: null, value: link, writable: true, configurable: true, enumerable: false });
  if (versions.hasChannelAlias) defineDeprecatedAlias(target);

  target._handleQueue = null;
  // Only there because Node's objects have this key. The link knows what is under way.
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

// Called before 'exit' is emitted. The messages that the child sent before it ended come first, even if this process had no time
// to read them yet. Calls `then` at once if there are none, otherwise after they were emitted.
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

// Called before a signal is sent to the child: writes the messages that were sent before, so that they arrive first.
function beforeSignal(child) {
  child[kLink]?.port.hurry();
}

// Calls `then` once all messages that have arrived were emitted.
function behindMessages(link, then) {
  if (link.inbox.isUnderWay) nextTick(behindMessages, link, then);
  else then();
}

// The channel keeps the event loop alive while somebody listens to 'message' or 'disconnect'.
function countListeners(target, control) {
  target[kLink].port.ref(false);
  const counts = (name) => name === 'message' || name === 'disconnect';
  target.on('newListener', (name) => { if (counts(name)) control.refCounted(); });
  target.on('removeListener', (name) => { if (counts(name)) control.unrefCounted(); });
}

// Opens the channel of a forked child, in the child. Nobody else uses the descriptor.
function forkChild(fd, serialization, peer) {
  const control = setupChannel(process, fd, serialization, { isChild: true, peer });
  countListeners(process, control);
  if (peer !== undefined) process[kLink].greet();
}

// Opens one end of createChannel(). Only this package makes such ends, so the channel is accelerated from the beginning.
function openEnd(end, fd, serialization) {
  const control = setupChannel(end, fd, serialization, { isChild: true, mayGreet: true });
  countListeners(end, control);
  end[kLink].isEnd = true;
  end[kLink].accelerate();
}

// In Node these functions have no name, and inspect() shows that.
const nameless = [send, _send, disconnect, _disconnect];
for (let i = 0; i < nameless.length; i++) objectDefineProperty(nameless[i], 'name', { __proto__: null, value: '', configurable: true });

threadState.channelEnds ??= {};
threadState.channelEnds.open ??= openEnd;
threadState.channelEnds.send ??= send;
threadState.channelEnds.disconnect ??= disconnect;

module.exports = { beforeExit, beforeSignal, forkChild, setupChannel };
