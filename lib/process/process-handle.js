'use strict';
// `child._handle`: the running process behind a ChildProcess, in the shape of Node's own handle (pid, kill, ref, unref,
// hasRef, close, onexit). It is the async resource of the start, so that what the caller's context holds is there again
// in the events of the exit. The addon knows a process by a small number; this file owns the table from it to handles.

const { constants: { errno } } = require('node:os');

const threadState = require('../addon/thread-state');
const { internalBinding } = require('../node/internals');
const { binding } = require('../addon/native');
const { listChildren } = require('./active-resources');
const {
  AsyncResource, OwnMap, Symbol, asyncResourceAsyncId, asyncResourceEmitDestroy, asyncResourceRunInAsyncScope, functionBind, nextTick,
  setImmediate,
} = require('../node/primordials');
const { signalName } = require('../arguments/validate');

// Of the handles of all copies.
const kOwner = threadState.kOwner ??= Symbol('owner_symbol');
const kEnded = threadState.kEnded ??= Symbol('kEnded');

// What an ended child used, in a private field on its object: nobody sees it there, and it goes with the object. A WeakMap
// of all ended children costs the garbage collector more than the children themselves.
class Used extends (function same(child) { return child; }) {
  #usage;

  // The one that a class has by itself asks the iterator of arrays on Node 20.
  constructor(child) {
    super(child);
  }

  static record(child, usage) {
    try {
      if (!(#usage in child)) new Used(child);
    } catch {
      // V8 may refuse private fields on what is sealed. Then they are not kept; the exit must be told all the same.
      return;
    }
    child.#usage = usage;
  }

  static of(child) {
    return #usage in child ? child.#usage : undefined;
  }
}
threadState.Used ??= Used;

// Handles of processes that run. The table is also what keeps their ChildProcess objects alive, as Node does.
const running = threadState.running ??= new OwnMap();

// The rest of the arguments is what the child used, where that is known.
function onExit(id, exitCode, signalNumber, user, system, rss, minor, major, voluntary, involuntary) {
  const handle = running.get(id);
  if (handle === undefined) return;
  running.delete(id);
  // The handle may be of another copy's class.
  const usage = user === undefined ? undefined : [user, system, rss, minor, major, voluntary, involuntary];
  // On a tick: what listeners throw is then Node's to report, as the addon's callback could not.
  nextTick(tellEnd, handle, exitCode, signalNumber === 0 ? '' : signalName(signalNumber), usage);
}

function tellEnd(handle, exitCode, signalCode, usage) {
  handle[kEnded](exitCode, signalCode, usage);
}

// For tools that list what keeps a process alive: not this.
onExit.hasRef = () => false;

// From now on the end of this process is told to `handle`, by its [kEnded]().
function watch(id, handle) {
  if (!threadState.hearsExits) {
    threadState.hearsExits = true;
    binding.onExit(onExit);
    listChildren(running, ownerOf);
  }
  running.set(id, handle);
}

let started;
let bindToParent;

// Who looks at it sees what Node's handle shows: `onexit`, `pid`, the owner, and functions of the same names.
class Process {
  #scope = new AsyncResource('PROCESSWRAP', { requireManualDestroy: true });
  #id = -1;
  #live = false;
  #ref = true;
  #closed = false;
  #endsWithParent = false;
  #hasPipes = false;

  constructor(owner) {
    this[kOwner] = owner;
  }

  static {
    // Takes over a process that was just started; `hasPipes`: see lib/process/stdio.js.
    started = (handle, id, pid, hasPipes) => {
      watch(id, handle);
      handle.#id = id;
      handle.#live = true;
      handle.pid = pid;
      handle.#hasPipes = hasPipes;
      if (hasPipes) threadState.piped++;
      if (!handle.#ref) binding.unref(id);
    };
    // Node's own ChildProcess.prototype.spawn does not hand `killOnParentExit` on.
    bindToParent = (handle) => { handle.#endsWithParent = true; };
  }

  // As Node's own, called by its ChildProcess.prototype.spawn: with all the options, or by newer Nodes with one by one.
  // -> 0, or a negative errno.
  spawn(...given) {
    return require('./process-handle-spawn').spawn(given, this.#endsWithParent, (id, pid) => started(this, id, pid, false));
  }

  [kEnded](exitCode, signalCode, usage) {
    this.#live = false;
    if (usage !== undefined) threadState.Used.record(this[kOwner], usage);
    asyncResourceRunInAsyncScope(this.#scope, this.onexit, this, exitCode, signalCode);
  }

  // `tree`: the child and all its descendants.
  kill(signal, tree = false) {
    if (!this.#live) return -errno.ESRCH;
    return tree ? binding.killTree(this.#id, signal) : binding.kill(this.#id, signal);
  }

  ref() {
    if (this.#closed) return;
    this.#ref = true;
    if (this.#live) binding.ref(this.#id);
  }

  unref() {
    if (this.#closed) return;
    this.#ref = false;
    if (this.#live) binding.unref(this.#id);
  }

  hasRef() {
    return this.#live && this.#ref;
  }

  // After this the process, should it still run, is nobody's business here any more; it is reaped all the same.
  close(callback) {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#hasPipes) threadState.piped--;
    if (this.#live) {
      this.#live = false;
      running.delete(this.#id);
      binding.unref(this.#id);
    }
    asyncResourceEmitDestroy(this.#scope);
    if (typeof callback === 'function') setImmediate(functionBind(callback, this));
  }

  getAsyncId() {
    return asyncResourceAsyncId(this.#scope);
  }

  getProviderType() {
    // Which number that is differs between Nodes, and only a handle of Node's own tells.
    const Own = internalBinding('process_wrap')?.Process;
    return Own && (threadState.providerType ??= new Own().getProviderType());
  }
}

function ownerOf(handle) {
  return handle[kOwner];
}

// Under the names, and in the units, of Node's process.resourceUsage().
function resourceUsage(child) {
  const usage = threadState.Used.of(child);
  if (usage === undefined) return undefined;
  return {
    userCPUTime: usage[0],
    systemCPUTime: usage[1],
    maxRSS: usage[2],
    minorPageFault: usage[3],
    majorPageFault: usage[4],
    voluntaryContextSwitches: usage[5],
    involuntaryContextSwitches: usage[6],
  };
}

module.exports = { Process, bindToParent, kEnded, resourceUsage, started, watch };
