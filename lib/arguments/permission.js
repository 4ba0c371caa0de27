'use strict';
// Under a permission model without child processes Node itself is asked to refuse, so that it does it in its own words.

const stock = require('../node/builtin');
const { withoutOwnFrames } = require('../node/errors');

// Where Node only watches and refuses nothing, this start must fail by itself.
const NOWHERE = '/dev/null/nowhere';

function refuseIfForbidden(file) {
  if (process.permission !== undefined && !process.permission.has('child')) {
    try {
      stock.functions.spawnSync(file, { cwd: NOWHERE });
    } catch (error) {
      throw withoutOwnFrames(error);
    }
  }
}

module.exports = { refuseIfForbidden };
