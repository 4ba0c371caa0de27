'use strict';
// Node's own child_process, captured before anything is patched: the original functions for calls that are handed over,
// and the module object itself, which cluster and others inside Node hold, for register.js to patch in place.

const builtin = require('node:child_process');

const { Symbol, objectAssign } = require('./originals');

const kStock = Symbol.for('rs-child-process.stock');

// With another copy of this package registered, what stands in the module is that copy's.
const functions = builtin.spawn[kStock] ?? objectAssign({ __proto__: null }, builtin);

module.exports = { builtin, functions, kStock };
