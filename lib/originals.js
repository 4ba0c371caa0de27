'use strict';
// What tests and programs replace by something of their own, as it was when this package was loaded: clocks that stand
// still until told, JSON with other rules. Node's own functions do not look at the global ones either. Loaded before
// anything else of the package, part of which is only loaded when it is needed.

const { clearTimeout, setImmediate, setTimeout } = require('node:timers');

const { parse: fromJson, stringify: toJson } = JSON;
// For what Node does without a tick: telling an exit, sending a message.
const { nextTick } = process;

module.exports = { clearTimeout, fromJson, nextTick, setImmediate, setTimeout, toJson };
