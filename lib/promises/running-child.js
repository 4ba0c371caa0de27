'use strict';
// One child from its start to its end, for programs that await it (see promises.js). Nothing of what the child writes may
// be lost unseen and nothing may block it for ever: an output belongs to whoever asks for its lines; what nobody asked
// for is read and dropped once somebody waits for the end or for lines of the other output. The end of stderr is kept
// for the error. The outcome is a promise from the start: a failure that nobody awaits, reads lines up to, or disposes of is an
// unhandled rejection, as with any promise.

const { Lines } = require('./lines');
const { setImmediate } = require('../node/primordials');
const { commandError, invalidArgValue, invalidState } = require('../node/errors');

// Of a stderr that nobody asked for.
const KEPT = 64 * 1024;

const isRead = (stream) => stream.readableFlowing !== null || stream.listenerCount('readable') > 0;

class Run {
  #child;
  #killSignal;
  #killTree;
  #outcome;
  #closed;
  #exited;
  #error = null;
  #taken = new Set();
  #holders = new Map();
  #dropped = new Set();
  #tail = [];
  #tailLength = 0;

  constructor(child, { killSignal, killTree }) {
    this.#child = child;
    this.#killSignal = killSignal;
    this.#killTree = killTree === true;
    child.on('error', (error) => {
      this.#error ??= error;
      // Who gives up waits for the child, but not for descendants that hold its outputs.
      if (error.code === 'ABORT_ERR') this.#endOutputs();
    });
    // Right after 'exit' ChildProcess drains what nobody reads; here somebody may still come for it.
    child.once('exit', () => {
      this.#hold('stdout');
      this.#hold('stderr');
    });
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    // A child whose start failed never exits.
    this.#exited = Promise.race([new Promise((resolve) => child.once('exit', resolve)), this.#closed]);
    this.#outcome = this.#closed.then(() => {
      const failure = this.#failure();
      if (failure !== null) throw failure;
      return { code: 0, signal: null };
    });
  }

  get child() {
    return this.#child;
  }

  // Of a child that has ended: why it failed, or null.
  #failure() {
    const { exitCode, signalCode, spawnargs = [], spawnfile, killed } = this.#child;
    if (this.#error !== null) return this.#error;
    if (exitCode === 0) return null;
    const stderr = Buffer.concat(this.#tail).subarray(-KEPT).toString();
    const cmd = spawnargs.length > 0 ? spawnargs.join(' ') : `${spawnfile}`;
    return commandError(`Command failed: ${cmd}\n${stderr}`, { code: exitCode, signal: signalCode, killed, cmd, stderr });
  }

  // Keeps what was written until somebody asks for it.
  #hold(name) {
    const stream = this.#child[name];
    if (!stream || isRead(stream)) return;
    // An end shows only to those who try to read.
    const holder = () => {
      if (stream.readableLength === 0) stream.read();
    };
    this.#holders.set(name, holder);
    stream.on('readable', holder);
  }

  // Reads what nobody asked for.
  #drop(name) {
    const stream = this.#child[name];
    if (!stream || this.#taken.has(name) || this.#dropped.has(name)) return;
    const holder = this.#holders.get(name);
    if (holder !== undefined) stream.off('readable', holder);
    // The program itself reads it, by listeners or a pipe of its own.
    if (holder === undefined ? isRead(stream) : stream.listenerCount('readable') > 0) return;
    this.#dropped.add(name);
    if (name === 'stderr') stream.on('data', (chunk) => this.#keep(Buffer.from(chunk)));
    stream.resume();
  }

  // The same for who has read one output to its end. 'close' would wait for the other one, which may be read after this one.
  async #failureBehindLines() {
    await (this.#taken.size > 1 ? this.#exited : this.#closed);
    return this.#failure();
  }

  // Somebody hears of the outcome in another way.
  #isHeard() {
    this.#outcome.catch(() => {});
  }

  #dropRest() {
    this.#drop('stdout');
    this.#drop('stderr');
  }

  #keep(chunk) {
    this.#tail.push(chunk);
    this.#tailLength += chunk.length;
    while (this.#tailLength - this.#tail[0].length >= KEPT) this.#tailLength -= this.#tail.shift().length;
  }

  // The lines of an output, which is the caller's from this call on.
  lines(name = 'stdout') {
    if (name !== 'stdout' && name !== 'stderr') throw invalidArgValue('stream', name, "must be one of: 'stdout', 'stderr'");
    const stream = this.#child[name];
    if (!stream) {
      // A start without descriptors: its iteration ends with the error.
      if (this.#child.pid === undefined) return new Lines(null, () => this.#isHeard(), () => this.#failureBehindLines());
      throw invalidState(`${name} of the child is not a pipe`);
    }
    if (this.#taken.has(name) || this.#dropped.has(name)) throw invalidState(`${name} of the child is already being read`);
    this.#taken.add(name);
    const begun = () => {
      this.#isHeard();
      // Only after the other output had its chance to be asked for as well.
      setImmediate(() => this.#dropRest());
    };
    return new Lines(stream, begun, () => this.#failureBehindLines());
  }

  then(onFulfilled, onRejected) {
    this.#dropRest();
    return this.#outcome.then(onFulfilled, onRejected);
  }

  catch(onRejected) {
    return this.then(undefined, onRejected);
  }

  finally(onFinally) {
    this.#dropRest();
    return this.#outcome.finally(onFinally);
  }

  get [Symbol.toStringTag]() {
    return 'Run';
  }

  // Ends the child if it still runs; done when it is gone. It never rejects.
  async [Symbol.asyncDispose]() {
    const child = this.#child;
    this.#isHeard();
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      if (this.#killTree) child.kill(this.#killSignal, { tree: true });
      else child.kill(this.#killSignal);
    }
    this.#endOutputs();
    await this.#closed;
  }

  // Nobody reads any more, and descendants that hold the other ends must not delay the end.
  #endOutputs() {
    for (const stream of this.#child.stdio ?? []) stream?.destroy();
  }
}

module.exports = { Run };
