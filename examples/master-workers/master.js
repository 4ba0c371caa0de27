'use strict';
// Opens one port and shares it with a worker for each core. A worker that crashes is replaced, though not without end;
// SIGINT and SIGTERM let every worker finish what it is doing, then everything stops.

const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { fork } = require('rs-child-process');

const RESTARTS_PER_MINUTE = 10;

// While the server is open here this process accepts connections too; it passes them on, each to the next worker.
const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  const [next] = workers;
  workers.delete(next);
  workers.add(next);
  // A worker that has just crashed takes nothing any more.
  next.send('connection', socket, (error) => { if (error) socket.destroy(); });
});
const workers = new Set();
let restarts = [];
let stopping = false;

function startWorker() {
  const worker = fork(path.join(__dirname, 'worker.js'));
  workers.add(worker);
  worker.on('message', (text) => console.log(`worker ${worker.pid}: ${text}`));
  worker.on('error', (error) => console.error(error.message));
  worker.once('exit', (code, signal) => {
    workers.delete(worker);
    if (stopping) {
      if (workers.size === 0) console.log('all workers have ended');
      return;
    }
    console.log(`worker ${worker.pid} crashed (${signal ?? `code ${code}`})`);
    restarts = [...restarts.filter((time) => time > Date.now() - 60_000), Date.now()];
    if (restarts.length <= RESTARTS_PER_MINUTE) {
      startWorker();
    } else {
      console.log('workers crash again and again: giving up');
      process.exitCode = 1;
      stop();
    }
  });
  // The server goes along as the message's handle; this process keeps it too, for workers to come.
  worker.send('serve', server);
}

function stop() {
  if (stopping) return;
  stopping = true;
  server.close();
  for (const worker of workers) worker.disconnect();
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    console.log(`${signal}: stopping ${workers.size} workers`);
    stop();
  });
}

server.listen(process.env.PORT ?? 8001, '127.0.0.1', () => {
  console.log(`listening on port ${server.address().port}`);
  const count = Number(process.env.WORKERS ?? os.availableParallelism());
  for (let i = 0; i < count; i++) startWorker();
});
