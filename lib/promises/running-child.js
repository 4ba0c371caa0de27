'use strict';
// Run: one child from its start to its end, for programs that await it (see promises.js). It promises:
// - No output is lost before the program could ask for it. lines() gives an output to its caller.
// - A full pipe does not block the child for ever. When the program awaits the end, or reads the lines of one output, the
//   outputs that nobody asked for are read and dropped. The last 64 KiB of a dropped stderr are kept for the error.
// - No failure is silent. If the program neither awaits the Run, nor reads lines, nor disposes of it, a failure is an
//   unhandled rejection.

const { Lines } = require('./lines');
const { setImmediate } = require('../node/primordials');
const { commandError, invalidArgValue, invalidState } = require('../node/errors');

// How many bytes of a dropped stderr are kept.
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
      // After an abort, wait for the child, but not for descendants that still hold its outputs open.
      if (error.code === 'ABORT_ERR') this.#endOutputs();
    });
    // One tick after 'exit' ChildProcess drains outputs that nobody reads. Here the program may still ask for them.
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

  // The error of a child that has ended, or null.
  #failure() {
    const { exitCode, signalCode, spawnargs = [], spawnfile, killed } = this.#child;
    if (this.#error !== null) return this.#error;
    if (exitCode === 0) return null;
    const stderr = Buffer.concat(this.#tail).subarray(-KEPT).toString();
    const cmd = spawnargs.length > 0 ? spawnargs.join(' ') : `${spawnfile}`;
    return commandError(`Command failed: ${cmd}\n${stderr}`, { code: exitCode, signal: signalCode, killed, cmd, stderr });
  }

  // Keeps the output in the stream until somebody asks for it: with a 'readable' listener ChildProcess does not drain it.
  #hold(name) {
    const stream = this.#child[name];
    if (!stream || isRead(stream)) return;
    // A stream emits 'end' only after a read() at its end.
    const holder = () => {
      if (stream.readableLength === 0) stream.read();
    };
    this.#holders.set(name, holder);
    stream.on('readable', holder);
  }

  // Reads and drops an output that nobody asked for.
  #drop(name) {
    const stream = this.#child[name];
    if (!stream || this.#taken.has(name) || this.#dropped.has(name)) return;
    const holder = this.#holders.get(name);
    if (holder !== undefined) stream.off('readable', holder);
    // The program reads the stream itself, with listeners or a pipe.
    if (holder === undefined ? isRead(stream) : stream.listenerCount('readable') > 0) return;
    this.#dropped.add(name);
    if (name === 'stderr') stream.on('data', (chunk) => this.#keep(Buffer.from(chunk)));
    stream.resume();
  }

  // The error of the child, for a caller that has read one output to its end. If both outputs were asked for, this waits for
  // 'exit' only: 'close' comes after the end of the other output, which the caller may read only after this one.
  async #failureBehindLines() {
    await (this.#taken.size > 1 ? this.#exited : this.#closed);
    return this.#failure();
  }

  // The caller learns of a failure in another way (from the lines, or it disposed of the child): no unhandled rejection.
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

  // The lines of an output. From this call on only its caller reads the output.
  lines(name = 'stdout') {
    if (name !== 'stdout' && name !== 'stderr') throw invalidArgValue('stream', name, "must be one of: 'stdout', 'stderr'");
    const stream = this.#child[name];
    if (!stream) {
      // The start failed, and there is no stream. The iteration throws the error of the start.
      if (this.#child.pid === undefined) return new Lines(null, () => this.#isHeard(), () => this.#failureBehindLines());
      throw invalidState(`${name} of the child is not a pipe`);
    }
    if (this.#taken.has(name) || this.#dropped.has(name)) throw invalidState(`${name} of the child is already being read`);
    this.#taken.add(name);
    const begun = () => {
      this.#isHeard();
      // Later, so that the program can ask for the lines of the other output first.
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

  // Ends the child if it still runs, and waits until it has closed. Never rejects.
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

  // Destroys the streams: descendants that still hold the other ends must not delay 'close'.
  #endOutputs() {
    for (const stream of this.#child.stdio ?? []) stream?.destroy();
  }
}

module.exports = { Run };
