'use strict';
// Puts this package in the place of Node's child_process, for the program and all that it loads: the functions of the
// builtin's own module object are exchanged, because cluster, node:test and others inside Node hold that very object,
// and the names that ES modules imported are brought up to date. Loading this file registers. Each thread has its own
// modules and registers for itself.

const { syncBuiltinESMExports } = require('node:module');

const load = require('./lib/load');

const facade = load('lib/facade.js');
const stock = load('lib/stock.js');
const { binding } = load('lib/native.js');

const { builtin } = stock;
let registered = false;

// The functions that stood there before, ours by key.
let before;
let ours;

function register() {
  if (registered || binding === null) return;
  registered = true;
  ours = load('lib/api.js');
  before = { ...builtin };
  for (const key of Object.keys(builtin)) builtin[key] = ours[key];
  facade.add(builtin);
  syncBuiltinESMExports();
}

function unregister() {
  if (!registered) return;
  registered = false;
  facade.remove(builtin);
  for (const key of Object.keys(builtin)) {
    // What somebody put over ours since then is theirs to take away.
    if (builtin[key] === ours[key]) builtin[key] = before[key];
  }
  syncBuiltinESMExports();
}

register();

module.exports = { register, unregister };
