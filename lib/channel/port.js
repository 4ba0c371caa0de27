'use strict';
// Moves the bytes of one end of a channel. The addon knows the end by a number, JavaScript by a Port. A Port does not know what
// messages mean.
// The first message of a tick is written before send() returns. The others of the same tick are staged: encoded one behind the
// other into memory that the addon shares, and written in one call when the tick ends. If the process exits before, the addon
// writes them.

const threadState = require('../addon/thread-state');
const { binding } = require('../addon/native');
const { idlePipe } = require('../addon/node-handles');
const { atEndOfTick } = require('./end-of-tick');
const { Resource, scopeOfCaller } = require('./async-scope');
const {
  AsyncResource, Float64Array, Int32Array, OwnMap, arrayPush, arraySlice, asyncResourceEmitDestroy, asyncResourceRunInAsyncScope, atomicsStore,
  bufferByteLength, bufferCopyWithin, bufferFrom, bufferSet, bufferUtf8Write, diagnosticsSubscribe, getArrayBufferByteLength,
} = require('../node/primordials');

// Loaded with the first error.
const errors = () => require('../node/errors');

// The layout of the staging memory, see src/sys/staging.rs: the number of staged bytes, three doubles (here are their indexes),
// then the data.
const QUEUED = 1;
const WRITTEN = 2;
const TURNED = 3;
const HEADER = 32;

// In place of a count of losses in a mark: the message has been written, so later losses do not matter to it.
const WRITTEN_ALREADY = -1;

// What the addon reports to dispatch(): `Kind` in src/binding/channels.rs.
const LINES = 0;
const BODIES = 1;
const ENDED = 2;
const DRAINED = 3;
const OVERSIZED = 4;
const HELD = 6;

// The value at TURNED is 0 until this turn of the loop has written a message, then 1 (set by the addon). JavaScript sets TICKING:
// what is sent now waits for the end of this tick.
const TICKING = 2;

const NEWLINE = 10;
// When this part of the room is full, what is staged is written although the tick goes on.
const ENOUGH = 7 / 8;

// The first messages of a Port are written one by one, without staging memory: most children never get more than this many.
const UNSTAGED = 4;

const open = threadState.ports ??= new OwnMap();

// Has staged messages written before process.execve() replaces this program. Node publishes that on a diagnostics channel; its
// exit hooks for addons (src/sys/node_at_exit.rs) run then only in some releases. Called before something is staged; it subscribes
// once in a thread.
function expectExecve() {
  if (threadState.expectsExecve || process.execve === undefined) return;
  threadState.expectsExecve = true;
  try {
    diagnosticsSubscribe('process.execve', finishAll);
  } catch {
    // subscribe() calls methods that a program may have replaced by ones that throw. Messages must still work.
  }
}

function finishAll() {
  binding.channelsFinish();
}

function dispatch(id, kind, payload, count, fd) {
  const port = open.get(id);
  if (port === undefined) {
    // A callback has closed the port, but the addon had read more before.
    if (fd >= 0) binding.closeFd(fd);
    return;
  }
  if (port.scope === undefined) port.receive(kind, payload, count, fd);
  else asyncResourceRunInAsyncScope(port.scope, port.receive, port, kind, payload, count, fd);
}

// For tools that list what keeps a process alive: not this function, but a Port's `listed`.
dispatch.hasRef = () => false;

class Port {
  #id;
  #memory = undefined;
  #state = undefined;
  // Has one element: how many bytes are staged.
  #pending = undefined;
  #room = 0;
  #enough = 0;
  // How many messages will still be written without staging memory.
  #unstaged = UNSTAGED;
  // Callbacks of messages that wait for room, in order: { end, callback }.
  #waiting = [];

  // `owner` gets: lines(text, count, fd), bodies(buffer, fd), descriptorCame(fd), ended(result), blocked(),
  // drained(), oversized(fd), failedLate(errno), failedEarly(errno).
  // `wire`: 'lines' (each message ends with a line end) or 'bodies' (each has its length in front). `upgradeLine`: the line after
  // which the peer may change from lines to bodies, or undefined.
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
    // Set after each message by the one who sent it: whether it could not be written.
    this.hasFailed = false;
    // How often a write failed, and the last -errno.
    this.losses = 0;
    this.failure = 0;
    // The arenas (arena.js), once there may be any. Bytes in their blocks count like queued bytes.
    this.blocks = undefined;
    // A pipe that stands for the channel among the active resources of the process, where Node lists its own channels.
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

  // The functions that send return 0 or -errno. stage() may also return undefined.

  sendText(text, fd) {
    if (fd >= 0 || this.#isUnstaged() || text.length * 3 >= this.#roomLeft()) {
      return this.#settle(binding.channelSendText(this.#id, text, isAscii(text), fd));
    }
    const at = HEADER + this.#pending[0];
    const end = at + bufferUtf8Write(this.#memory, text, at);
    this.#memory[end] = NEWLINE;
    return this.#staged(end + 1 - HEADER);
  }

  sendBody(body, fd) {
    if (fd >= 0 || this.#isUnstaged() || body.length >= this.#roomLeft()) {
      return this.#settle(binding.channelSendBytes(this.#id, body, fd));
    }
    const at = this.#pending[0];
    bufferSet(this.#memory, body, HEADER + at);
    return this.#staged(at + body.length);
  }

  // Calls `encode(memory, at, limit, message)`, which writes a whole frame into the staging memory and returns its end. If there
  // is no room (a negative result), this returns undefined and the caller sends the message in another way.
  stage(encode, message) {
    if (this.#memory === undefined) this.#prepare();
    if (this.#room === 0) return undefined;
    const limit = HEADER + this.#room;
    const at = HEADER + this.#pending[0];
    const end = encode(this.#memory, at, limit, message);
    if (end < 0) return undefined;
    // A getter of the message may have sent a handle, and what was staged before was written with it. Then move the frame to the
    // front.
    const place = HEADER + this.#pending[0];
    if (place !== at) bufferCopyWithin(this.#memory, place, at, end);
    return this.#staged(place - HEADER + end - at);
  }

  // Whether this message is one of the first, which are written without staging memory.
  #isUnstaged() {
    return this.#memory === undefined && --this.#unstaged >= 0;
  }

  #roomLeft() {
    if (this.#memory === undefined) this.#prepare();
    return this.#room === 0 ? 0 : this.#room - this.#pending[0];
  }

  #prepare() {
    expectExecve();
    const memory = binding.channelStaging(this.#id);
    if (memory === undefined) {
      this.#memory = null;
      return;
    }
    this.#memory = bufferFrom(memory);
    this.#state = new Float64Array(memory, 0, 4);
    this.#pending = new Int32Array(memory, 0, 1);
    this.#room = getArrayBufferByteLength(memory) - HEADER;
    this.#enough = this.#room * ENOUGH;
  }

  #staged(pending) {
    const state = this.#state;
    publish(this.#pending, pending);
    // Wait for the end of the tick, or, if the socket is full, for room. Not after a failure: then each message is written at
    // once, so that its sender gets its own error, as in Node.
    const isTicking = state[TURNED] === TICKING;
    if ((isTicking || state[QUEUED] > 0) && pending < this.#enough && this.failure === 0) return 0;
    // The first message of a turn is written at once, and is mostly the only one. From the second one on, the port asks for the
    // end of the tick.
    if (!isTicking && state[TURNED] !== 0) {
      // In this order: atEndOfTick() may throw on a full stack, and then nothing may wait for the end of the tick.
      atEndOfTick(this);
      state[TURNED] = TICKING;
    }
    return this.#settle(binding.channelFlush(this.#id));
  }

  // Writes what is staged. If the socket is full, the addon does it when there is room.
  flush() {
    if (!this.isStaging || this.#state[QUEUED] > 0) return 0;
    return this.#settle(binding.channelFlush(this.#id));
  }

  // Whether messages that are sent now wait for the end of this tick: it has had two already.
  get isTicking() {
    return this.#state !== undefined && this.#state[TURNED] === TICKING;
  }

  // The next message is written at once, as if it were the first of its tick.
  restartTick() {
    if (this.#state !== undefined) this.#state[TURNED] = 0;
  }

  endTick() {
    if (this.#state[TURNED] === TICKING) this.#state[TURNED] = 1;
    this.flushLate();
  }

  // Writes what is staged, at the end of a tick. send() has returned, so a failure is reported by 'error'.
  flushLate() {
    const failure = this.flush();
    if (failure !== 0) this.owner.failedLate(failure);
  }

  // Writes what is staged although the tick goes on: what the caller does next must not overtake it, or takes long. No listener
  // runs before this returns.
  hurry() {
    const failure = this.flush();
    if (failure !== 0) this.owner.failedEarly(failure);
  }

  // Whether anything is staged.
  get isStaging() {
    return this.#pending !== undefined && this.#pending[0] > 0;
  }

  // Takes the result of the addon's functions that send: 0, 1 (something waits for room in the socket) or -errno.
  // -> 0 or -errno
  #settle(result) {
    if (result < 0) {
      this.losses++;
      this.failure = result;
      return result;
    }
    if (result > 0 && this.#memory === undefined) this.#prepare();
    if (!this.wasBlocked && this.queued > 0) {
      this.wasBlocked = true;
      this.owner.blocked();
    }
    return 0;
  }

  // How many accepted bytes wait: for room in the socket, or in an arena for the peer to read them.
  get queued() {
    const state = this.#state;
    const held = this.blocks === undefined ? 0 : this.blocks.out.held;
    if (state === undefined || state[QUEUED] === 0) return held;
    return state[QUEUED] + this.#pending[0] + held;
  }

  // -> a mark for whenWritten(): where the last accepted message ends in the stream of bytes.
  mark() {
    const state = this.#state;
    // Without staging memory nothing waits, except on a host that allows no such memory (`#memory` is then null).
    if (state === undefined) return { end: 0, losses: this.#memory === undefined ? WRITTEN_ALREADY : this.losses };
    const waiting = this.#pending[0] + state[QUEUED];
    return { end: waiting + state[WRITTEN], losses: waiting === 0 ? WRITTEN_ALREADY : this.losses };
  }

  // Calls callback(null) once everything up to the mark is written, or callback(error). To be called by nextTick.
  whenWritten({ end, losses }, callback) {
    this.flushLate();
    if (losses !== WRITTEN_ALREADY && this.losses !== losses && !(this.#state?.[WRITTEN] >= end)) callback(errors().systemError(this.failure, 'write'));
    else if (this.#waiting.length === 0 && !this.#isCrowded && (this.#state === undefined || this.#state[WRITTEN] >= end)) callback(null);
    else arrayPush(this.#waiting, { end, callback, context: new AsyncResource('RSCHANNELSEND') });
  }

  // `end`: where the last accepted message ends in the stream of bytes; only while something is staged. `written`: up to where the
  // kernel has taken it.
  get end() {
    return this.#pending[0] + this.#state[QUEUED] + this.#state[WRITTEN];
  }

  get written() {
    return this.#state === undefined ? 0 : this.#state[WRITTEN];
  }

  get #isCrowded() {
    return this.blocks !== undefined && this.blocks.out.isCrowded;
  }

  // The peer has released blocks of an arena.
  released() {
    this.#drained(0);
  }

  #drained(failure) {
    const written = failure === 0 ? this.#state?.[WRITTEN] ?? Infinity : Infinity;
    const waiting = this.#waiting;
    let done = 0;
    const isCrowded = failure === 0 && this.#isCrowded;
    while (!isCrowded && done < waiting.length && waiting[done].end <= written) {
      // Without an error even if the write has failed: Node does not look at the result of a write that had to wait.
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

  // Nothing is read any more. The addon still writes what was accepted.
  close() {
    if (!open.delete(this.#id)) return;
    binding.channelClose(this.#id);
    this.#drained(-1);
    this.listed?.close();
    if (this.scope !== undefined) asyncResourceEmitDestroy(this.scope);
  }
}

// Stores the number of staged bytes. From then on a thread of the addon may write them, so the bytes must be in memory before the
// number. x64 processors keep the order of stores, and so does V8: there a plain store is enough, and takes a tenth of the time.
const publish = process.arch === 'x64'
  ? (pending, count) => { pending[0] = count; }
  : (pending, count) => { atomicsStore(pending, 0, count); };

// Calls a callback in the asynchronous context of its send(). AsyncResource.bind() would do the same, but costs three more
// properties on each function.
function callBack({ callback, context }) {
  asyncResourceRunInAsyncScope(context, callback, undefined, null);
}

// Whether the text is plain ASCII: then the addon gets it out of V8 by a simple copy. The test costs time on short text, so only
// text that is not staged is tested.
function isAscii(text) {
  return bufferByteLength(text) === text.length;
}

module.exports = { Port };
