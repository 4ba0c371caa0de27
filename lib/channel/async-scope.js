'use strict';
// The asynchronous context of a channel. A listener of 'message' sees the same AsyncLocalStorage values and async hooks as the
// code that opened the channel.
// The addon makes an asynchronous context of Node for each channel. In older Nodes that is enough: storages keep their values
// in the resource of the context. Newer Nodes keep them in a separate "context frame", which Node-API does not set. There, if
// the opener had a frame, every call of the channel runs in a Scope (an AsyncResource).

const {
  AsyncResource, arraySome, asyncResourceEmitDestroy, executionAsyncResource, getSymbolDescription, objectGetOwnPropertySymbols,
} = require('../node/primordials');

// Whether this Node keeps the values of storages in resources. `_propagate` is internal to Node, and Nodes with context frames
// do not have it.
function keepsStoragesInResources() {
  try {
    return '_propagate' in require('node:async_hooks').AsyncLocalStorage.prototype;
  } catch {
    // The program has replaced AsyncLocalStorage.
    return false;
  }
}

const livesInResources = keepsStoragesInResources();

// The resource of the addon's context. hasRef() is for tools that list what keeps a process alive: not this object, but the
// Port's `listed`.
class Resource {
  hasRef() {
    return false;
  }
}

class Scope extends AsyncResource {
  constructor() {
    super('RSCHANNEL', { requireManualDestroy: true });
  }

  hasRef() {
    return false;
  }
}

// Whether the resource was made without a context frame. It has its frame under a symbol that is internal to Node.
function hasNoFrame(resource) {
  return arraySome(objectGetOwnPropertySymbols(resource),
    (symbol) => getSymbolDescription(symbol) === 'context_frame' && resource[symbol] === undefined);
}

// -> the scope for the calls of a channel that is opened now, or undefined if the addon's context is enough.
function scopeOfCaller() {
  if (livesInResources) return undefined;
  const scope = new Scope();
  if (!hasNoFrame(scope)) return scope;
  asyncResourceEmitDestroy(scope);
  return undefined;
}

let storagesWereSeen = false;

// Whether the program uses storages. Ask it right after a listener, in the same tick: the listener may have called enterWith().
// Once true, it stays true.
function hasStorages() {
  storagesWereSeen ||= livesInResources
    ? arraySome(objectGetOwnPropertySymbols(executionAsyncResource()), isStorage)
    : scopeOfCaller() !== undefined;
  return storagesWereSeen;
}

// Whether hasStorages() was ever true.
function hadStorages() {
  return storagesWereSeen;
}

function isStorage(symbol) {
  return getSymbolDescription(symbol) === 'kResourceStore';
}

module.exports = { Resource, hadStorages, hasStorages, scopeOfCaller };
