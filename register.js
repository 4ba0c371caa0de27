'use strict';
// Puts this package in the place of Node's child_process, for the program and all that it loads: the functions of the
// builtin's own module object are exchanged, because cluster, node:test and others inside Node hold that very object,
// and the names that ES modules imported are brought up to date. Loading this file registers. Each thread has its own
// modules and registers for itself.
//
// Most worker threads never start a child, and a pool of threads that are bounded in memory would pay for the package in each of them.
// There, until the first start, stand functions that look like Node's and only then load the package; Node's class ChildProcess stays
// until then. All of this is in one file, and asks for few others, because each costs a thread some memory.

const builtin = require('node:child_process');

// To ask for node:module costs a thread as much memory as all that is done here.
const { syncBuiltinESMExports = () => require('node:module').syncBuiltinESMExports() } = module.constructor;
const { apply } = Reflect;
const { defineProperty } = Object;

// A checkout runs what is in lib/, and an installed package dist/, which is made of it.
const sources = `${__dirname}/lib/addon/module-loader.js`;
const getBuiltin = process.getBuiltinModule ?? require;
const isCheckout = getBuiltin('node:fs').existsSync(sources);
const open = () => (isCheckout ? getBuiltin('node:module').createRequire(__filename)(sources) : require('./dist/start.js'));

let registered = false;

// Ends the time of the placeholders, where there are any: registers, or (false) leaves all to Node.
let settle;

// The modules of the package, the functions that stood there before, ours by key.
let replaceable;
let stock;
let adoption;
let before;
let ours;

function register() {
  if (settle !== undefined) return void settle(true);
  const load = open();
  if (registered || load('lib/addon/native.js').binding === null) return;
  stock = load('lib/node/builtin.js');
  replaceable = load('lib/node/replaceable-exports.js');
  adoption = load('lib/public/patched-class.js');
  ours = load('lib/public/node-api.js');
  registered = true;
  before = { __proto__: null };
  for (const key of Object.keys(builtin)) before[key] = stock.remember(builtin[key], stock.functions[key]);
  // Functions that somebody has wrapped stay: the wrapper is to see its calls. What it calls of Node's ends in our start as well.
  for (const key of Object.keys(builtin)) if (stock.isPlain(builtin[key])) builtin[key] = ours[key];
  adoption.beginAdopting();
  replaceable.add(builtin);
  syncBuiltinESMExports();
}

function unregister() {
  settle?.(false);
  if (!registered) return;
  registered = false;
  replaceable.remove(builtin);
  adoption.endAdopting();
  for (const key of Object.keys(builtin)) {
    // What somebody put over ours since then is theirs to take away.
    if (builtin[key] === ours[key]) builtin[key] = before[key]();
  }
  syncBuiltinESMExports();
}

const custom = Symbol.for('nodejs.util.promisify.custom');
const kOwn = Symbol.for('rs-child-process.own');
const kStock = Symbol.for('rs-child-process.stock');
const kSettle = Symbol.for('rs-child-process.settle');

const define = (target, key, value) => defineProperty(target, key, { __proto__: null, value, configurable: true });

function placeholder(original, standing, find) {
  const value = function(...args) {
    settle?.(true);
    return apply(find(), this, args);
  };
  define(value, 'name', original.name);
  define(value, 'length', original.length);
  define(value, kOwn, value);
  // For whoever loads the package itself in this thread.
  define(value, kStock, standing);
  define(value, kSettle, () => settle?.(true));
  return value;
}

function announce() {
  const standing = { __proto__: null, ...builtin };
  const keys = Object.keys(standing).filter((key) => typeof standing[key] === 'function' && key !== 'ChildProcess');
  const own = { __proto__: null };
  // What a placeholder calls: what somebody had wrapped before stays, as in register().
  const real = (key) => (registered && stock.isPlain(standing[key]) ? ours[key] : standing[key]);

  for (const key of keys) {
    const original = standing[key];
    builtin[key] = own[key] = placeholder(original, standing, () => real(key));
    if (original[custom] !== undefined) define(own[key], custom, placeholder(original[custom], standing, () => real(key)[custom]));
  }
  settle = (isWanted) => {
    settle = undefined;
    for (const key of keys) if (builtin[key] === own[key]) builtin[key] = standing[key];
    try {
      if (isWanted) register();
    } catch {
      // Replaced by the program meanwhile is what loads files, say. Node's functions do the work, as they do without an addon.
    }
    syncBuiltinESMExports();
  };
  syncBuiltinESMExports();
}

if (process.chdir.disabled === true) announce();
else register();

module.exports = { register, unregister };
