'use strict';

// Two ends that answer each other without a pause. Nothing else may suffer from that: whatever the loop waits for is heard, it
// comes to rest when they fall silent, and threads can end in the middle of it.

const fs = require('node:fs/promises');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { setImmediate: turn, setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const test = require('ava');
const { load } = require('../helpers/subject.js');

// One after the other: one of them looks at the processor time of the whole process.

const echo = path.join(__dirname, 'fixtures', 'echo.js');

// Answers every answer until it is stopped. -> how many came, as a function.
function chat(child) {
  let count = 0;
  const answer = (message) => {
    count++;
    child.send(message);
  };
  child.on('message', answer);
  child.send({ text: 'hello' });
  return { count: () => count, stop: () => child.off('message', answer) };
}

async function ended(child) {
  child.disconnect();
  await once(child, 'exit');
}

test.serial('timers, files, sockets and other children are heard while two ends chat', async (t) => {
  const cp = load('ours');
  const child = cp.fork(echo);
  const { count, stop } = chat(child);
  await once(child, 'message');

  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect(server.address().port, '127.0.0.1');
  const parts = {
    async timers() { for (let i = 0; i < 30; i++) await sleep(1); },
    async immediates() { for (let i = 0; i < 300; i++) await turn(); },
    async files() { for (let i = 0; i < 100; i++) await fs.stat(__filename); },
    async sockets() {
      for (let i = 0; i < 100; i++) {
        socket.write('x');
        await once(socket, 'data');
      }
    },
    async children() { for (let i = 0; i < 5; i++) await once(cp.spawn('true'), 'close'); },
  };
  const done = await Promise.all(Object.entries(parts).map(async ([name, part]) => {
    await part();
    return name;
  }));
  t.deepEqual(done, Object.keys(parts));
  const before = count();
  await once(child, 'message');
  t.true(count() > before, 'and the chat went on all the time');

  stop();
  socket.destroy();
  server.close();
  await ended(child);
});

test.serial('a loop whose ends have fallen silent uses no processor', async (t) => {
  const child = load('ours').fork(echo);
  const { count, stop } = chat(child);
  while (count() < 2000) await once(child, 'message');
  stop();
  await once(child, 'message');
  const before = process.cpuUsage();
  await sleep(500);
  const { user, system } = process.cpuUsage(before);
  // Looking all the time would use all of it.
  t.true(user + system < 250_000, `${user + system} us of 500,000`);
  await ended(child);
});

test.serial('a thread can be ended in the middle of a chat', async (t) => {
  const source = `
    const { parentPort, workerData: { index, echo } } = require('node:worker_threads');
    // Its answers find nobody in the end, and it would say so.
    const child = require(index).fork(echo, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    let count = 0;
    child.on('message', (message) => {
      child.send(message);
      if (++count === 200) parentPort.postMessage(child.pid);
    });
    child.send('begin');
  `;
  for (let i = 0; i < 10; i++) {
    const worker = new Worker(source, { eval: true, workerData: { index: path.join(__dirname, '..', '..'), echo } });
    await once(worker, 'message');
    if (i % 2 === 1) await sleep(i);
    t.is(await worker.terminate(), 1);
  }
});
