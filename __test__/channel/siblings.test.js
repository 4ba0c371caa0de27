'use strict';
// createChannel() between two children: what they say to each other goes by no parent.

const net = require('node:net');
const test = require('ava');
const { once } = require('node:events');
const { siblings } = require('./helpers/siblings.js');

for (const serialization of ['json', 'advanced']) {
  test(`two siblings exchange messages in both directions, in order, in ${serialization} mode`, async (t) => {
    const both = await siblings(t, { channel: { serialization }, fork: { serialization } });
    const counts = await Promise.all(both.map((one) => one.run(async ({ state, tools }) => {
      const count = 20_000;
      let called = 0;
      for (let i = 0; i < count; i++) {
        state.end.send({ i, text: 'é'.repeat(i % 50), list: [i, { deep: true }] }, () => { called++; });
        if (i % 500 === 0) await new Promise(setImmediate);
      }
      await tools.until(() => state.got.length === count && called === count);
      const wrong = state.got.find((m, i) => m.i !== i || m.text !== 'é'.repeat(i % 50) || m.list[0] !== i || m.list[1].deep !== true);
      return [state.got.length, called, wrong ?? 'all right'];
    })));
    t.deepEqual(counts, Array(2).fill([20_000, 20_000, 'all right']));
  });
}

test('an advanced channel carries what structured clone knows, between children that speak JSON with their parent', async (t) => {
  const [left, right] = await siblings(t, { channel: { serialization: 'advanced' } });
  await left.run(({ state }) => { state.end.send({ map: new Map([[1, new Date(5)]]), big: 7n, bytes: Buffer.from('abc') }); });
  t.deepEqual(await right.run(async ({ state, tools }) => {
    await tools.until(() => state.got.length === 1);
    const [{ map, big, bytes }] = state.got;
    return [map.get(1).getTime(), String(big), bytes.toString(), Buffer.isBuffer(bytes)];
  }), [5, '7', 'abc', true]);
});

test('large messages go from sibling to sibling, in both modes and without serialization', async (t) => {
  for (const serialization of ['json', 'advanced']) {
    const [left, right] = await siblings(t, { channel: { serialization } });
    await left.run(({ state }, isText) => {
      state.end.send(isText ? 'é'.repeat(3e6) : Buffer.alloc(6e6, 7));
      state.end.send(Buffer.alloc(5e6, 8), null, { serialize: false });
      state.end.send('small');
    }, { args: [serialization === 'json'] });
    t.deepEqual(await right.run(async ({ state, tools }) => {
      await tools.until(() => state.got.length === 3);
      const [first, second, third] = state.got;
      return [first.length, first[2_999_999], second.length, second.every((byte) => byte === 8), Buffer.isBuffer(second), third];
    }), [serialization === 'json' ? 3e6 : 6e6, serialization === 'json' ? 'é' : 7, 5e6, true, true, 'small']);
  }
});

test('the other sibling is told of a disconnect, behind the last message', async (t) => {
  const [left, right] = await siblings(t);
  await left.run(({ state }) => {
    for (let i = 0; i < 5000; i++) state.end.send(i);
    state.end.disconnect();
  });
  await right.hears(1);
  t.deepEqual(await right.run(({ state }) => [state.got.length, state.got.at(-1), state.end.connected]), [5000, 4999, false]);
  await left.hears(1);
});

test('the other sibling is told of a sibling that was killed, and lives on', async (t) => {
  const [left, right] = await siblings(t);
  await left.run(({ state, report }) => {
    const flood = () => {
      for (let i = 0; i < 100; i++) state.end.send({ i, text: 'x'.repeat(1000) });
      setImmediate(flood);
    };
    flood();
    report('flooding');
  });
  await left.hears(1);
  await left.end('SIGKILL');
  await right.hears(1);
  t.deepEqual(right.said, ['disconnect']);
  const outcome = await right.run(({ state }) => {
    const broken = state.got.findIndex((m, i) => m.i !== i % 100 || m.text.length !== 1000);
    return new Promise((resolve) => { state.end.send(1, (error) => resolve([broken, error.code])); });
  });
  t.deepEqual(outcome, [-1, 'ERR_IPC_CHANNEL_CLOSED']);
});

test('what a sibling sent right before process.exit() arrives', async (t) => {
  const [left, right] = await siblings(t);
  left.run(({ state }) => {
    for (let i = 0; i < 10_000; i++) state.end.send({ i, text: 'x'.repeat(100) });
    process.exit();
  }).catch(() => {});
  await right.hears(1);
  t.is(await right.run(({ state }) => state.got.length), 10_000);
});

test('handles travel between siblings: a socket, a server, another end, shared memory', async (t) => {
  const [left, right] = await siblings(t);
  const port = await left.run(async ({ state, tools }) => {
    const server = tools.require('node:net').createServer((socket) => state.end.send('socket', socket));
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    state.server = server;
    return server.address().port;
  });
  const client = net.connect(port, '127.0.0.1');
  await once(client, 'connect');
  await right.run(async ({ state, tools }) => {
    await tools.until(() => state.extra);
    state.extra.end('from the sibling');
    state.extra = undefined;
  });
  t.is(String((await client.toArray()).join('')), 'from the sibling');
  await left.run(({ state }) => { state.end.send('server', state.server, () => state.server.close()); });
  const same = await right.run(async ({ state, tools }) => {
    await tools.until(() => state.extra);
    const { port: p } = state.extra.address();
    await new Promise((resolve) => { state.extra.close(resolve); });
    state.extra = undefined;
    return p;
  });
  t.is(same, port);
  await left.run(({ state, cp: own }) => {
    const [a, b] = own.createChannel();
    a.on('message', (message) => { state.nested = message; a.disconnect(); });
    state.end.send('end', b);
    state.memory = own.sharedMemory(8);
    state.end.send('memory', state.memory);
  });
  await right.run(async ({ state, tools }) => {
    await tools.until(() => state.got.at(-1) === 'memory');
    Atomics.store(new Int32Array(state.extra.buffer), 1, 77);
  });
  t.is(await left.run(({ state }) => Atomics.load(new Int32Array(state.memory.buffer), 1)), 77);
  // The end came before the memory took its place.
  t.deepEqual(await right.run(({ state }) => state.got), ['socket', 'server', 'end', 'memory']);
});
