'use strict';
// Node's own child_process, captured before this package patches anything:
// - `functions`: the original functions, for calls that are passed on to Node;
// - `builtin`: the module object itself. cluster and other parts of Node hold it, so register.js patches it in place;
// - isPlain() and isOwn(): they tell Node's functions and ours from wrappers that other tools have put there.

const builtin = require('node:child_process');

const { withoutOwnFrames } = require('./errors');
const { internalBinding } = require('./internals');
const { Symbol, WeakRef, functionToString, objectAssign, objectDefineProperty, regexpExec } = require('./primordials');

const kStock = Symbol.for('rs-child-process.stock');
// On functions of this package, of any copy. The value is the function itself: a wrapper that copies all properties then
// has a value that is not the wrapper, and is recognised.
const kOwn = Symbol.for('rs-child-process.own');
const kStart = Symbol.for('rs-child-process.start');
// On the placeholder of spawn() in a worker thread that has not started a child yet.
const kSettle = Symbol.for('rs-child-process.settle');

// -> the value of the property `key` on the first function of the module that has it. All are searched, because somebody
// may have wrapped some of them.
function onAny(key) {
  for (const name in builtin) {
    const found = builtin[name]?.[key];
    if (found !== undefined) return found;
  }
  return undefined;
}

// When another copy of this package is registered, the module holds that copy's functions. They carry Node's.
const functions = onAny(kStock) ?? objectAssign({ __proto__: null }, builtin);
// Node's own ChildProcess.prototype.spawn, shared by all copies of this package.
if (functions[kStart] === undefined) objectDefineProperty(functions, kStart, { __proto__: null, value: functions.ChildProcess.prototype.spawn });

// Internal functions of Node that only the functions of its module can call. A source text with one of these names is
// Node's. If a future Node stops using them, its function is taken for a wrapper and stays in place, which does no harm.
const INSIDE = /\b(?:normalize(?:Spawn|Exec|ExecFile)Arg\w*|getValidatedPath|getValidStdio|PipeConstants|FunctionPrototypeCall)\b/;

// Whether this is a function of Node or of a copy of this package, and not a wrapper.
function isPlain(value) {
  return isOwn(value) || (typeof value === 'function' && regexpExec(INSIDE, functionToString(value)) !== null);
}

// Whether it is a function of this package, of any copy.
function isOwn(value) {
  return typeof value === 'function' && value[kOwn] === value;
}

// Marks a function as ours. It also carries Node's functions, for a second copy of this package that is loaded while this
// one is registered.
function markOwn(value) {
  objectDefineProperty(value, kOwn, { __proto__: null, value });
  objectDefineProperty(value, kStock, { __proto__: null, value: functions });
}

// -> a function that returns `value`. A function of another copy of this package is held weakly, because test runners load
// one copy for each of their contexts, and these must be freed. After that the returned function gives `nodes`.
function remember(value, nodes) {
  if (!isOwn(value)) return () => value;
  return givesWhileHeld(new WeakRef(value), nodes);
}

// A function of its own: a closure made inside remember() would also hold `value` strongly.
function givesWhileHeld(held, nodes) {
  return () => held.deref() ?? nodes;
}

const { prototype } = functions.ChildProcess;
// Node's `ChildProcess.prototype.spawn` (or our adopt() in its place) as long as no tool has wrapped it, else undefined.
const unwrapped = { spawn: isPlain(prototype.spawn) ? prototype.spawn : undefined };

let syncBinding;
let ownSyncSpawn;

// -> Node's internal binding of the sync functions if somebody has replaced its `spawn`, else undefined. Coverage tools do
// that to follow children.
function replacedSyncBinding() {
  if (syncBinding === undefined) syncBinding = internalBinding('spawn_sync') ?? null;
  if (syncBinding === null || syncBinding.spawn === ownSyncSpawn) return undefined;
  if (functionToString(syncBinding.spawn) !== 'function spawn() { [native code] }') return syncBinding;
  ownSyncSpawn = syncBinding.spawn;
  return undefined;
}

// A directory that cannot exist. In the audit mode of the permission model Node refuses nothing; the start below must then
// fail because of this directory.
const NOWHERE = '/dev/null/nowhere';

// Throws Node's own error when the permission model forbids child processes: Node itself is asked to start one.
function refuseIfForbidden(file) {
  if (process.permission !== undefined && !process.permission.has('child')) {
    try {
      functions.spawnSync(file, { cwd: NOWHERE });
    } catch (error) {
      throw withoutOwnFrames(error);
    }
  }
}

// In a worker thread `register` first installs placeholders. This replaces them with the real functions.
const settle = () => onAny(kSettle)?.();

module.exports = { builtin, functions, isOwn, isPlain, markOwn, prototype, refuseIfForbidden, remember, replacedSyncBinding, settle, start: functions[kStart], unwrapped };
