'use strict';
// What a ChildProcess, or the `process` of a child, has for its channel and users do not see: the port that moves bytes, the
// codec that knows their meaning, the inbox that emits what came. Two ends of this package greet each other inside
// Node's own protocol; only an end that was greeted uses what Node would not understand.

const codecs = require('./codec');
const { binding } = require('../addon/native');
const { ARENA, ARENA_ANSWER, GREETING, PREFIX, RAW, RELEASE, UPGRADE } = require('./codec/internal-messages');
const { Control } = require('./keep-alive');
const { handleOf, isWatched, sendWatched } = require('./channel-handle');
const { Inbox } = require('./inbox');
const { Port } = require('./port');
const { Symbol, arrayPush, arrayShift, hrtime, nextTick, objectFreeze, objectSetPrototypeOf, stringStartsWith, toJson } = require('../node/primordials');
const { version } = require('../../package.json');

// Loaded by those who need them.
const errors = () => require('../node/errors');
const unserialized = () => require('./codec/unserialized');

// Node's own bound: send() is false when this many bytes wait.
const ENOUGH_QUEUED = 65536 * 2;
// Stands for the descriptor of a handle that is closed, which gives EBADF.
const GONE = -2;
// Wherever there is an addon.
const EBADF = 9;
const ENOMEM = 12;
// In the place of a descriptor: none came, or one was lost on the way (LOST, which is -2). See src/binding/channels.rs.
const NONE = -1;
// More than this package ever has under way.
const MOST_DESCRIPTORS = 64;
// Who sends more than so many things in so many seconds that neither Node nor this package would send is listened to no more.
const MOST_FAULTS = 1000;
const FAULTS_TIME = 10;
// The line after which a sender of lines sends lengths.
const upgradeLine = toJson({ cmd: UPGRADE, version });
const QUIETLY = objectFreeze(objectSetPrototypeOf({ swallowErrors: true }, null));
// The same, past whoever watches the channel's handle: what two ends of this package say to each other.
const PRIVATELY = objectFreeze(objectSetPrototypeOf({ swallowErrors: true }, null));

// The link of a target; null after its disconnect.
const kLink = Symbol('kLink');

// What a target has for its channel and users do not see.
class Link {
  // `peer`: the version of this package that the other end is expected to have, where it has one; `mayGreet`: it may say so;
  // `isEager`: the faster way is wanted from the first message on, at both ends; `onClosed(target)` is called once, when the channel has ended.
  constructor(target, fd, serialization, { isChild, peer, mayGreet, isEager = false, onClosed }) {
    this.target = target;
    this.isChild = isChild;
    this.codec = codecs[serialization]();
    this.isText = serialization === 'json';
    this.peer = peer;
    this.mayGreet = mayGreet;
    this.isEager = isEager;
    // Whether the other end is ours, and knows that this one is.
    this.isGreeted = false;
    // Waits for the greeting, or for the certainty that none will come.
    this.onGreeting = undefined;
    this.port = new Port(fd, this.isText ? 'lines' : 'bodies', isChild, mayGreet ? upgradeLine : undefined, this);
    this.control = new Control(this.port);
    this.handle = handleOf(this);
    this.socketLists = undefined;
    this.inbox = new Inbox(target, (error) => this.tellFailure(error), () => this.port.flushLate());
    // The descriptors that came for messages with handles, in order; LOST where one did not arrive.
    this.descriptors = [];
    // What send-queue.js knows: messages with handles that are under way, in order; those of them that were lost;
    // whether the other end takes none until one comes as a repetition, and whether this end takes none.
    this.flight = [];
    this.lost = [];
    this.mustRepeat = false;
    this.isDeaf = false;
    // Told when a message that had begun to arrive is whole, by a disconnect that waits for it.
    this.onWhole = undefined;
    // How many messages are staged whose loss is told by 'error', because nobody gave a callback; where they end.
    this.loud = 0;
    this.ends = [];
    // Whether it belongs to no child.
    this.isEnd = false;
    this.each = (message) => this.arrived(message);
    this.failed = (cause) => this.malformed(cause);
    this.faults = 0;
    this.faultsSince = 0;
    this.hasEnded = false;
    this.isFinished = false;
    this.onClosed = onClosed;
  }

  // Connections of servers that were sent by this channel.
  get lists() {
    this.socketLists ??= new (require('./handles/socket-list').SocketLists)(this.target);
    return this.socketLists;
  }

  // The memory beside the socket, once both ends are ours.
  get blocks() {
    this.port.blocks ??= new (require('./arena').Blocks)((inner, fd) => this.tell(inner, fd));
    return this.port.blocks;
  }

  // The Port's side.

  lines(text, count, fd) {
    if (this.takes(fd)) this.codec.decodeLines(text, count, this.each, this.failed);
    this.whole();
  }

  bodies(buffer, fd) {
    if (this.takes(fd)) this.codec.decodeBodies(buffer, this.each, this.failed);
    this.whole();
  }

  // After disconnect() nothing more is delivered, but descriptors are not kept open either.
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
    // Without an agreement one handle is under way at a time: a peer that sends more has lost the earlier one.
    if (this.descriptors.length === (this.isGreeted ? MOST_DESCRIPTORS : 1)) {
      this.dropDescriptor();
      this.fault();
    }
    arrayPush(this.descriptors, fd);
  }

  // -> the descriptor of the next message that needs one; a negative number where there is none.
  takeDescriptor() {
    return this.descriptors.length === 0 ? NONE : arrayShift(this.descriptors);
  }

  // Closes the descriptor that no message will come for.
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

  // What the other end of this package has to say, and messages whose bytes came another way.
  commanded(cmd, message) {
    const { blocks } = this;
    switch (cmd) {
      case ARENA: {
        // Memory that is given up brings none; the one that lies there belongs to a message in the same read.
        const fd = message.bytes === 0 ? NONE : this.takeDescriptor();
        blocks.in.announced(message, fd);
        if (fd >= 0) closeDescriptor(fd);
        // An end that means well does so a few times in a minute.
        this.fault();
        break;
      }
      case ARENA_ANSWER: blocks.out.answered(message); break;
      case RELEASE:
        blocks.out.released(message);
        this.port.released();
        break;
      case RAW: this.unpack(message); break;
      // The addon has seen it already.
      case UPGRADE: break;
      // Greeted twice, or something that no version sends.
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

  // Tells the other end that this one is ours. Only a greeting of its own shows that it is, too.
  greet() {
    write(this.target, this, { cmd: GREETING, version, isEager: this.isEager }, -1, PRIVATELY, undefined);
    // The user's first message is still to be written before its send() returns.
    this.port.restartTick();
  }

  greeted(message) {
    if (message.version !== version || (this.peer ?? version) !== version) {
      this.peer = undefined;
      this.onGreeting?.();
      return;
    }
    // The child greets first; its parent answers, and both may speak the faster way.
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

  // Sends an internal message past what waits for a handle, unless it has a descriptor of its own: one is under way at a
  // time. -> whether it went.
  tell(message, fd) {
    if (this.target[kLink] !== this || (fd >= 0 && this.target._handleQueue)) return false;
    write(this.target, this, message, fd, PRIVATELY, undefined);
    this.port.restartTick();
    return !this.port.hasFailed;
  }

  // Whether what only this package knows may be sent. A child has greeted before it sends anything, so its parent, which
  // has told it its version, understands.
  get isOurs() {
    return this.isGreeted || (this.isChild && this.peer === version);
  }

  // Whether that may become so.
  get awaitsGreeting() {
    return !this.isChild && this.peer === version;
  }

  // Something came that is no message. -> whether this end still listens.
  malformed(cause) {
    if (this.faults <= MOST_FAULTS) this.inbox.addMalformed(cause);
    return this.fault();
  }

  // Counts what nobody sends who means well. -> whether this end still listens.
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

  // `result`: 0 or -errno. A peer that died is told by 'disconnect' alone, as in Node.
  ended(result) {
    const { target } = this;
    this.hasEnded = true;
    if (result === -ENOMEM && target.channel) this.inbox.addFailure(errors().systemError(result, 'read'));
    if (target.connected) target.disconnect();
    // A disconnect that waits for an answer or for the rest of a message: neither will come.
    if (target.channel) target._disconnect();
    if (this.onWhole !== undefined) this.onWhole();
    this.markClosed();
  }

  // One of the marks that 'close' waits for. With the peer's end it is set at once, before 'disconnect' is told, as in
  // Node; Node forgets it after an own disconnect, and 'close' with it.
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

  // Staged messages could not be written after all.
  failedLate(errno) {
    const lost = this.#takeLost();
    for (let i = 1; i < lost; i++) nextTick(tellLoss, this.target, errno);
    if (lost > 0) tellLoss(this.target, errno);
  }

  // The same, where the tick is not over.
  failedEarly(errno) {
    for (let lost = this.#takeLost(); lost > 0; lost--) nextTick(tellLoss, this.target, errno);
  }

  // How many of the loud ones are lost: the addon's thread, or the write in front of another, may have taken some.
  #takeLost() {
    const { written } = this.port;
    let lost = 0;
    while (this.loud > 0) {
      if (this.ends[--this.loud] > written) lost++;
    }
    return lost;
  }

  // A message that cannot be read is the peer's fault; it must not end this process where nobody handles it.
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

// `fd`: -1 when there is none.
function write(target, link, message, fd, options, callback) {
  const { port } = link;
  // The addon may have written what was staged.
  if (link.loud > 0 && !port.isStaging) link.loud = 0;
  const errno = fd === GONE ? -EBADF : options !== PRIVATELY && isWatched(link) ? sendWatched(link, message, fd) : link.codec.send(port, message, fd);
  port.hasFailed = errno !== 0;
  if (errno !== 0) {
    // What was staged before it may be lost with it.
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
