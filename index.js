'use strict';
// The package as a module: everything that Node's child_process exports, under the same keys. Where the addon cannot be
// had the functions are Node's own, and `native` says so. It and what the module has beyond Node's do not enumerate, so that copies and
// comparisons of the module see what they would see of Node's.

const load = require('./lib/load');

const { binding, reason } = load('lib/native.js');

const api = binding === null ? { ...load('lib/stock.js').functions } : { ...load('lib/api.js') };

const beyond = load('lib/beyond.js');

Object.defineProperties(api, {
  createChannel: { value: beyond.createChannel },
  sharedMemory: { value: beyond.sharedMemory },
  native: { value: binding !== null },
  nativeError: { value: reason },
});
if (binding !== null) load('lib/facade.js').add(api);

module.exports = api;
