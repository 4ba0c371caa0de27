'use strict';
// Node's own child_process, captured before anything is patched: the original functions for calls that are handed over,
// and the module object itself, which cluster and others inside Node hold, for register.js to patch in place. And what
// tells Node's own functions from those by which other tools have wrapped them.

const builtin = require('node:child_process');

const { withoutOwnFrames } = require('./errors');
const { internalBinding } = require('./internals');
const { Symbol, WeakRef, functionToString, objectAssign, objectDefineProperty, regexpExec } = require('./primordials');

const kStock = Symbol.for('rs-child-process.stock');
// On functions of this package, whichever copy made them: the function itself, because wrappers copy properties.
const kOwn = Symbol.for('rs-child-process.own');
const kStart = Symbol.for('rs-child-process.start');
// On what stands for spawn in a worker thread that has not started a child yet.
const kSettle = Symbol.for('rs-child-process.settle');

// -> what has been put under `key` on one of the functions in the module; not on all, where somebody has wrapped some.
function onAny(key) {
  for (const name in builtin) {
    const found = builtin[name]?.[key];
    if (found !== undefined) return found;
  }
  return undefined;
}

// With another copy of this package registered, what stands in the module is that copy's.
const functions = onAny(kStock) ?? objectAssign({ __proto__: null }, builtin);
// Node's own start of a child, for all copies.
if (functions[kStart] === undefined) objectDefineProperty(functions, kStart, { __proto__: null, value: functions.ChildProcess.prototype.spawn });

// What the functions of Node's module call, and nobody outside Node can. A Node in which one of them calls none of these any more
// is no harm: its function is then taken for a wrapper, which stays in place.
const INSIDE = /\b(?:normalize(?:Spawn|Exec|ExecFile)Arg\w*|getValidatedPath|getValidStdio|PipeConstants|FunctionPrototypeCall)\b/;

// Whether nobody but Node, or a copy of this package, has made this function.
function isPlain(value) {
  return isOwn(value) || (typeof value === 'function' && regexpExec(INSIDE, functionToString(value)) !== null);
}

// Whether it is a function of this package, of any copy.
function isOwn(value) {
  return typeof value === 'function' && value[kOwn] === value;
}

// A second copy of this package, loaded while this one is registered, finds Node's own functions on these.
function markOwn(value) {
  objectDefineProperty(value, kOwn, { __proto__: null, value });
  objectDefineProperty(value, kStock, { __proto__: null, value: functions });
}

// A place for what stood in Node's module. What another copy put there is held no longer than others hold it: test runners load a copy
// for each of their contexts. -> gives it, or `nodes` where the other copy is gone.
function remember(value, nodes) {
  if (!isOwn(value)) return () => value;
  return givesWhileHeld(new WeakRef(value), nodes);
}

// By itself, because functions made in one call hold all that one of them needs.
function givesWhileHeld(held, nodes) {
  return () => held.deref() ?? nodes;
}

const { prototype } = functions.ChildProcess;
// What `ChildProcess.prototype.spawn` of Node is while nobody has wrapped it.
const unwrapped = { spawn: isPlain(prototype.spawn) ? prototype.spawn : undefined };

let syncBinding;
let ownSyncSpawn;

// -> the binding of the sync functions where somebody has replaced its `spawn`, by which coverage tools follow children.
function replacedSyncBinding() {
  if (syncBinding === undefined) syncBinding = internalBinding('spawn_sync') ?? null;
  if (syncBinding === null || syncBinding.spawn === ownSyncSpawn) return undefined;
  if (functionToString(syncBinding.spawn) !== 'function spawn() { [native code] }') return syncBinding;
  ownSyncSpawn = syncBinding.spawn;
  return undefined;
}

// Where Node only watches and refuses nothing, this start must fail by itself.
const NOWHERE = '/dev/null/nowhere';

// Under a permission model without child processes Node itself is asked to refuse, so that it does it in its own words.
function refuseIfForbidden(file) {
  if (process.permission !== undefined && !process.permission.has('child')) {
    try {
      functions.spawnSync(file, { cwd: NOWHERE });
    } catch (error) {
      throw withoutOwnFrames(error);
    }
  }
}

// Has the functions of this package put where `register` has only put what stands for them (there, in a worker thread).
const settle = () => onAny(kSettle)?.();

module.exports = { builtin, functions, isOwn, isPlain, markOwn, prototype, refuseIfForbidden, remember, replacedSyncBinding, settle, start: functions[kStart], unwrapped };
