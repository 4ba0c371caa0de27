'use strict';
// The package as a module: everything that Node's child_process exports, under the same keys. Where the addon cannot be
// had the functions are Node's own behind a check, and `native` says so. It and what the module has beyond Node's do not enumerate, so that copies and
// comparisons of the module see what they would see of Node's.

const load = require('./lib/load');

const { binding, reason } = load('lib/native.js');

const api = binding === null ? { ...load('lib/without-addon.js') } : { ...load('lib/api.js') };

const beyond = load('lib/beyond.js');

const values = { ...beyond, native: binding !== null, nativeError: reason };
for (const name of Object.keys(values)) Object.defineProperty(api, name, { value: values[name], configurable: true, writable: true });
if (binding !== null) load('lib/facade.js').add(api);

// Where register has only announced the package in this thread.
load('lib/stock.js').settle();

module.exports = api;
