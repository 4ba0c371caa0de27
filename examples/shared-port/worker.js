'use strict';
// Greets whoever connects to the server that came from the master, until the master lets go.

const [name] = process.argv.slice(2);

process.once('message', (text, server) => {
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.end(`hello from ${name}\n`);
  });
  process.once('disconnect', () => server.close());
  process.send('serving');
});
