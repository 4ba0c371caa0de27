'use strict';
// prefork(): a pool of children that have been started ahead, with modules loaded ahead. pool.fork() is fork(), and what it returns is its
// ChildProcess; only the last step, the start, is spared where a child waits that can still become what is asked for. Everything else takes
// an ordinary start.

const { availableParallelism, constants: { errno } } = require('node:os');

const accelerate = require('../preload/accelerate');
const check = require('../arguments/validate');
const environment = require('../arguments/environment');
const { NAME, ROOM } = require('../preload/standby');
const { PLACES, Standby, workingFolder } = require('../process/standby');
const { forkFrom, inheritedArguments } = require('./fork');
const { invalidState, systemError } = require('../node/errors');
const { KILL_ON_PARENT_EXIT, joined } = require('../arguments/native-request');
const {
  OwnSet, Promise, Symbol, arrayFilter, arrayIndexOf, arrayJoin, arrayPush, arrayShift, arraySlice, arraySome, arraySplice, arrayUnshift,
  bufferByteLength, clearTimeout, flatList, mathMax, mathMin, regexpExec, setTimeout, stringIndexOf, stringSlice, stringStartsWith, toJson,
} = require('../node/primordials');

// Options of Node with which a process is not to wait, or shows that it was started, or runs no script, or gets variables that no parent knows.
const UNFIT = /(?:^|\s)(?:-(?:[chipsv]|e|pe)|--(?:env-file|frozen-intrinsics|inspect|debug|cpu-prof|heap-prof|prof\b|trace-event|event-|title|entry-url|check|eval|print|interactive|completion|expose-internals)\S*)(?:$|\s)/;
// Node looks for these modules above the folder that it started in.
const REQUIRE = /(?:^|\s)(?:-r|--require)(?:$|[\s=])/;
// Variables that Node, V8, ICU, OpenSSL, libuv or the C library read at the start.
const READ_AT_START = /^(?:NODE_|UV_|LD_|LC_|SSL_|OPENSSL_|ICU_|MALLOC_|RS_CHILD_PROCESS_|(?:GLIBC_TUNABLES|GCONV_PATH|LOCPATH|LANG|LANGUAGE|TZ|TZDIR|HOME|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|[ALTU]SAN_OPTIONS)=)/i;

// Milliseconds. A new child begins when the last one has got through its first moments, for both need the processors.
const SOON = 10;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;
const LONGEST_TIMEOUT = 2 ** 31 - 1;
// One that ends sooner, in seconds, has ended at once.
const AT_ONCE = 1;

const LARGEST_ORDER = 128 * 1024;
// In a worker thread it would be about the thread.
const isMainThread = process.chdir.disabled !== true;

const atStart = (pairs) => arrayJoin(arrayFilter(pairs, (pair) => regexpExec(READ_AT_START, pair) !== null), '\0');

// Whether a process can make this its environment by setting variables. Node keeps names that are numbers for itself.
function canBeSet(pairs) {
  const seen = new OwnSet();
  for (let i = 0; i < pairs.length; i++) {
    const end = stringIndexOf(pairs[i], '=');
    const name = stringSlice(pairs[i], 0, end);
    if (end < 1 || seen.has(name) || regexpExec(/^\d+$/, name) !== null) return false;
    seen.add(name);
  }
  return true;
}

class Pool {
  #size;
  #modules;
  #env;
  // The part of it that counts when a process starts.
  #atStart;
  // What stands in front of a script in the command line of the pool's children.
  #line;
  // What fork() needs to know.
  #door;
  // Whether the folder that a child started in decides what it loads.
  #isTiedToFolder;
  // Standbys that were not handed over and have not ended; those of them that wait, the oldest first.
  #all = new OwnSet();
  #waiting = [];
  #timer;
  #pause = 0;
  #isClosed = false;
  // Whether there can be standbys at all.
  #isPossible;
  #hasWarned = false;
  #promised = [];
  #whenEmpty;

  constructor({ size, modules, execArgv, env }) {
    this.#size = size;
    this.#modules = toJson(modules);
    this.#env = env;
    this.#line = arrayJoin(flatList([process.execPath], execArgv), '\0');
    // `pairs`, `channel`: the environment of a child to be, and what it is to know of its channel.
    this.#door = { execArgv, handOverFor: (pairs, channel) => (request, io) => this.#handOver(request, pairs, channel, io) };
    this.#atStart = atStart(env);
    const options = flatList(execArgv, [accelerate.optionsIn(env)]);
    this.#isTiedToFolder = arraySome(options, (text) => regexpExec(REQUIRE, text) !== null);
    this.#isPossible = canBeSet(env) && !arraySome(options, (text) => regexpExec(UNFIT, text) !== null);
    if (this.#isPossible) this.#fill();
  }

  get size() {
    return this.#size;
  }

  // How many wait.
  get ready() {
    return this.#waiting.length;
  }

  fork(modulePath, args = [], options = undefined) {
    return forkFrom(this.#door, modulePath, args, options);
  }

  // Done when as many wait as are to wait; rejected when a child ends before it is ready, or the pool is closed.
  whenReady() {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) reject(invalidState('the pool is closed'));
      else if (!this.#isPossible || this.#waiting.length >= this.#size) resolve();
      else arrayPush(this.#promised, { resolve, reject, release: hold() });
    });
  }

  // The children that wait leave. Those that were handed over have nothing more to do with the pool, and fork() goes on to start others.
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#all.forEach((standby) => standby.release());
    this.#settle(invalidState('the pool is closed'));
  }

  [Symbol.dispose]() {
    this.close();
  }

  // Done when they have gone.
  async [Symbol.asyncDispose]() {
    this.close();
    if (this.#all.size === 0) return;
    const release = hold();
    await new Promise((resolve) => { this.#whenEmpty = resolve; });
    release();
  }

  #settle(error) {
    const promised = this.#promised;
    this.#promised = [];
    for (let i = 0; i < promised.length; i++) {
      promised[i].release();
      if (error === undefined) promised[i].resolve();
      else promised[i].reject(error);
    }
    return promised.length > 0;
  }

  #fill() {
    this.#timer = undefined;
    const most = availableParallelism();
    while (!this.#isClosed && this.#all.size < this.#size && this.#all.size - this.#waiting.length < most) {
      if (!this.#start()) break;
    }
  }

  #fillLater(milliseconds) {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#fill(), milliseconds);
    this.#timer.unref();
  }

  // Whether another one may be tried.
  #start() {
    const env = this.#standbyEnvironment();
    this.#isPossible = env !== undefined;
    if (env === undefined) {
      this.#settle(undefined);
      // It may be for a moment, in which no file could be opened.
      this.#fillAfterPause();
      return false;
    }
    try {
      const standby = new Standby({
        ready: () => this.#isReady(standby),
        ended: (exitCode, signalCode) => this.#hasEnded(standby, exitCode, signalCode),
      });
      const failure = standby.start(process.execPath, this.#line, joined(env));
      if (failure < 0) throw systemError(failure, 'spawn');
      this.#all.add(standby);
      return true;
    } catch (error) {
      // No descriptor is left, say, or there is no /proc.
      this.#fail(error);
      return false;
    }
  }

  // Of a standby; undefined where there can be none.
  #standbyEnvironment() {
    const { execPath: file } = process;
    const { execArgv } = this.#door;
    const options = { file, args: flatList([file], execArgv, [NAME]), [accelerate.kFork]: NAME };
    const preload = accelerate.preloadFor(options, PLACES, this.#env);
    return preload && accelerate.withPreload(this.#env, `standby:${this.#modules}`, preload);
  }

  #isReady(standby) {
    if (this.#isClosed) return;
    arrayPush(this.#waiting, standby);
    if (this.#waiting.length >= this.#size) this.#settle(undefined);
    this.#fill();
  }

  #hasEnded(standby, exitCode, signalCode) {
    this.#all.delete(standby);
    if (this.#all.size === 0) this.#whenEmpty?.();
    const at = arrayIndexOf(this.#waiting, standby);
    if (at !== -1) arraySplice(this.#waiting, at, 1);
    if (this.#isClosed) return;
    if (standby.age >= AT_ONCE) {
      this.#pause = 0;
      this.#fillLater(SOON);
    } else {
      const how = signalCode ? `by ${signalCode}` : `with code ${exitCode}`;
      this.#fail(invalidState(`a child started ahead has ended ${how} before there was a script for it${standby.reason && `: ${standby.reason}`}`));
    }
  }

  #fail(error) {
    if (!this.#settle(error) && !this.#hasWarned) {
      this.#hasWarned = true;
      process.emitWarning(error.message, 'PreforkWarning');
    }
    this.#fillAfterPause();
  }

  // The next one is tried after a pause, which grows.
  #fillAfterPause() {
    this.#pause = mathMin(mathMax(FIRST_PAUSE, this.#pause * 2), LONGEST_PAUSE);
    this.#fillLater(this.#pause);
  }

  // -> the pid of a standby that has become the child, or 0: an ordinary start is to make it. `io` as after a start.
  #handOver({ file, args, folder, flags }, pairs, channel, io) {
    if (this.#waiting.length === 0 || io.length - 2 > PLACES || !this.#suits(file, args, flags, pairs)) return 0;
    const text = toJson({ line: args, before: this.#door.execArgv.length + 1, env: pairs, channel });
    if (text.length > LARGEST_ORDER) return 0;
    const here = workingFolder();
    folder ??= here;
    if (this.#isTiedToFolder && folder !== here) return 0;
    while (folder !== undefined && this.#waiting.length > 0) {
      const standby = arrayShift(this.#waiting);
      const pid = standby.isStale || (this.#isTiedToFolder && standby.folder !== here) ? 0 : standby.handOver(text, folder, flags, io);
      if (pid > 0) {
        this.#all.delete(standby);
        this.#pause = 0;
        this.#fillLater(SOON);
        return pid;
      }
      if (pid !== 0 && !isOver(pid)) {
        // It is the request that cannot be met.
        arrayUnshift(this.#waiting, standby);
        return 0;
      }
      standby.release();
    }
    return 0;
  }

  #suits(file, args, flags, pairs) {
    const { length } = this.#line;
    return file === process.execPath && stringStartsWith(args, `${this.#line}\0`) && args[length + 1] !== '-' && args[length + 1] !== '\0' &&
      args.length > length + 1 && bufferByteLength(args) < bufferByteLength(this.#line) + ROOM &&
      ((flags & KILL_ON_PARENT_EXIT) === 0 || isMainThread) && atStart(pairs) === this.#atStart && canBeSet(pairs);
  }
}

// A socket that a standby has left, or that it will leave because what it has of an order is of no use.
function isOver(failure) {
  return failure === -errno.EPIPE || failure === -errno.ECONNRESET || failure === -errno.EMSGSIZE;
}

// Keeps this process alive, for who waits for a pool, which does not. -> what ends that
function hold() {
  const timer = setTimeout(() => {}, LONGEST_TIMEOUT);
  return () => clearTimeout(timer);
}

function prefork(options = undefined) {
  if (options !== undefined && options !== null) check.object(options, 'options');
  const { size = availableParallelism(), require: modules = [], execArgv = inheritedArguments(), env = undefined } = options ?? {};
  check.integer(size, 'options.size', 1, 2 ** 31 - 1);
  checkStrings(modules, 'options.require');
  checkStrings(execArgv, 'options.execArgv');
  if (env !== undefined) check.object(env, 'options.env');
  return new Pool({ size, modules, execArgv: arraySlice(execArgv), env: environment.pairs(env, [], true) });
}

function checkStrings(values, name) {
  check.array(values, name);
  for (let i = 0; i < values.length; i++) check.string(values[i], `${name}[${i}]`);
  check.noNulIn(values, name);
}

module.exports = { prefork };
