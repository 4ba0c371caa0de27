'use strict';
// The sender's loop of every throughput row: bursts, each waiting for the write callback of the last one's last message, so that no
// side wins by queueing without bound.

function pump(send, message, n, burst) {
  let sent = 0;
  const next = (error) => {
    if (error) throw error;
    const end = Math.min(sent + burst, n);
    for (; sent < end - 1; sent++) send(message);
    sent++;
    send(message, sent < n ? (failure) => failure ? next(failure) : setImmediate(next) : undefined);
  };
  next();
}

module.exports = { pump };
