'use strict';

// Loads the two implementations that are compared: 'stock' (Node's own module) and 'ours'. The variable PARITY_SUBJECT changes 'ours':
// - stock: it is Node's own module too. This shows that the scenarios are stable; only tests of what this package adds may fail.
// - prefork: fork() takes standbys from a pool while it has some. docs/api.md says what may differ then.

const path = require('node:path');

const root = path.join(__dirname, '..', '..');

const stockOnly = process.env.PARITY_SUBJECT === 'stock';

let ahead;

function withPool(ours) {
  const pool = ours.prefork({ size: 3 });
  return Object.create(ours, { fork: { value: pool.fork.bind(pool), writable: true } });
}

/** @param {'stock' | 'ours'} name */
function load(name) {
  if (name === 'stock' || stockOnly) return require('node:child_process');
  return process.env.PARITY_SUBJECT === 'prefork' ? ahead ??= withPool(require(root)) : require(root);
}

module.exports = { load, root, stockOnly };
