'use strict';
// An HTTP server by Node's own cluster module, which forks its workers by this package once that is registered. A worker
// that ends unasked is replaced; SIGTERM disconnects them all.

require('rs-child-process/register');
const cluster = require('node:cluster');
const http = require('node:http');

if (cluster.isPrimary) {
  const count = Number(process.env.WORKERS ?? 2);
  for (let i = 0; i < count; i++) cluster.fork();

  let ready = 0;
  cluster.on('listening', (worker, { port }) => {
    ready += 1;
    if (ready === count) console.log(`listening on port ${port}`);
    else if (ready > count) console.log(`worker ${worker.id} took over`);
  });
  cluster.on('exit', (worker, code) => {
    if (worker.exitedAfterDisconnect) return;
    console.log(`worker ${worker.id} ended with code ${code}`);
    cluster.fork();
  });
  process.once('SIGTERM', () => cluster.disconnect(() => console.log('all workers have ended')));
} else {
  http.createServer((request, response) => {
    response.setHeader('connection', 'close');
    response.end(`served by worker ${cluster.worker.id}\n`);
    if (request.url === '/crash') response.once('close', () => process.exit(70));
  }).listen(process.env.PORT ?? 8004, '127.0.0.1');
}
