'use strict';
// `child._handle`: the running process of a ChildProcess. It has the shape of Node's own handle (pid, kill, ref, unref,
// hasRef, close, onexit). It is also an async resource: the events of the exit run in the async context of the start, so
// AsyncLocalStorage gives the same values. The addon identifies a process by a small number (id); `running` maps ids to
// handles.

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

// Symbols that all copies of this package in this thread share.
const kOwner = threadState.kOwner ??= Symbol('owner_symbol');
const kEnded = threadState.kEnded ??= Symbol('kEnded');

// What an ended child used, in a private field on the child object: invisible to others, and freed with the object. The
// superclass returns `child`, so that the field is added to it. A WeakMap of all ended children would cost the garbage
// collector more than the children themselves.
class Used extends (function same(child) { return child; }) {
  #usage;

  // Written out because the implicit constructor calls Array.prototype[Symbol.iterator] on Node 20.
  constructor(child) {
    super(child);
  }

  static record(child, usage) {
    try {
      if (!(#usage in child)) new Used(child);
    } catch {
      // V8 may refuse a private field on a sealed object. Then the usage is lost, but the exit is still reported.
      return;
    }
    child.#usage = usage;
  }

  static of(child) {
    return #usage in child ? child.#usage : undefined;
  }
}
threadState.Used ??= Used;

// The handles of running processes, by id. As in Node, a running child keeps its ChildProcess object alive: here, by this
// table.
const running = threadState.running ??= new OwnMap();

// Called by the addon when a process has ended. `user` and the arguments after it are what the child used, if that is known.
function onExit(id, exitCode, signalNumber, user, system, rss, minor, major, voluntary, involuntary) {
  const handle = running.get(id);
  if (handle === undefined) return;
  running.delete(id);
  // The handle may be of another copy's class.
  const usage = user === undefined ? undefined : [user, system, rss, minor, major, voluntary, involuntary];
  // On a tick, because Node then reports what a listener throws. A callback of the addon could not.
  nextTick(tellEnd, handle, exitCode, signalNumber === 0 ? '' : signalName(signalNumber), usage);
}

function tellEnd(handle, exitCode, signalCode, usage) {
  handle[kEnded](exitCode, signalCode, usage);
}

// Tools that list what keeps a process alive call hasRef(): this callback does not.
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

// All state of ours is private: the visible properties are those of Node's handle (`onexit`, `pid`, the owner, the methods).
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
    // For spawn() below: Node's own ChildProcess.prototype.spawn does not pass `killOnParentExit` to it.
    bindToParent = (handle) => { handle.#endsWithParent = true; };
  }

  // Called by Node's own ChildProcess.prototype.spawn, with one object of options or (newer Nodes) with one argument for each
  // option. -> 0, or a negative errno.
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

  // Detaches the handle from its process. If the process still runs, its exit is not reported any more, but the addon still
  // waits for it, so that it does not become a zombie.
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
    // The number differs between Node versions. Only a handle of Node itself can tell it.
    const Own = internalBinding('process_wrap')?.Process;
    return Own && (threadState.providerType ??= new Own().getProviderType());
  }
}

function ownerOf(handle) {
  return handle[kOwner];
}

// What an ended child used, with the names and units of process.resourceUsage().
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
