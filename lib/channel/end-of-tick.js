'use strict';
// Calls port.endTick() at the end of a tick in which the port has sent something; the port then writes what is staged.
// Most answers are sent by the listener of the question. The inbox knows when its listeners have returned, so it calls end()
// itself, and no extra nextTick is needed. That saves time in a process that has just started, or on a busy machine.

const { nextTick } = require('../node/primordials');

let isRunning = false;
let sent = [];

function endTick(port) {
  port.endTick();
}

// Calls `port.endTick()` when the listeners of the inbox have returned. If none is running: by nextTick.
function atEndOfTick(port) {
  if (isRunning) sent[sent.length] = port;
  else nextTick(endTick, port);
}

// The inbox begins to call listeners.
function begin() {
  isRunning = true;
}

// The listeners have returned. `isWhole`: none has thrown. If one has, the ports get their call by nextTick, because the error
// must be reported first.
function end(isWhole) {
  isRunning = false;
  if (sent.length === 0) return;
  const ports = sent;
  sent = [];
  let done = 0;
  try {
    while (isWhole && done < ports.length) ports[done++].endTick();
  } finally {
    while (done < ports.length) nextTick(endTick, ports[done++]);
  }
}

module.exports = { atEndOfTick, begin, end };
