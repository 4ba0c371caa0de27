'use strict';
// Hands its open port to a detached worker and leaves. The worker becomes an orphan that goes on serving.

const net = require('node:net');
const path = require('node:path');
const { fork } = require('rs-child-process');

const server = net.createServer();

server.listen(process.env.PORT ?? 8005, '127.0.0.1', () => {
  const worker = fork(path.join(__dirname, 'worker.js'), { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  worker.once('message', () => {
    console.log(`port ${server.address().port}, worker ${worker.pid}`);
    // Nothing must keep this process: not the port, not the channel, not the child.
    server.close();
    worker.disconnect();
    worker.unref();
  });
  worker.send('take over', server);
});
