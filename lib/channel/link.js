'use strict';
// The hidden side of a channel. A Link connects the parts: the Port moves bytes, the codec converts messages to bytes and back,
// the Inbox emits what has arrived. Users see the Control (keep-alive.js) and the members from channel.js.
// Two ends of this package greet each other by internal messages that Node ignores. An end that was not greeted sends nothing
// that Node would not understand.

const codecs = require('./codec');
const { binding } = require('../addon/native');
const { ARENA, ARENA_ANSWER, GREETING, PREFIX, RAW, RELEASE, UPGRADE } = require('./codec/internal-messages');
const { Control } = require('./keep-alive');
const { handleOf, isWatched, sendWatched } = require('./channel-handle');
const { Inbox } = require('./inbox');
const { Port } = require('./port');
const { Symbol, arrayPush, arrayShift, hrtime, nextTick, objectFreeze, objectSetPrototypeOf, stringStartsWith, toJson } = require('../node/primordials');
const { version } = require('../../package.json');

// Loaded when first needed.
const errors = () => require('../node/errors');
const unserialized = () => require('./codec/unserialized');

// send() returns false when this many bytes wait. The same number as in Node.
const ENOUGH_QUEUED = 65536 * 2;
// In place of the descriptor of a handle that is closed: write() then fails with EBADF.
const GONE = -2;
// The same numbers on Linux and macOS. There is no addon elsewhere.
const EBADF = 9;
const ENOMEM = 12;
// In place of a descriptor that came: there was none. The addon also gives -2 if one was lost on the way (see LOST in
// src/binding/channels.rs).
const NONE = -1;
// How many descriptors may wait for their messages on an accelerated channel. This package never has as many under way.
const MOST_DESCRIPTORS = 64;
// A fault is something that neither Node nor this package would send. After more than MOST_FAULTS of them in FAULTS_TIME seconds
// this end closes the channel.
const MOST_FAULTS = 1000;
const FAULTS_TIME = 10;
// The last line of JSON that a sender sends. Behind it each message has its length in front.
const upgradeLine = toJson({ cmd: UPGRADE, version });
const QUIETLY = objectFreeze(objectSetPrototypeOf({ swallowErrors: true }, null));
// The same, for the internal messages of this package: a tool that has replaced functions of the channel's handle does not see
// them. Compared by identity, so it must be an object of its own.
const PRIVATELY = objectFreeze(objectSetPrototypeOf({ swallowErrors: true }, null));

// The link of a target; null after its disconnect.
const kLink = Symbol('kLink');

class Link {
  // `target`: the ChildProcess, `process` or ChannelEnd. `peer`: the version of this package that is expected at the other end,
  // or undefined. `mayGreet`: the other end may greet. `isEager`: upgrade both directions with the first message.
  // `onClosed(target)` is called once, when the channel has ended.
  constructor(target, fd, serialization, { isChild, peer, mayGreet, isEager = false, onClosed }) {
    this.target = target;
    this.isChild = isChild;
    this.codec = codecs[serialization]();
    this.isText = serialization === 'json';
    this.peer = peer;
    this.mayGreet = mayGreet;
    this.isEager = isEager;
    // Whether both ends are of this package and know it of each other: the channel is accelerated.
    this.isGreeted = false;
    // Called when the greeting has come, or when it is certain that none will come.
    this.onGreeting = undefined;
    this.port = new Port(fd, this.isText ? 'lines' : 'bodies', isChild, mayGreet ? upgradeLine : undefined, this);
    this.control = new Control(this.port);
    this.handle = handleOf(this);
    this.socketLists = undefined;
    this.inbox = new Inbox(target, (error) => this.tellFailure(error), () => this.port.flushLate());
    // The descriptors that came for messages with handles, in order; -2 in place of one that was lost.
    this.descriptors = [];
    // The state of in-flight.js and send-queue.js. `flight`: messages with handles that are under way, in order; `lost`: those
    // of them that did not arrive; `mustRepeat`: the other end refuses handles until one comes as a repetition; `isDeaf`: this
    // end does so.
    this.flight = [];
    this.lost = [];
    this.mustRepeat = false;
    this.isDeaf = false;
    // Set by a disconnect() that waits for the rest of a message; called when the message is complete.
    this.onWhole = undefined;
    // Staged messages without a callback: if one is lost, 'error' is emitted. `loud`: how many there are; `ends`: where each of
    // them ends in the stream of bytes.
    this.loud = 0;
    this.ends = [];
    // Whether this is an end of createChannel(), which belongs to no child.
    this.isEnd = false;
    this.each = (message) => this.arrived(message);
    this.failed = (cause) => this.malformed(cause);
    this.faults = 0;
    this.faultsSince = 0;
    this.hasEnded = false;
    this.isFinished = false;
    this.onClosed = onClosed;
  }

  // The connections of servers that were sent over this channel, in both directions.
  get lists() {
    this.socketLists ??= new (require('./handles/socket-list').SocketLists)(this.target);
    return this.socketLists;
  }

  // The arenas. Only for accelerated channels.
  get blocks() {
    this.port.blocks ??= new (require('./arena').Blocks)((inner, fd) => this.tell(inner, fd));
    return this.port.blocks;
  }

  // Called by the Port (lines to drained, failedLate, failedEarly). `fd`: NONE, -2 (lost) or a descriptor.

  lines(text, count, fd) {
    if (this.takes(fd)) this.codec.decodeLines(text, count, this.each, this.failed);
    this.whole();
  }

  bodies(buffer, fd) {
    if (this.takes(fd)) this.codec.decodeBodies(buffer, this.each, this.failed);
    this.whole();
  }

  // -> whether messages are still delivered. After the channel was disconnected they are not, and a descriptor is closed.
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
    // Node sends one handle at a time. So if a second descriptor comes on a channel that is not accelerated, no message will
    // take the first one any more.
    if (this.descriptors.length === (this.isGreeted ? MOST_DESCRIPTORS : 1)) {
      this.dropDescriptor();
      this.fault();
    }
    arrayPush(this.descriptors, fd);
  }

  // -> the descriptor for the next message that needs one; negative if there is none.
  takeDescriptor() {
    return this.descriptors.length === 0 ? NONE : arrayShift(this.descriptors);
  }

  // Closes the first descriptor: no message will come for it.
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

  // An internal message of this package. RAW is a message of the user that was sent with `serialize: false`.
  commanded(cmd, message) {
    const { blocks } = this;
    switch (cmd) {
      case ARENA: {
        // The end of an arena (`bytes` is 0) has no descriptor. One that waits belongs to another message of the same read.
        const fd = message.bytes === 0 ? NONE : this.takeDescriptor();
        blocks.in.announced(message, fd);
        if (fd >= 0) closeDescriptor(fd);
        // Counted: this package sends such a message only a few times in a minute.
        this.fault();
        break;
      }
      case ARENA_ANSWER: blocks.out.answered(message); break;
      case RELEASE:
        blocks.out.released(message);
        this.port.released();
        break;
      case RAW: this.unpack(message); break;
      // Nothing to do: the addon has seen this line and reads lengths from here on.
      case UPGRADE: break;
      // A second greeting, or something that no version sends.
      default: this.fault();
    }
  }

  unpack(message) {
    let whole;
    try {
      whole = unserialized().unwrap(message, this.blocks);
    } catch (error) {
      this.malformed(error);
      return;
    }
    this.deliver(whole.cmd, whole);
  }

  // Tells the other end that this one has this package. Only when the other end greets too, is the channel accelerated.
  greet() {
    write(this.target, this, { cmd: GREETING, version, isEager: this.isEager }, -1, PRIVATELY, undefined);
    // The greeting must not count as the first message of this tick: the user's first message is to be written at once.
    this.port.restartTick();
  }

  greeted(message) {
    if (message.version !== version || (this.peer ?? version) !== version) {
      this.peer = undefined;
      this.onGreeting?.();
      return;
    }
    // The child greets first and its parent answers. Then both ends know.
    if (this.isChild) this.isEager = message.isEager === true;
    else this.greet();
    this.accelerate();
  }

  accelerate() {
    this.peer = undefined;
    this.mayGreet = false;
    this.isGreeted = true;
    this.codec.accelerate(() => this.blocks, upgradeLine, this.isEager, this.port);
    this.onGreeting?.();
  }

  // Sends an internal message. It does not wait for handles that are under way. But a message with a descriptor is not sent while
  // one is. -> whether it was sent.
  tell(message, fd) {
    if (this.target[kLink] !== this || (fd >= 0 && this.target._handleQueue)) return false;
    write(this.target, this, message, fd, PRIVATELY, undefined);
    this.port.restartTick();
    return !this.port.hasFailed;
  }

  // Whether this end may send what only this package understands. In a child that is so before the parent has answered: the
  // child knows the parent's version, and its greeting arrives before everything else that it sends.
  get isOurs() {
    return this.isGreeted || (this.isChild && this.peer === version);
  }

  // Whether isOurs may still become true: the child is expected to greet.
  get awaitsGreeting() {
    return !this.isChild && this.peer === version;
  }

  // Something came that is not a message. -> whether the channel stays open.
  malformed(cause) {
    if (this.faults <= MOST_FAULTS) this.inbox.addMalformed(cause);
    return this.fault();
  }

  // Counts a fault of the peer, and closes the channel after too many. -> whether the channel stays open.
  fault() {
    const seconds = hrtime()[0];
    if (seconds - this.faultsSince > FAULTS_TIME) {
      this.faultsSince = seconds;
      this.faults = 0;
    }
    if (++this.faults <= MOST_FAULTS) return true;
    if (this.target.channel) {
      this.inbox.addFailure(errors().tooManyFaults());
      this.ended(0);
    }
    return false;
  }

  // The peer has closed its end (`result` is 0), or the socket failed (-errno). As in Node, a peer that died causes 'disconnect'
  // and no error.
  ended(result) {
    const { target } = this;
    this.hasEnded = true;
    if (result === -ENOMEM && target.channel) this.inbox.addFailure(errors().systemError(result, 'read'));
    if (target.connected) target.disconnect();
    // A disconnect() may still wait for an acknowledgement or for the rest of a message. Neither will come.
    if (target.channel) target._disconnect();
    if (this.onWhole !== undefined) this.onWhole();
    this.markClosed();
  }

  // Tells the target that the channel has ended: the 'close' event of a child waits for that. If the peer ended the channel, this
  // is done before 'disconnect' is emitted, as in Node. After a disconnect() of this process Node may forget it and then never
  // emits 'close'; this package does not forget it.
  markClosed() {
    const { onClosed } = this;
    this.onClosed = undefined;
    onClosed?.(this.target);
  }

  oversized(fd) {
    if (this.takes(fd)) this.inbox.addFailure(errors().oversizedMessage());
  }

  blocked() {
    if (this.isChild) this.control.refCounted();
  }

  drained() {
    if (this.isChild) this.control.unrefCounted();
  }

  // Staged messages could not be written. Reports the loss of those without a callback.
  failedLate(errno) {
    const lost = this.#takeLost();
    for (let i = 1; i < lost; i++) nextTick(tellLoss, this.target, errno);
    if (lost > 0) tellLoss(this.target, errno);
  }

  // The same while the caller is still running: no listener is called before it returns.
  failedEarly(errno) {
    for (let lost = this.#takeLost(); lost > 0; lost--) nextTick(tellLoss, this.target, errno);
  }

  // -> how many of the loud messages are lost. Some may have been written before: by a thread of the addon, or together with a
  // message that was sent at once.
  #takeLost() {
    const { written } = this.port;
    let lost = 0;
    while (this.loud > 0) {
      if (this.ends[--this.loud] > written) lost++;
    }
    return lost;
  }

  // Reports a message that cannot be read. Without a listener of 'error' it becomes a warning: a fault of the peer must not end
  // this process.
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
  target.emit('error', errors().systemError(errno, 'write'));
}

function closeDescriptor(fd) {
  binding.closeFd(fd);
}

function report(target, error, callback) {
  if (typeof callback === 'function') process.nextTick(callback, error);
  else process.nextTick(() => target.emit('error', error));
}

// Sends one message. `fd`: a descriptor, GONE, or -1 for none. -> what send() returns: false when senders should wait.
function write(target, link, message, fd, options, callback) {
  const { port } = link;
  // Nothing is staged any more, so nothing of it can be lost.
  if (link.loud > 0 && !port.isStaging) link.loud = 0;
  const errno = fd === GONE ? -EBADF : options !== PRIVATELY && isWatched(link) ? sendWatched(link, message, fd) : link.codec.send(port, message, fd);
  port.hasFailed = errno !== 0;
  if (errno !== 0) {
    // Messages that were staged before may be lost with this one.
    if (link.loud > 0 && !port.isStaging) link.failedEarly(errno);
    if (!options?.swallowErrors) report(target, errors().systemError(errno, 'write'), callback);
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
