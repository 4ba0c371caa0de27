'use strict';
// Hands each accepted socket to one of two children: special clients have one to themselves and never wait behind normal
// ones. Who is special is told by the address; the bytes of the conversation are for the child alone.

const net = require('node:net');
const path = require('node:path');
const { fork } = require('rs-child-process');

const children = {
  normal: fork(path.join(__dirname, 'child.js'), ['normal']),
  special: fork(path.join(__dirname, 'child.js'), ['special']),
};

// Paused, so that nothing is read here before the child has the socket.
const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  const priority = socket.remoteAddress === process.env.SPECIAL_ADDRESS ? 'special' : 'normal';
  children[priority].send({ from: socket.remoteAddress }, socket);
});

server.listen(process.env.PORT ?? 8003, '127.0.0.1', () => {
  console.log(`listening on port ${server.address().port}`);
});

process.once('SIGTERM', () => {
  server.close();
  for (const child of Object.values(children)) child.disconnect();
});
