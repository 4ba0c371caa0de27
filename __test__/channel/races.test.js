'use strict';

// What may happen at the same moment, many times over: the outcome varies, the promises do not.

const net = require('node:net');
const path = require('node:path');
const test = require('ava');
const { descriptors, until } = require('../helpers/tools.js');
const { load } = require('../helpers/subject.js');
const { fixtures, side } = require('./helpers/conversation.js');

const cp = load('ours');
const once = (emitter, event) => new Promise((resolve) => { emitter.once(event, (...args) => resolve(args)); });
const count = () => Object.values(descriptors()).filter((what) => !what.includes('eventpoll')).length;

/** Repeats, several at a time, and counts descriptors around it. */
async function repeated(t, times, act) {
  await act(0);
  const before = count();
  let next = 1;
  const lane = async () => {
    while (next < times) await act(next++);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  await until(() => count() <= before, 'descriptors closed', 5_000).catch(() => {});
  t.true(count() <= before, `${before} descriptors before, ${count()} after`);
}

const shell = (script, options) => cp.spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], ...options });

/** The events of a child that must come whatever happens, each once. */
function watched(child) {
  const seen = [];
  for (const event of ['disconnect', 'exit', 'close']) child.on(event, () => seen.push(event));
  child.on('error', (error) => { if (!['EPIPE', 'ECONNRESET', 'ERR_IPC_CHANNEL_CLOSED'].includes(error.code)) seen.push(error.code); });
  return seen;
}

test.serial('a child that dies while it is sent to: 400 times', async (t) => {
  await repeated(t, 400, async (i) => {
    const child = shell('exit 0');
    const seen = watched(child);
    let called = 0;
    let sent = 0;
    const pump = () => {
      if (!child.connected) return;
      sent++;
      child.send({ i, text: 'x'.repeat(i * 50) }, () => { called++; });
      setImmediate(pump);
    };
    pump();
    await once(child, 'close');
    t.deepEqual([...seen].sort(), ['close', 'disconnect', 'exit'], seen.join());
    await until(() => called === sent, 'every callback was called');
  });
});

test.serial('a child killed at a random moment of an exchange: 150 times', async (t) => {
  await repeated(t, 150, async (i) => {
    const child = shell('while :; do printf \'{"text":"%0200d"}\\n\' 1; done >&3', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const seen = watched(child);
    let wrong = 0;
    let received = 0;
    child.on('message', ({ text }) => {
      received++;
      if (text.length !== 200) wrong++;
      if (received === 1 + (i * 7) % 90) child.kill('SIGKILL');
    });
    await once(child, 'close');
    t.is(wrong, 0);
    t.deepEqual(seen, ['disconnect', 'exit', 'close']);
  });
});

test.serial('disconnect by the parent while the child writes and leaves: 200 times', async (t) => {
  await repeated(t, 200, async (i) => {
    const child = shell('printf "1\\n2\\n3\\n" >&3');
    const seen = watched(child);
    let last = 0;
    child.on('message', (message) => {
      if (message !== last + 1) seen.push(`${message} after ${last}`);
      last = message;
      if (message === i % 4 && child.connected) child.disconnect();
    });
    if (i % 4 === 0) child.disconnect();
    await once(child, 'close');
    t.deepEqual([...seen].sort(), ['close', 'disconnect', 'exit'], seen.join());
    if (i % 4 === 0) t.is(last, 0);
  });
});

test.serial('handles to a child that dies: 150 times, and no descriptor is left or closed twice', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Several connect at a time: each must get the other end of its own connection.
  const accepted = new Map();
  server.on('connection', (socket) => { accepted.set(socket.remotePort, socket); });
  const connect = async () => {
    const client = net.connect(server.address().port, '127.0.0.1');
    client.on('error', () => {});
    await once(client, 'connect');
    const { localPort } = client;
    await until(() => accepted.has(localPort), 'the connection is accepted');
    const socket = accepted.get(localPort);
    accepted.delete(localPort);
    return [client, socket];
  };
  await repeated(t, 150, async (i) => {
    const [client, socket] = await connect();
    socket.on('error', () => {});
    const child = shell(i % 2 ? 'exit 0' : 'head -c 20 <&3 >/dev/null');
    const seen = watched(child);
    child.send('server', server, () => {});
    child.send('socket', socket, () => {});
    await once(child, 'close');
    socket.destroy();
    client.destroy();
    t.deepEqual([...seen].sort(), ['close', 'disconnect', 'exit'], seen.join());
  });
  // Had a number been closed that was another's by then, this would not work.
  const [client, socket] = await connect();
  socket.end('alive');
  t.is(String((await once(client, 'data'))[0]), 'alive');
  client.destroy();
  server.close();
});

for (const kind of ['ours', 'preloaded']) {
  test.serial(`what our child side sends before it exits arrives: 30 times, ${kind}`, async (t) => {
    await repeated(t, 30, async (i) => {
      const child = cp.fork(path.join(fixtures, 'send-and-exit.js'), [String(i)], side(kind, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }));
      const seen = watched(child);
      let received = 0;
      child.on('message', (message) => { if (message.n === received) received++; });
      const [code] = await once(child, 'close');
      t.is(received, 1 + i * 30);
      t.is(code, i % 3 === 1 ? 1 : 0);
      t.deepEqual(seen, ['disconnect', 'exit', 'close']);
    });
  });
}
