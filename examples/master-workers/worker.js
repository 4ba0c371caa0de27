'use strict';
// Answers HTTP on the server that its master opened. GET /crash shows what happens to a worker with a bug.

const http = require('node:http');

const web = http.createServer((request, response) => {
  response.setHeader('connection', 'close');
  if (request.url === '/crash') setImmediate(() => { throw new Error('a bug'); });
  response.end(`served by ${process.pid}\n`);
});

let shared;

function accept(socket) {
  web.emit('connection', socket);
  socket.resume();
}

process.on('message', (text, handle) => {
  if (text === 'serve') {
    shared = handle;
    shared.on('connection', accept);
    process.send('ready');
  } else if (handle) {
    // A client that has not left on the way here.
    accept(handle);
  }
});

process.on('uncaughtException', (error) => {
  console.error(`worker ${process.pid}: ${error.message}`);
  process.exit(70);
});

// A signal from the terminal reaches the workers as well; it is the master that decides when they stop.
process.on('SIGINT', () => {});

// The master has ended or wants this worker to: take no more, finish what is open.
process.once('disconnect', () => shared?.close());
