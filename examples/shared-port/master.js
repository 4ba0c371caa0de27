'use strict';
// Several workers on one port, without the master: it opens the port, sends the server to each worker and closes its own.
// From then on the kernel hands each connection to whichever worker is quickest.

const net = require('node:net');
const path = require('node:path');
const { fork } = require('rs-child-process');

const server = net.createServer();

server.listen(process.env.PORT ?? 8002, '127.0.0.1', async () => {
  const { port } = server.address();
  const workers = ['one', 'two', 'three'].map((name) => fork(path.join(__dirname, 'worker.js'), [name]));
  for (const worker of workers) worker.send('server', server);
  // What was sent is open in the workers, however soon the master closes its own.
  server.close();
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  process.once('SIGTERM', () => {
    for (const worker of workers) worker.disconnect();
  });
  console.log(`listening on port ${port}`);
});
