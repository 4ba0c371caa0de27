'use strict';
// What is staged is written before this process becomes another program. Node tells its diagnostics channel of that; only some of its
// releases run what an addon has registered as well (src/sys/node_exit.rs).

const shared = require('../addon/thread-state');
const { binding } = require('../addon/native');
const { diagnosticsSubscribe } = require('../node/primordials');

// Whoever stages something, once in a thread.
function expectExecve() {
  if (shared.expectsExecve || process.execve === undefined) return;
  shared.expectsExecve = true;
  try {
    diagnosticsSubscribe('process.execve', finish);
  } catch {
    // Node's function uses methods that a program may have replaced by some that throw. Messages go on.
  }
}

function finish() {
  binding.channelsFinish();
}

module.exports = { expectExecve };
