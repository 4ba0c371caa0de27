'use strict';

// The two implementations under comparison. PARITY_SUBJECT=stock makes "ours" Node's own module as well: a run in that
// mode proves that the scenarios themselves are stable, and may only fail where a test is about what we add.

const path = require('node:path');

const root = path.join(__dirname, '..', '..');

const stockOnly = process.env.PARITY_SUBJECT === 'stock';

/** @param {'stock' | 'ours'} name */
function load(name) {
  return name === 'stock' || stockOnly ? require('node:child_process') : require(root);
}

module.exports = { load, root, stockOnly };
