'use strict';
// Gives a ChildProcess, or the `process` of a child, its channel: send, disconnect, connected, channel and the events.
// Queues and their order are here; bytes are the Port's, meaning is the codec's, emitting is the Inbox's.

const { constants: { errno: { EBADF } } } = require('node:os');
const util = require('node:util');

const codecs = require('./codec');
const versions = require('../versions');
const { closed } = require('../life');
const { Control } = require('./control');
const { Inbox } = require('./inbox');
const { Port } = require('./port');
const { SocketLists } = require('./socket-list');
const { kinds, kindOfHandle } = require('./transfer');
const check = require('../validate');
const errors = require('../errors');

// Node's own bound: send() is false when this many bytes wait.
const ENOUGH_QUEUED = 65536 * 2;
// A handle that did not arrive is sent this many times more.
const RETRIES = 3;

const DEFAULTS = Object.freeze({ swallowErrors: false });
// Stands for the descriptor of a handle that is closed.
const GONE = -2;

const kLink = Symbol('kChannelHandle');

// What a target has for its channel and users do not see.
class Link {
  constructor(target, fd, serialization, isChild) {
    this.target = target;
    this.isChild = isChild;
    this.codec = codecs[serialization];
    this.port = new Port(fd, serialization === 'advanced', isChild, this);
    this.control = new Control(this.port);
    this.lists = new SocketLists(target);
    this.inbox = new Inbox(target, (error) => this.tellFailure(error));
    // The descriptor that came for the next message with a handle.
    this.descriptor = -1;
    // Told when a message that had begun to arrive is whole, by a disconnect that waits for it.
    this.onWhole = undefined;
    // Whether a message that nobody asked to hear about is staged.
    this.isLoud = false;
    this.each = (message) => this.arrived(message);
    this.failed = (error) => this.inbox.addFailure(error);
    this.hasEnded = false;
    this.isFinished = false;
    this.isMarked = false;
  }

  // The Port's side.

  lines(text, count, fd) {
    this.take(text, count, fd);
  }

  bodies(buffer, fd) {
    this.take(buffer, 0, fd);
  }

  take(payload, count, fd) {
    // After disconnect() nothing more is delivered, but descriptors are not kept open either.
    if (!this.target.channel) {
      if (fd >= 0) closeDescriptor(fd);
    } else {
      this.descriptorCame(fd);
      this.codec.decode(payload, count, this.each, this.failed);
    }
    this.whole();
  }

  whole() {
    if (this.onWhole !== undefined && !this.port.isPartial) this.onWhole();
  }

  descriptorCame(fd) {
    if (fd < 0) return;
    // One handle is under way at a time; a peer that sends more has lost the earlier one.
    if (this.descriptor >= 0) closeDescriptor(this.descriptor);
    this.descriptor = fd;
  }

  arrived(message) {
    if (message !== null && typeof message === 'object' && message.cmd === 'NODE_HANDLE') {
      const fd = this.descriptor;
      this.descriptor = -1;
      this.inbox.addWithHandle(message, fd < 0 ? undefined : fd);
    } else {
      this.inbox.add(message);
    }
  }

  ended() {
    const { target } = this;
    this.hasEnded = true;
    if (target.connected) target.disconnect();
    // A disconnect that waits for an answer or for the rest of a message: neither will come.
    if (target.channel) target._disconnect();
    if (this.onWhole !== undefined) this.onWhole();
    this.markClosed();
  }

  // One of the marks that 'close' waits for. With the peer's end it is set at once, before 'disconnect' is told, as in
  // Node; Node forgets it after an own disconnect, and 'close' with it.
  markClosed() {
    if (this.isChild || this.isMarked) return;
    this.isMarked = true;
    closed(this.target);
  }

  oversized() {
    this.inbox.addFailure(errors.oversizedMessage());
  }

  blocked() {
    if (this.isChild) this.control.refCounted();
  }

  drained() {
    if (this.isChild) this.control.unrefCounted();
  }

  // Staged messages could not be written after all.
  failedLate(errno) {
    const loud = this.isLoud;
    this.isLoud = false;
    if (loud && this.target.connected) this.target.emit('error', errors.systemError(errno, 'write'));
  }

  // A message that cannot be read is the peer's fault; it must not end this process where nobody handles it.
  tellFailure(error) {
    if (this.target.listenerCount('error') > 0) this.target.emit('error', error);
    else process.emitWarning(error);
  }

  close() {
    this.port.close();
    if (this.descriptor >= 0) closeDescriptor(this.descriptor);
    this.descriptor = -1;
  }
}

function closeDescriptor(fd) {
  require('../native').binding.closeFd(fd);
}

function report(target, error, callback) {
  if (typeof callback === 'function') process.nextTick(callback, error);
  else process.nextTick(() => target.emit('error', error));
}

function send(message, handle, options, callback) {
  if (typeof handle === 'function') {
    callback = handle;
    handle = undefined;
    options = undefined;
  } else if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (options !== undefined) {
    check.object(options, 'options');
  }
  if (this.connected) {
    return this._send(message, handle, options === undefined ? DEFAULTS : { ...DEFAULTS, ...options }, callback);
  }
  report(this, errors.ipcChannelClosed(), callback);
  return false;
}

function refuseUnsendable(message) {
  if (message === undefined) throw errors.missingArgs('message');
  switch (typeof message) {
    case 'string':
    case 'object':
    case 'number':
    case 'boolean': return;
    default: throw errors.invalidArgType('message', 'one of type string, object, number, or boolean', message);
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
    if (typeof callback === 'function') process.nextTick(callback, errors.ipcChannelClosed());
    return false;
  }
  if (typeof options === 'boolean') options = { swallowErrors: options };
  const type = handle ? kindOfHandle(handle) : undefined;

  // While a handle is under way everything waits for its acknowledgement, or it would be overtaken; except
  // acknowledgements themselves, or two sides that both send handles would wait for each other.
  if (this._handleQueue && !(type === undefined && isAcknowledgement(message))) {
    this._handleQueue.push({ callback, handle: handle || null, options, message });
    return this._handleQueue.length === 1;
  }

  if (type === undefined) return write(this, link, message, -1, options, callback);
  return sendHandle(this, link, message, handle, type, options ?? {}, callback);
}

function sendHandle(target, link, message, handle, type, options, callback) {
  const kind = kinds[type];
  // What cannot be encoded must throw before the socket gives up its handle for it.
  link.codec.check(message);
  const envelope = { cmd: 'NODE_HANDLE', type, msg: message };
  const raw = kind.out(handle, envelope, link.lists, options);
  // Sent before, or closed: the message goes alone.
  if (!raw) return write(target, link, message, -1, options, callback);
  return transmit(target, link, { message: envelope, raw, isTransferred: kind.isTransferred, options, callback, retries: 0 });
}

// Sends, or sends again, a message together with its raw handle.
function transmit(target, link, pending) {
  const { message, raw, options, callback } = pending;
  // What moves to the other process is kept open here until that process has it.
  const isOwned = pending.isTransferred && !options.keepOpen;
  const isOpen = raw.fd >= 0;
  const accepted = write(target, link, message, isOpen ? raw.fd : GONE, options, callback);
  if (isOpen && !link.port.hasFailed) {
    target._handleQueue ??= [];
    if (isOwned) target._pendingMessage = pending;
  } else if (isOwned) {
    raw.close();
  }
  return accepted;
}

// `fd`: -1 when there is none.
function write(target, link, message, fd, options, callback) {
  const { port } = link;
  const errno = fd === GONE ? -EBADF : link.codec.send(port, message, fd);
  port.hasFailed = errno !== 0;
  if (errno !== 0) {
    if (!options?.swallowErrors) report(target, errors.systemError(errno, 'write'), callback);
  } else if (typeof callback === 'function') {
    process.nextTick(whenWritten, port, port.mark(), callback);
  } else if (!options?.swallowErrors) {
    link.isLoud = true;
  }
  return port.queued < ENOUGH_QUEUED;
}

function whenWritten(port, mark, callback) {
  port.whenWritten(mark, callback);
}

function disconnect() {
  if (!this.connected) {
    this.emit('error', errors.ipcDisconnected());
    return;
  }
  // From here on nothing new is accepted; what waits for an acknowledgement still goes out first.
  this.connected = false;
  if (!this._handleQueue) this._disconnect();
}

function _disconnect() {
  const link = this[kLink];
  if (link === null) return;
  this.channel = null;
  this[kLink] = null;
  dropPending(this);
  for (const { callback } of this._handleQueue ?? []) {
    if (typeof callback === 'function') process.nextTick(callback, errors.ipcChannelClosed());
  }
  this._handleQueue = null;

  const finish = () => {
    if (link.isFinished) return;
    link.isFinished = true;
    link.onWhole = undefined;
    link.close();
    this.emit('disconnect');
    link.markClosed();
  };
  // A message that has begun to arrive is waited for.
  if (!link.hasEnded && link.port.isPartial) link.onWhole = () => process.nextTick(finish);
  else process.nextTick(finish);
}

// Lets go of the handle that was under way.
function dropPending(target) {
  target._pendingMessage?.raw.close();
  target._pendingMessage = null;
}

function onInternalMessage(target, link, message, descriptor) {
  if (message.cmd === 'NODE_HANDLE_ACK' || message.cmd === 'NODE_HANDLE_NACK') {
    onAnswer(target, link, message.cmd === 'NODE_HANDLE_ACK');
  } else if (message.cmd === 'NODE_HANDLE') {
    onHandle(target, link, message, descriptor);
  }
}

// The other side has the handle, or says that it does not.
function onAnswer(target, link, arrived) {
  const pending = target._pendingMessage;
  if (pending) {
    if (arrived) {
      dropPending(target);
    } else if (pending.retries++ === RETRIES) {
      dropPending(target);
      process.emitWarning(errors.HANDLE_NOT_RECEIVED, 'SentHandleNotReceivedWarning');
    }
  }
  // An answer to no question.
  if (!Array.isArray(target._handleQueue)) return;
  const queue = target._handleQueue;
  target._handleQueue = null;

  if (target._pendingMessage && target[kLink]) {
    const again = target._pendingMessage;
    target._pendingMessage = null;
    transmit(target, link, again);
  }
  for (const { message, handle, options, callback } of queue) {
    if (target[kLink]) target._send(message, handle, options, callback);
    else if (typeof callback === 'function') process.nextTick(callback, errors.ipcChannelClosed());
  }
  // A disconnect that has waited for this.
  if (!target.connected && target.channel && !target._handleQueue) target._disconnect();
}

function onHandle(target, link, envelope, descriptor) {
  // Lost on the way (MSG_CTRUNC when this process has no descriptors left): let it be sent again.
  if (descriptor === undefined) {
    if (target[kLink]) target._send({ cmd: 'NODE_HANDLE_NACK' }, null, true);
    return;
  }
  // No errors: this send is not the user's, and the other side may have gone.
  if (target[kLink]) target._send({ cmd: 'NODE_HANDLE_ACK' }, null, true);

  const kind = typeof envelope.type === 'string' ? kinds[envelope.type] : undefined;
  const failed = (error) => link.inbox.addFailure(errors.malformedMessage(error));
  if (kind === undefined) {
    closeDescriptor(descriptor);
    failed(errors.invalidHandleType());
    return;
  }
  try {
    kind.in(descriptor, envelope, link.lists, (handle) => link.inbox.addWithHandle(envelope.msg, handle), failed);
  } catch (error) {
    // No handle was made, so the descriptor is still a number.
    closeDescriptor(descriptor);
    failed(error);
  }
}

function defineDeprecatedAlias(target) {
  const text = '_channel is deprecated. Use ChildProcess.channel instead.';
  Object.defineProperty(target, '_channel', {
    get: util.deprecate(() => target.channel, text, 'DEP0129'),
    set: util.deprecate((value) => { target.channel = value; }, text, 'DEP0129'),
    configurable: true,
    enumerable: false,
  });
}

// `target`: a ChildProcess or, in a child, `process`. Takes the descriptor over. -> the Control.
function setupChannel(target, fd, serialization, isChild = false) {
  const link = new Link(target, fd, serialization, isChild);
  target.channel = link.control;
  Object.defineProperty(target, kLink, { value: link, writable: true, configurable: true, enumerable: false });
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
  if (link.inbox.isEmpty && child[kLink] === link) {
    then();
    return;
  }
  const behindMessages = () => {
    if (link.inbox.isEmpty) then();
    else process.nextTick(behindMessages);
  };
  process.nextTick(behindMessages);
}

// A forked child's side, over a descriptor that nobody else uses.
function forkChild(fd, serialization) {
  const control = setupChannel(process, fd, serialization, true);
  process[kLink].port.ref(false);
  const counts = (name) => name === 'message' || name === 'disconnect';
  process.on('newListener', (name) => { if (counts(name)) control.refCounted(); });
  process.on('removeListener', (name) => { if (counts(name)) control.unrefCounted(); });
}

module.exports = { beforeExit, forkChild, setupChannel };
