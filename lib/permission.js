'use strict';
// Under a permission model without child processes Node itself is asked to refuse, so that it does it in its own words.

const stock = require('./stock');

function refuseIfForbidden() {
  if (process.permission !== undefined && !process.permission.has('child')) stock.functions.spawnSync('/');
}

module.exports = { refuseIfForbidden };
