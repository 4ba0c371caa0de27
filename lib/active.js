'use strict';
// Children among the active resources of their process. Node lists its own handles alone, and a child of ours is none, so a
// program that asks what keeps it alive would not be told: what Node's two lists give is completed, from the first child on.

const shared = require('./shared');

// What Node lists behind its handles.
const LAST = new Set(['Timeout', 'Immediate']);

// Handles that hold the loop, in the order of their starts.
function holders(running) {
  return [...running.values()].filter((handle) => handle.hasRef());
}

// Where a program has locked its `process`, or put something of its own there, the list stays as it is: this must not fail,
// for a child has just been started.
function replace(name, complete) {
  const descriptor = Object.getOwnPropertyDescriptor(process, name);
  const original = descriptor?.value;
  if (typeof original !== 'function' || !descriptor.configurable) return;
  const replacement = { [name]: function() { return complete(original.call(this)); } }[name];
  Reflect.defineProperty(process, name, { ...descriptor, value: replacement });
}

// `ownerOf`: the ChildProcess of a handle.
function listChildren(running, ownerOf) {
  if (shared.listsChildren) return;
  shared.listsChildren = true;
  replace('getActiveResourcesInfo', (names) => {
    const end = names.findIndex((name) => LAST.has(name));
    names.splice(end === -1 ? names.length : end, 0, ...holders(running).map(() => 'ProcessWrap'));
    return names;
  });
  replace('_getActiveHandles', (handles) => [...handles, ...holders(running).map(ownerOf)]);
}

module.exports = { listChildren };
