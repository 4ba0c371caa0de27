'use strict';

// Large payloads through shared memory: whatever way their bytes take, the same arrives in the same order, and nothing is left
// behind.

const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const test = require('ava');
const { LARGE } = require('../../lib/channel/codec/internal-messages.js');
const { descriptorCount, until } = require('../helpers/tools.js');
const { MIB, echoed, finish, isLinux, mappings, once, onLinux, same, script, start, warm } = require('./helpers/arena.js');

const filled = (View, bytes) => new View(Uint8Array.from({ length: bytes }, (_, i) => i * 7 % 256).buffer);

test.serial('every kind of large bytes arrives as it was sent, and so does long text', async (t) => {
  const child = start(t);
  await warm(child);
  const views = [Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, BigInt64Array, BigUint64Array, DataView];
  const values = [
    Buffer.from(filled(Uint8Array, 3 * MIB).buffer), ...views.map((View) => filled(View, MIB)), filled(Uint8Array, MIB).buffer,
    filled(Uint8Array, MIB).subarray(3, LARGE + 10), new Float64Array(MIB).fill(1.5),
    { text: 'a'.repeat(MIB), wide: '€\ud800'.repeat(MIB), latin: 'é'.repeat(MIB), list: [filled(Uint8Array, LARGE), Buffer.alloc(LARGE - 1, 3)] },
    new Map([[filled(Uint8Array, LARGE), new Set([Buffer.alloc(2 * LARGE, 5)])]]),
    Array.from({ length: 20000 }, (_, id) => ({ id, name: `row-${id}` })), Object.assign(Object.create({ inherited: 1 }), { bytes: Buffer.alloc(LARGE) }),
  ];
  for (const value of values) same(t, await echoed(child, value), structuredCloneOf(value));
  if (isLinux) t.is(mappings(), 2);
  await finish(child);
});

/** What a channel makes of a value: Buffers stay Buffers, instances become plain. */
function structuredCloneOf(value) {
  return ArrayBuffer.isView(value) || Array.isArray(value) || value instanceof Map || value instanceof ArrayBuffer ? value : { ...value };
}

test.serial('bytes from any place on and of any number arrive, where copies begin to go past the caches', async (t) => {
  const child = start(t);
  await warm(child);
  const bytes = randomBytes(MIB);
  for (const length of [MIB / 2 - 1, MIB / 2, MIB / 2 + 1, MIB / 2 + 127, 700001]) {
    for (const from of [0, 1, 33]) {
      const part = bytes.subarray(from, from + length);
      t.true((await echoed(child, part)).equals(part), `${length} from ${from}`);
    }
  }
  await finish(child);
});

test.serial('a copy has ordinary memory of its own, of exactly its size', async (t) => {
  const child = start(t);
  await warm(child);
  const bytes = await echoed(child, Buffer.alloc(MIB, 9));
  t.is(bytes.buffer.byteLength, MIB);
  const moved = structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  t.is(moved.byteLength, MIB);
  t.is(bytes.byteLength, 0);
  await finish(child);
});

test.serial('long texts in JSON, as a message and inside of one', async (t) => {
  const child = start(t, { serialization: 'json' });
  for (const text of ['x'.repeat(MIB), '"\n'.repeat(MIB), 'é'.repeat(MIB), '€\ud800x'.repeat(MIB), 'y'.repeat(16 * MIB)]) {
    for (let i = 0; i < 2; i++) {
      t.true(await echoed(child, text) === text);
      t.deepEqual(await echoed(child, { list: [text], n: 1 }), { list: [text], n: 1 });
    }
  }
  if (isLinux) t.is(mappings(), 2);
  await finish(child);
});

test.serial('many under way arrive in order, among small ones, also when the memory is full', async (t) => {
  const child = start(t);
  await warm(child);
  const sizes = [MIB, 10, 5 * MIB, LARGE, LARGE - 1, 3 * MIB, 0];
  const count = 70;
  const seen = [];
  const all = new Promise((resolve) => {
    child.on('message', (message) => {
      seen.push(message);
      if (seen.length === count) resolve();
    });
  });
  const order = [];
  for (let i = 0; i < count; i++) child.send(Buffer.alloc(sizes[i % sizes.length], i), (error) => order.push(error ?? i));
  await all;
  seen.forEach((bytes, i) => t.true(bytes.equals(Buffer.alloc(sizes[i % sizes.length], i)), `message ${i}`));
  await until(() => order.length === count, 'all callbacks');
  t.deepEqual(order, Array.from({ length: count }, (_, i) => i));
  await finish(child);
});

test.serial('bytes changed after send() arrive as they were', async (t) => {
  const child = start(t);
  await warm(child);
  const bytes = Buffer.alloc(2 * MIB, 1);
  const answer = once(child, 'message');
  child.send({ bytes });
  bytes.fill(2);
  t.true((await answer).bytes.equals(Buffer.alloc(2 * MIB, 1)));
  await finish(child);
});

test.serial('bytes in shared memory count against send() until they are taken', async (t) => {
  const child = start(t);
  await warm(child);
  child.send({ order: 'hang' });
  t.is(await once(child, 'message'), 'hanging');
  t.false(child.send(Buffer.alloc(MIB)));
  const called = [];
  for (let i = 0; i < 20; i++) child.send(Buffer.alloc(MIB), (error) => called.push(error));
  await sleep(50);
  t.true(called.length < 20, 'a peer that reads nothing is waited for');
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  await until(() => called.length === 20, 'all callbacks');
});

test.serial('what was accepted arrives although the sender exits at once', async (t) => {
  const child = start(t);
  await warm(child);
  const seen = [];
  child.on('message', (message) => seen.push(message));
  child.send({ order: 'exit', size: 5 * MIB });
  await once(child, 'close');
  t.deepEqual(seen.map((bytes) => [bytes.length, bytes[0]]), [[5 * MIB, 1], [5 * MIB, 2]]);
});

onLinux('nothing is left of peers that ended, were killed, or held blocks', async (t) => {
  await finish(start(t));
  await until(() => mappings() === 0, 'the earlier children are gone');
  const before = descriptorCount();
  for (const how of ['finish', 'kill', 'hang']) {
    const child = start(t);
    await warm(child);
    t.is(mappings(), 2);
    const mapped = await echoed(child, { order: 'mappings' });
    t.is(mapped.mappings, 2);
    if (how === 'hang') {
      child.send({ order: 'hang' });
      t.is(await once(child, 'message'), 'hanging');
      child.send(Buffer.alloc(MIB));
    }
    if (how !== 'finish') child.kill('SIGKILL');
    if (how === 'finish') await finish(child);
    else await once(child, 'close');
    await until(() => mappings() === 0 && descriptorCount() <= before, `all is as before after ${how}`);
  }
  t.deepEqual(fs.readdirSync('/dev/shm').filter((name) => name.includes('rs-child-process')), []);
});

onLinux('memory that carries nothing is given up, and made again when it is needed', async (t) => {
  const child = start(t);
  await warm(child);
  t.is(mappings(), 2);
  await until(() => mappings() === 0, 'both directions are given up');
  await warm(child);
  t.is(mappings(), 2);
  await finish(child);
});

test.serial('worker threads have channels with memory of their own', async (t) => {
  const code = `
    const cp = require(${JSON.stringify(require.resolve('../..'))});
    const child = cp.fork(${JSON.stringify(script)}, [], { serialization: 'advanced' });
    let left = 5;
    child.on('message', (bytes) => {
      if (bytes.length !== ${MIB} || bytes[9] !== 7) throw new Error('wrong bytes');
      if (--left > 0) child.send(bytes);
      else child.disconnect();
    });
    child.send(Buffer.alloc(${MIB}, 7));`;
  const before = isLinux ? mappings() : 0;
  await Promise.all([1, 2].map(() => new Promise((resolve, reject) => {
    new Worker(code, { eval: true }).once('error', reject).once('exit', resolve);
  })));
  if (isLinux) t.is(mappings(), before);
  const child = start(t);
  await warm(child);
  child.send({ order: 'worker', size: MIB });
  t.is((await once(child, 'message')).length, MIB);
  const worker = new Worker(`${code}\nchild.once('message', () => setTimeout(() => process.exit(), 1));`, { eval: true });
  await once(worker, 'exit');
  await finish(child);
});
