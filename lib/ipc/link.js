'use strict';
// What a ChildProcess, or the `process` of a child, has for its channel and users do not see: the port that moves bytes, the
// codec that knows their meaning, the inbox that emits what came. Two ends of this package greet each other inside
// Node's own protocol; only an end that was greeted uses what Node would not understand.

const { constants: { errno: { EBADF } } } = require('node:os');

const codecs = require('./codec');
const errors = require('../errors');
const { binding } = require('../native');
const { closed } = require('../life');
const { Control } = require('./control');
const { Inbox } = require('./inbox');
const { Port } = require('./port');
const { SocketLists } = require('./socket-list');
const { version } = require('../../package.json');

// Node's own bound: send() is false when this many bytes wait.
const ENOUGH_QUEUED = 65536 * 2;
// Stands for the descriptor of a handle that is closed.
const GONE = -2;
const GREETING = 'NODE_RS_CHILD_PROCESS';
const QUIETLY = Object.freeze({ swallowErrors: true });

// The link of a target; null after its disconnect.
const kLink = Symbol('kChannelHandle');

// What a target has for its channel and users do not see.
class Link {
  // `peer`: the version of this package that the other end is expected to have, where it has one.
  constructor(target, fd, serialization, isChild, peer) {
    this.target = target;
    this.isChild = isChild;
    this.codec = codecs[serialization]();
    this.peer = peer;
    if (peer !== undefined) this.codec.prepare();
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
    if (this.peer !== undefined && message !== null && typeof message === 'object' && message.cmd === GREETING) {
      this.greeted(message);
      return;
    }
    if (message !== null && typeof message === 'object' && message.cmd === 'NODE_HANDLE') {
      const fd = this.descriptor;
      this.descriptor = -1;
      this.inbox.addWithHandle(message, fd < 0 ? undefined : fd);
    } else {
      this.inbox.add(message);
    }
  }

  // Tells the other end that this one is ours. Only a greeting of its own shows that it is, too.
  greet() {
    write(this.target, this, { cmd: GREETING, version }, -1, QUIETLY, undefined);
    // The user's first message is still to be written before its send() returns.
    this.port.restartTick();
  }

  greeted(message) {
    if (message.version !== version || this.peer !== version) return;
    // The child greets first; its parent answers, and both may speak the faster way.
    if (!this.isChild) this.greet();
    this.peer = undefined;
    this.codec.accelerate();
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
  binding.closeFd(fd);
}

function report(target, error, callback) {
  if (typeof callback === 'function') process.nextTick(callback, error);
  else process.nextTick(() => target.emit('error', error));
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

module.exports = { GONE, Link, closeDescriptor, kLink, report, write };
