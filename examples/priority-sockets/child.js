'use strict';
// Serves the sockets that are handed to it.

const [priority] = process.argv.slice(2);

process.on('message', ({ from }, socket) => {
  // The client may have left while its socket was on the way.
  if (!socket) return;
  socket.on('error', () => socket.destroy());
  socket.setEncoding('utf8');
  socket.once('data', (text) => socket.end(`${priority} service for ${from}: ${text.trim().toUpperCase()}\n`));
  socket.resume();
});
