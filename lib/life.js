'use strict';
// When a child counts as closed: its own end, every readable stream and the channel each give one mark, and with the last
// one comes 'close'. A room of its own, because the channel marks its end as well.

function closed(child) {
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) {
    child.emit('close', child.exitCode, child.signalCode);
  }
}

module.exports = { closed };
