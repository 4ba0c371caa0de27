'use strict';
// The package as a module: everything that Node's child_process exports, under the same keys. Where the addon cannot be
// had the functions are Node's own behind a check, and `native` says so. It and what the module has beyond Node's do not enumerate, so that copies and
// comparisons of the module see what they would see of Node's.

// A checkout runs what is in lib/, and an installed package dist/, which is made of it.
const sources = `${__dirname}/lib/addon/module-loader.js`;
const builtin = process.getBuiltinModule ?? require;
const load = builtin('node:fs').existsSync(sources) ? builtin('node:module').createRequire(__filename)(sources) : require('./dist/start.js');

const { binding, reason } = load('lib/addon/native.js');

const api = binding === null ? { ...load('lib/public/without-addon.js') } : { ...load('lib/public/node-api.js') };

const beyond = load('lib/public/extensions.js');

const values = { ...beyond, native: binding !== null, nativeError: reason };
for (const name of Object.keys(values)) Object.defineProperty(api, name, { value: values[name], configurable: true, writable: true });
if (binding !== null) load('lib/node/replaceable-exports.js').add(api);

// Where register has only announced the package in this thread.
load('lib/node/builtin.js').settle();

module.exports = api;
