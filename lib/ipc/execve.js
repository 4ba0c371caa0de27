'use strict';
// What is staged is written before this process becomes another program. Node tells its diagnostics channel of that; only some of its
// releases run what an addon has registered as well (src/sys/node_exit.rs).

const { subscribe } = require('node:diagnostics_channel');

const shared = require('../shared');
const { binding } = require('../native');

// Whoever stages something, once in a thread.
function expectExecve() {
  if (shared.expectsExecve || process.execve === undefined) return;
  shared.expectsExecve = true;
  subscribe('process.execve', finish);
}

function finish() {
  binding.channelsFinish();
}

module.exports = { expectExecve };
