'use strict';
// Children among the active resources of their process. Node lists its own handles alone, and a child of ours is none, so a
// program that asks what keeps it alive would not be told: what Node's two lists give is completed, from the first child on.

const threadState = require('../addon/thread-state');
const {
  arrayFindIndex, arrayMap, arraySlice, flatList, functionCall, objectGetOwnPropertyDescriptor, reflectDefineProperty,
} = require('../node/primordials');

// What Node lists behind its handles.
const isLast = (name) => name === 'Timeout' || name === 'Immediate';

// Handles that hold the loop, in the order of their starts.
function holders(running) {
  const holding = [];
  running.forEach((handle) => { if (handle.hasRef()) holding[holding.length] = handle; });
  return holding;
}

// Where a program has locked its `process`, or put something of its own there, the list stays as it is: this must not fail,
// for a child has just been started.
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
