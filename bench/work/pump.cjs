'use strict';
// The sender of every row of messages a second. `burst`: so many at a time, each burst waiting for the write callback of the last one's
// last message, so that no side wins by queueing without bound. Without a burst all go in one loop, and nothing is waited for.

function pump(send, message, n, burst) {
  if (!burst) {
    for (let i = 0; i < n; i++) send(message);
    return;
  }
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
