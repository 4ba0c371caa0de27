'use strict';
// One end of a channel as the addon sees it: a number there, a Port here. A Port moves encoded messages and knows nothing
// of what they mean. The first message of a tick is written before `send` returns; those that follow in the same tick are
// encoded side by side into memory that the addon shares (it also sends them when the process exits) and leave in one
// write when the tick ends.

const threadState = require('../addon/thread-state');
const { binding } = require('../addon/native');
const { idlePipe } = require('../addon/node-handles');
const { atEndOfTick } = require('./end-of-tick');
const { Resource, scopeOfCaller } = require('./async-scope');
const {
  AsyncResource, Float64Array, Int32Array, OwnMap, arrayPush, arraySlice, asyncResourceEmitDestroy, asyncResourceRunInAsyncScope, atomicsStore,
  bufferByteLength, bufferCopyWithin, bufferFrom, bufferSet, bufferUtf8Write, diagnosticsSubscribe, getArrayBufferByteLength,
} = require('../node/primordials');

// Loaded by the first of them.
const errors = () => require('../node/errors');

// The shared block: the number of staged bytes, three doubles, then the data. See src/sys/staging.rs.
const QUEUED = 1;
const WRITTEN = 2;
const TURNED = 3;
const HEADER = 32;

// In the place of a count of losses: what is lost of the messages behind it is no concern of one that has been written.
const WRITTEN_ALREADY = -1;

const LINES = 0;
const BODIES = 1;
const ENDED = 2;
const DRAINED = 3;
const OVERSIZED = 4;
const HELD = 6;

// What stands at TURNED beside 0 and the addon's 1: what is sent now waits for the end of this tick.
const TICKING = 2;

const NEWLINE = 10;
// The part of the room that, when it is full, leaves even while the tick lasts.
const ENOUGH = 7 / 8;

// So many messages are written by themselves before there is a shared block: most children get no more than that.
const QUIET = 4;

const open = threadState.ports ??= new OwnMap();

// What is staged is written before this process becomes another program. Node tells its diagnostics channel of that; only some of its
// releases run what an addon has registered as well (src/sys/node_at_exit.rs). Asked for by whoever stages something, once in a thread.
function expectExecve() {
  if (threadState.expectsExecve || process.execve === undefined) return;
  threadState.expectsExecve = true;
  try {
    diagnosticsSubscribe('process.execve', finishAll);
  } catch {
    // Node's function uses methods that a program may have replaced by some that throw. Messages go on.
  }
}

function finishAll() {
  binding.channelsFinish();
}

function dispatch(id, kind, payload, count, fd) {
  const port = open.get(id);
  if (port === undefined) {
    // Closed from inside a callback while the addon had already read on.
    if (fd >= 0) binding.closeFd(fd);
    return;
  }
  if (port.scope === undefined) port.receive(kind, payload, count, fd);
  else asyncResourceRunInAsyncScope(port.scope, port.receive, port, kind, payload, count, fd);
}

// For tools that list what keeps a process alive: that is a Port's `listed`.
dispatch.hasRef = () => false;

class Port {
  #id;
  #block = undefined;
  #state = undefined;
  // The first one: how many bytes are staged.
  #pending = undefined;
  #room = 0;
  #enough = 0;
  // How many messages are still to be written without it.
  #quiet = QUIET;
  // Callbacks of messages that wait for room, in order: { end, callback }.
  #waiting = [];

  // `owner` gets: lines(text, count, fd), bodies(buffer, fd), descriptorCame(fd), ended(result), blocked(),
  // drained(), oversized(fd), failedLate(errno), failedEarly(errno).
  // `wire`: 'lines' or 'bodies'. `upgradeLine`: the line after which the peer may go over to bodies, or undefined.
  constructor(fd, wire, isChild, upgradeLine, owner) {
    threadState.nonce ??= binding.onChannel(dispatch);
    this.resource = new Resource();
    const id = binding.channelOpen(fd, wire === 'bodies', isChild, upgradeLine, this.resource);
    if (id < 0) throw errors().systemError(id, 'open');
    this.#id = id;
    this.scope = scopeOfCaller();
    this.fd = fd;
    this.owner = owner;
    this.wasBlocked = false;
    // Set by the sender of each message: whether that one could not be written.
    this.hasFailed = false;
    // How often staged messages were lost, and why the last time.
    this.losses = 0;
    this.failure = 0;
    // The shared memory beside the socket, once there may be any. What it holds waits as much as what is queued.
    this.blocks = undefined;
    // Node lists its channels among the active resources of a process; ours are none of its handles.
    this.listed = idlePipe(binding.channelDeadEnd);
    open.set(id, this);
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

  // All send functions: 0 or -errno.

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

  // Lets `encode(block, at, limit, message)` write a whole frame into the shared block. Undefined where it could not (a
  // negative result); then what is staged goes first, and the caller has the message.
  stage(encode, message) {
    if (this.#block === undefined) this.#prepare();
    if (this.#room === 0) return undefined;
    const limit = HEADER + this.#room;
    const at = HEADER + this.#pending[0];
    const end = encode(this.#block, at, limit, message);
    if (end < 0) return undefined;
    // A getter may have had written what was staged before, by sending a handle: then the message moves to the front.
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
    // After a failure each message learns its own fate at once, as in Node.
    // While the socket is full the bytes may as well wait here.
    const isTicking = state[TURNED] === TICKING;
    if ((isTicking || state[QUEUED] > 0) && pending < this.#enough && this.failure === 0) return 0;
    // The first of a turn of the loop is the first of its tick, and mostly the only one: that needs no tick to be known.
    if (!isTicking && state[TURNED] !== 0) {
      // In this order: on a full stack the first may fail, and nothing must wait for a tick that does not come.
      atEndOfTick(this);
      state[TURNED] = TICKING;
    }
    return this.#settle(binding.channelFlush(this.#id));
  }

  // Writes what is staged, unless the socket is full: then the addon does it when there is room.
  flush() {
    if (!this.isStaging || this.#state[QUEUED] > 0) return 0;
    return this.#settle(binding.channelFlush(this.#id));
  }

  // Whether this tick has brought two messages already.
  get isTicking() {
    return this.#state !== undefined && this.#state[TURNED] === TICKING;
  }

  // What was sent so far does not count as the first message of this tick.
  restartTick() {
    if (this.#state !== undefined) this.#state[TURNED] = 0;
  }

  endTick() {
    if (this.#state[TURNED] === TICKING) this.#state[TURNED] = 1;
    this.flushLate();
  }

  // Writes what is staged when nobody is there any more to be told the outcome.
  flushLate() {
    const failure = this.flush();
    if (failure !== 0) this.owner.failedLate(failure);
  }

  // Writes what is staged although the tick goes on: what comes next must not overtake it, or holds the tick up.
  hurry() {
    const failure = this.flush();
    if (failure !== 0) this.owner.failedEarly(failure);
  }

  // Whether anything is staged.
  get isStaging() {
    return this.#pending !== undefined && this.#pending[0] > 0;
  }

  // `result`: of the addon, whose functions that send say by 1 that something waits.
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

  // Bytes accepted that the kernel had no room for, or the peer has not taken out of shared memory.
  get queued() {
    const state = this.#state;
    const held = this.blocks === undefined ? 0 : this.blocks.out.held;
    if (state === undefined || state[QUEUED] === 0) return held;
    return state[QUEUED] + this.#pending[0] + held;
  }

  // The place of the last accepted message in the stream of bytes, for whenWritten.
  mark() {
    const state = this.#state;
    // Where something waits there is a block, except on hosts that allow none.
    if (state === undefined) return { end: 0, losses: this.#block === undefined ? WRITTEN_ALREADY : this.losses };
    const waiting = this.#pending[0] + state[QUEUED];
    return { end: waiting + state[WRITTEN], losses: waiting === 0 ? WRITTEN_ALREADY : this.losses };
  }

  // Calls back (null, or the error) once everything up to `mark` is written; called on a tick of its own.
  whenWritten({ end, losses }, callback) {
    this.flushLate();
    if (losses !== WRITTEN_ALREADY && this.losses !== losses && !(this.#state?.[WRITTEN] >= end)) callback(errors().systemError(this.failure, 'write'));
    else if (this.#waiting.length === 0 && !this.#isCrowded && (this.#state === undefined || this.#state[WRITTEN] >= end)) callback(null);
    else arrayPush(this.#waiting, { end, callback, context: new AsyncResource('RSCHANNELSEND') });
  }

  // The end of the last accepted message, and of what the kernel has taken, in the stream of bytes. Where something is staged there is
  // a block.
  get end() {
    return this.#pending[0] + this.#state[QUEUED] + this.#state[WRITTEN];
  }

  get written() {
    return this.#state === undefined ? 0 : this.#state[WRITTEN];
  }

  get #isCrowded() {
    return this.blocks !== undefined && this.blocks.out.isCrowded;
  }

  // The peer has given blocks back.
  released() {
    this.#drained(0);
  }

  #drained(failure) {
    const written = failure === 0 ? this.#state?.[WRITTEN] ?? Infinity : Infinity;
    const waiting = this.#waiting;
    let done = 0;
    const isCrowded = failure === 0 && this.#isCrowded;
    while (!isCrowded && done < waiting.length && waiting[done].end <= written) {
      // As Node does, which looks at no outcome of a write that had to wait.
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

  // What was accepted is still written; nothing is read any more.
  close() {
    if (!open.delete(this.#id)) return;
    binding.channelClose(this.#id);
    this.#drained(-1);
    this.listed?.close();
    if (this.scope !== undefined) asyncResourceEmitDestroy(this.scope);
  }
}

// The addon's thread may write the staged bytes from here on, so they must be there first. Processors of x64 let no store
// overtake another, and V8 keeps them in the order of the program; there the plain one does, in a tenth of the time.
const publish = process.arch === 'x64'
  ? (pending, count) => { pending[0] = count; }
  : (pending, count) => { atomicsStore(pending, 0, count); };

// In the context of the send. An AsyncResource bound to its function says the same, and defines three properties for it.
function callBack({ callback, context }) {
  asyncResourceRunInAsyncScope(context, callback, undefined, null);
}

// Plain ASCII leaves V8 by a straight copy. The test itself is cheap, but not for nothing on short text.
function isAscii(text) {
  return bufferByteLength(text) === text.length;
}

module.exports = { Port };
