'use strict';
// Adds running children to process.getActiveResourcesInfo() and process._getActiveHandles(), so that a program which asks
// what keeps it alive sees its children. Node lists only its own handles, and ours are not among them. Both functions are
// wrapped when the first child starts.

const threadState = require('../addon/thread-state');
const {
  arrayFindIndex, arrayMap, arraySlice, flatList, functionCall, objectGetOwnPropertyDescriptor, reflectDefineProperty,
} = require('../node/primordials');

// Node lists timers and immediates after its handles.
const isLast = (name) => name === 'Timeout' || name === 'Immediate';

// The handles that keep the event loop alive, in the order in which their children started.
function holders(running) {
  const holding = [];
  running.forEach((handle) => { if (handle.hasRef()) holding[holding.length] = handle; });
  return holding;
}

// Wraps one of the two functions. If the program has made it unchangeable, or replaced it by something else than a function,
// nothing happens. This must not throw: a child has just been started.
function replace(name, complete) {
  const descriptor = objectGetOwnPropertyDescriptor(process, name);
  const original = descriptor?.value;
  if (typeof original !== 'function' || !descriptor.configurable) return;
  const replacement = { [name]: function() { return complete(functionCall(original, this)); } }[name];
  reflectDefineProperty(process, name, { __proto__: null, ...descriptor, value: replacement });
}

// `ownerOf`: the ChildProcess of a handle.
function listChildren(running, ownerOf) {
  if (threadState.listsChildren) return;
  threadState.listsChildren = true;
  replace('getActiveResourcesInfo', (names) => {
    const end = arrayFindIndex(names, isLast);
    const at = end === -1 ? names.length : end;
    return flatList(arraySlice(names, 0, at), arrayMap(holders(running), () => 'ProcessWrap'), arraySlice(names, at));
  });
  replace('_getActiveHandles', (handles) => flatList(handles, arrayMap(holders(running), ownerOf)));
}

module.exports = { listChildren };
