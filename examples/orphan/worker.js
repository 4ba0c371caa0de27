'use strict';
// Serves on the port of a master that may be gone; tells callers who its parent is now. SIGTERM ends it.

process.once('message', (text, server) => {
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.end(`pid ${process.pid}, parent ${process.ppid}, ${process.connected ? 'with' : 'without'} a master\n`);
  });
  process.send('serving');
});
