'use strict';
// The end of the tick in which a port sent something. An answer is mostly sent by the listener that got the question, and that
// tick ends where the listeners have been called: no other one is needed for it, which a process that has just begun, or
// shares its processor with many, notices.

const { nextTick } = require('../node/primordials');

let isRunning = false;
let sent = [];

function endTick(port) {
  port.endTick();
}

// Has `port.endTick()` called when this tick has ended.
function atEndOfTick(port) {
  if (isRunning) sent[sent.length] = port;
  else nextTick(endTick, port);
}

// Before listeners are called, on a tick of its own.
function begin() {
  isRunning = true;
}

// After it. `isWhole`: none of them threw; nothing else may run then before the error is told.
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
