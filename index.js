'use strict';
// The package as a module: everything that Node's child_process exports, under the same keys. Where the addon cannot be
// had the functions are Node's own, and `native` says so. It and what the module has beyond Node's do not enumerate, so that copies and
// comparisons of the module see what they would see of Node's.

const { binding, reason } = require('./lib/native');

const api = binding === null ? { ...require('./lib/stock').functions } : { ...require('./lib/api') };

const beyond = require('./lib/beyond');

Object.defineProperties(api, {
  createChannel: { value: beyond.createChannel },
  sharedMemory: { value: beyond.sharedMemory },
  native: { value: binding !== null },
  nativeError: { value: reason },
});
if (binding !== null) require('./lib/facade').add(api);

module.exports = api;
