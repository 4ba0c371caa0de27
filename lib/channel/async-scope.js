'use strict';
// Where the calls of a channel belong to: hooks, storages and traces see behind the listeners of 'message' what its opener
// saw. The addon gives each channel an asynchronous context of Node's, which is all that is needed where storages live in the
// resources of contexts. Newer Nodes keep them in a frame beside, of which Node-API knows nothing; a channel
// whose opener had one needs a scope around every call.

const {
  AsyncResource, arraySome, asyncResourceEmitDestroy, executionAsyncResource, getSymbolDescription, objectGetOwnPropertySymbols,
} = require('../node/primordials');

// Internal to Node, and gone with the frames: without it nothing is assumed.
function findsStorages() {
  try {
    return '_propagate' in require('node:async_hooks').AsyncLocalStorage.prototype;
  } catch {
    // Replaced by something of the program's.
    return false;
  }
}

const livesInResources = findsStorages();

// For tools that list what keeps a process alive: that is a Port's `listed`.
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

// Internal to Node as well: where a resource shows its frame, and shows that there is none.
function hasNoFrame(resource) {
  return arraySome(objectGetOwnPropertySymbols(resource),
    (symbol) => getSymbolDescription(symbol) === 'context_frame' && resource[symbol] === undefined);
}

// -> the scope that calls need, or undefined where the addon's context is enough.
function scopeOfCaller() {
  if (livesInResources) return undefined;
  const scope = new Scope();
  if (!hasNoFrame(scope)) return scope;
  asyncResourceEmitDestroy(scope);
  return undefined;
}

let storagesWereSeen = false;

// Whether there are storages, in which a listener may have left something by `enterWith`: right after it, and on its tick.
function hasStorages() {
  storagesWereSeen ||= livesInResources
    ? arraySome(objectGetOwnPropertySymbols(executionAsyncResource()), isStorage)
    : scopeOfCaller() !== undefined;
  return storagesWereSeen;
}

// Whether that was ever so.
function hadStorages() {
  return storagesWereSeen;
}

function isStorage(symbol) {
  return getSymbolDescription(symbol) === 'kResourceStore';
}

module.exports = { Resource, hadStorages, hasStorages, scopeOfCaller };
