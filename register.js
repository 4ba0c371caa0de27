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
const adoption = () => load('lib/child-process.js');
let registered = false;

// The functions that stood there before, ours by key.
let before;
let ours;

function register() {
  if (registered || binding === null) return;
  registered = true;
  ours = load('lib/api.js');
  before = { ...builtin };
  // Functions that somebody has wrapped stay: the wrapper is to see its calls. What it calls of Node's ends in our start as well.
  for (const key of Object.keys(builtin)) if (stock.isPlain(builtin[key])) builtin[key] = ours[key];
  adoption().beginAdopting();
  facade.add(builtin);
  syncBuiltinESMExports();
}

function unregister() {
  if (!registered) return;
  registered = false;
  facade.remove(builtin);
  adoption().endAdopting();
  for (const key of Object.keys(builtin)) {
    // What somebody put over ours since then is theirs to take away.
    if (builtin[key] === ours[key]) builtin[key] = before[key];
  }
  syncBuiltinESMExports();
}

register();

module.exports = { register, unregister };
