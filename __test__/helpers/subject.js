'use strict';

// The two implementations under comparison. PARITY_SUBJECT=stock makes "ours" Node's own module as well: a run in that
// mode proves that the scenarios themselves are stable, and may only fail where a test is about what we add. PARITY_SUBJECT=prefork takes
// children that were started ahead where ours forks, as far as some wait; what may then fail is named in docs/api.md.

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
