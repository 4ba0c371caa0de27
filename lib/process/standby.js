'use strict';
// A child that is started ahead, as its parent sees it, until it is handed over or ends. See lib/preload/standby.js for the child's side.

const { closeSync, openSync, readFileSync } = require('node:fs');
const { constants: { signals }, getPriority } = require('node:os');

const { NAME, ROOM, SOCKET: PLACE } = require('../preload/standby');
const { binding } = require('../addon/native');
const { socketOver } = require('../addon/node-handles');
const { IGNORE, SOCKET } = require('./stdio');
const { kEnded, watch } = require('./process-handle');
const { Int32Array, arrayFilter, arrayJoin, bufferToString, hrtime, regexpExec, stringSlice, stringSplit } = require('../node/primordials');

// With room for the command line of any child that it may become.
let padded = NAME;
while (padded.length < ROOM) padded += ' ';

// What a child has of its parent without being told, as the kernel shows it.
const INHERITED = /^(?:Umask|Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp|Cpus_allowed|Mems_allowed):/;

function inherited() {
  const lines = stringSplit(readFileSync('/proc/thread-self/status', 'latin1'), '\n');
  return `${arrayJoin(arrayFilter(lines, (line) => regexpExec(INHERITED, line) !== null), '\n')}\n${getPriority()}`;
}

function workingFolder() {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

function seconds() {
  return hrtime()[0];
}

class Standby {
  #id;
  #pid;
  #fd;
  #socket;
  #tell;
  #since = Infinity;
  #text = '';
  #inherited = inherited();
  // Where it was started.
  folder = workingFolder();

  // `tell.ready()`, `tell.ended(exitCode, signalCode)`.
  constructor(tell) {
    this.#tell = tell;
  }

  // -> 0 or -errno. `line`: what stands in front of the script in its command line, `env`: both joined by NUL.
  start(file, line, env) {
    const taken = openSync('/dev/null', 'r');
    try {
      const io = new Int32Array(PLACE + 3);
      for (let i = 0; i < PLACE; i++) io[i] = i <= 2 ? IGNORE : taken;
      io[PLACE] = SOCKET;
      const pid = binding.spawn(file, `${line}\0${padded}`, env, null, 0, 0, 0, io);
      if (pid < 0) return pid;
      this.#pid = pid;
      this.#fd = io[PLACE];
      this.#id = io[PLACE + 1];
    } finally {
      closeSync(taken);
    }
    binding.unref(this.#id);
    watch(this.#id, this);
    this.#listen();
    return 0;
  }

  #listen() {
    const socket = socketOver(this.#fd, true, false);
    this.#socket = socket;
    socket.unref();
    socket.on('data', (bytes) => {
      this.#text += bufferToString(bytes);
      if (this.#text !== '+') return;
      this.#since = seconds();
      this.#tell.ready();
    });
    // Its end is told by the exit of the child.
    socket.on('error', () => {});
  }

  // As the handles of other children have it.
  [kEnded](exitCode, signalCode) {
    this.#id = -1;
    this.#socket.destroy();
    this.#tell.ended(exitCode, signalCode);
  }

  hasRef() {
    return false;
  }

  // What it said before it gave up, if it did.
  get reason() {
    return stringSlice(this.#text, 1);
  }

  // For how many seconds it has been ready.
  get age() {
    return seconds() - this.#since;
  }

  // Whether a child that is started now would have something else of this process than this one has.
  get isStale() {
    return this.#inherited !== inherited();
  }

  // Makes it the child that `text` describes. -> its pid, or -errno; `io` as after a start.
  handOver(text, folder, flags, io) {
    const failure = binding.standbyHandOver(this.#fd, text, folder, flags, io);
    if (failure < 0) return failure;
    io[io.length - 2] = this.#id;
    binding.ref(this.#id);
    this.#socket.destroy();
    return this.#pid;
  }

  // It leaves by itself if it waits, and is ended if it has not come so far.
  release() {
    this.#socket.destroy();
    if (this.#since === Infinity) binding.kill(this.#id, signals.SIGKILL);
  }
}

module.exports = { PLACES: PLACE, Standby, workingFolder };
