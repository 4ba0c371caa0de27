'use strict';

// Large payloads through shared memory: whatever way their bytes take, the same arrives in the same order, nothing is left
// behind, and a peer that lies about the memory harms only what it was to get itself.

const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const test = require('ava');
const { load } = require('../helpers/subject.js');
const { descriptors, until } = require('../helpers/tools.js');

const cp = load('ours');
const { binding } = require('../../lib/native.js');
const { LARGE } = require('../../lib/ipc/commands.js');

const MIB = 1 << 20;
const script = path.join(__dirname, 'fixtures', 'arena-child.js');
const isLinux = process.platform === 'linux';
const onLinux = isLinux ? test.serial : test.serial.skip; // Nothing is sealed elsewhere: what these look for is not there.

const once = (emitter, event) => new Promise((resolve) => { emitter.once(event, resolve); });
const mappings = () => fs.readFileSync('/proc/self/maps', 'utf8').split('memfd:rs-child-process').length - 1;
const filled = (View, bytes) => new View(Uint8Array.from({ length: bytes }, (_, i) => i * 7 % 256).buffer);

/** Of the same kind, with the same bytes: deepEqual looks at each element, which takes long. */
function same(t, got, sent, message) {
  if (!ArrayBuffer.isView(sent) && !(sent instanceof ArrayBuffer)) {
    t.deepEqual(got, sent, message);
    return;
  }
  const bytes = (value) => Buffer.from(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
  t.is(Object.getPrototypeOf(got), Object.getPrototypeOf(sent), message);
  t.true(bytes(got).equals(bytes(sent)), message);
}

function start(t, { args = [], serialization = 'advanced', ...options } = {}) {
  const child = cp.fork(script, args, { serialization, ...options });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

async function echoed(child, message, options = {}) {
  const answer = once(child, 'message');
  child.send(message, null, options);
  return answer;
}

/** Both directions share memory from here on. */
async function warm(child) {
  for (let i = 0; i < 4; i++) await echoed(child, child.serialization === 'json' ? 'x'.repeat(MIB) : Buffer.alloc(MIB, 1));
}

async function finish(child) {
  const closed = once(child, 'close');
  if (child.connected) child.disconnect();
  await closed;
}

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
  const before = [0, descriptors()];
  for (const how of ['finish', 'kill', 'hang']) {
    const child = start(t);
    await warm(child);
    t.is(mappings() - before[0], 2);
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
    await until(() => mappings() === before[0] && descriptors() <= before[1], `all is as before after ${how}`);
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

for (const serialization of ['json', 'advanced']) {
  test.serial(`serialize: false keeps the kind of bytes of any size (${serialization})`, async (t) => {
    const child = start(t, { serialization, args: ['raw'] });
    const kinds = [Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView];
    // Not waited for: the first are sent before the child has greeted.
    const values = [0, 8, 4096, LARGE, MIB, 3 * MIB].flatMap((size) => [
      Buffer.alloc(size, 7), new ArrayBuffer(size), ...kinds.map((View) => new View(new ArrayBuffer(size))),
    ]);
    if (globalThis.Float16Array !== undefined) values.push(new globalThis.Float16Array(LARGE).fill(1.5));
    const seen = [];
    const all = new Promise((resolve) => {
      child.on('message', (message) => {
        seen.push(message);
        if (seen.length === values.length) resolve();
      });
    });
    for (const value of values) child.send(value, null, { serialize: false });
    await all;
    values.forEach((value, i) => same(t, seen[i], value, `message ${i}`));
    await finish(child);
  });
}

test.serial('serialize: false before the greeting: the bytes of then, in their place', async (t) => {
  const child = start(t);
  const seen = [];
  const both = new Promise((resolve) => {
    child.on('message', (message) => {
      seen.push(message);
      if (seen.length === 3) resolve();
    });
  });
  const bytes = Buffer.alloc(10, 1);
  child.send('first');
  child.send(bytes, null, { serialize: false });
  child.send('last');
  bytes.fill(2);
  await both;
  t.deepEqual(seen, ['first', Buffer.alloc(10, 1), 'last']);
  await finish(child);
});

test.serial('serialize: false is for bytes, alone, between two ends of this package', async (t) => {
  const child = start(t);
  for (const message of ['text', 1, {}, [1], null, new SharedArrayBuffer(8)]) {
    t.throws(() => child.send(message, null, { serialize: false }), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  t.throws(() => child.send('text', { serialize: false }), { code: 'ERR_INVALID_ARG_TYPE' });
  const answer = once(child, 'message');
  await new Promise((resolve, reject) => { child.send(Buffer.alloc(5, 5), { serialize: false }, (error) => error ? reject(error) : resolve()); });
  t.deepEqual(await answer, Buffer.alloc(5, 5));
  const socket = new (require('node:net').Socket)();
  t.throws(() => child.send(Buffer.alloc(1), socket, { serialize: false }), { code: 'ERR_INVALID_ARG_VALUE' });
  await finish(child);
  const plain = start(t, { accelerate: false });
  const error = await new Promise((resolve) => { t.false(plain.send(Buffer.alloc(1), null, { serialize: false }, resolve)); });
  t.is(error.code, 'ERR_IPC_NOT_ACCELERATED');
  plain.send(Buffer.alloc(1), null, { serialize: false });
  t.is((await once(plain, 'error')).code, 'ERR_IPC_NOT_ACCELERATED');
  t.true((await echoed(plain, Buffer.alloc(MIB, 4))).equals(Buffer.alloc(MIB, 4)));
  await finish(plain);
});

test.serial('a peer that lies about blocks gets an error for each lie, and is listened to all the same', async (t) => {
  const child = start(t);
  await warm(child);
  const errors = [];
  child.on('error', (error) => errors.push(error.code));
  const raw = (more) => ({ cmd: 'NODE_RS_RAW', kind: 0, generation: 1, page: 0, length: 10, ...more });
  const lies = [
    raw({ generation: 99 }), raw({ page: 0xffffffff }), raw({ page: -1 }), raw({ page: 1.5 }), raw({ length: 1e9 }), raw({ length: -5 }), raw({ length: 'x' }), raw({ page: 2048 }),
    raw({ page: 2047, length: 8192 }), raw({ kind: 99 }), raw({ kind: 6, length: 10 }), raw({ data: 'AAAA', length: 5 }), raw({ data: 5 }), raw({ page: {} }),
  ];
  const others = [
    { cmd: 'NODE_RS_RELEASE', generation: 1, pages: [0, 1, 2, -1, 1e10, NaN, 'x', null] }, { cmd: 'NODE_RS_RELEASE', generation: 1, pages: 7 }, { cmd: 'NODE_RS_RELEASE' },
    { cmd: 'NODE_RS_ARENA', generation: 5, bytes: 8 * MIB }, { cmd: 'NODE_RS_ARENA', generation: 6, bytes: 2 ** 40 }, { cmd: 'NODE_RS_ARENA', generation: 7, bytes: -1 },
    { cmd: 'NODE_RS_ARENA', generation: {}, bytes: 'x' }, { cmd: 'NODE_RS_ARENA_ANSWER', generation: 9, isMapped: true }, { cmd: 'NODE_RS_ARENA_ANSWER' }, { cmd: 'NODE_RS_CHILD_PROCESS', version: 1 }, { cmd: 'NODE_RS_' },
  ];
  child.send({ order: 'raw', messages: [...lies, ...others, 'end'] });
  t.is(await once(child, 'message'), 'end');
  t.deepEqual(errors, lies.map(() => 'ERR_IPC_MALFORMED_MESSAGE'));
  // The same block over and over: no more is copied in one go than the memory could hold.
  errors.length = 0;
  const heard = [];
  child.on('message', (message) => heard.push(message));
  child.send({ order: 'raw', messages: [...Array.from({ length: 50 }, () => raw({ length: 4 * MIB })), 'end'] });
  await until(() => heard.at(-1) === 'end', 'the end');
  t.true(errors.length > 0);
  await warm(child);
  await finish(child);
});

test.serial('a forged release lets blocks be used again, and nothing else', async (t) => {
  const child = start(t);
  await warm(child);
  child.send({ order: 'raw', messages: Array.from({ length: 50 }, (_, page) => ({ cmd: 'NODE_RS_RELEASE', generation: 1, pages: [page * 256, page] })).concat('end') });
  const seen = [];
  child.on('message', (message) => seen.push(message));
  for (let i = 0; i < 20; i++) child.send(Buffer.alloc(MIB, i));
  await until(() => seen.length === 21, 'every message');
  t.is(seen.filter((message) => message === 'end').length, 1);
  t.true(seen.every((message) => message === 'end' || message.length === MIB));
  await finish(child);
});

onLinux('memory that could be taken away is not mapped', (t) => {
  const ours = new binding.ArenaOut();
  t.is(ours.create(8 * MIB), 0);
  const incoming = new binding.ArenaIn();
  t.true(incoming.open(ours.fd(), 4 * MIB) < 0, 'another size than was said');
  t.true(incoming.open(-1, 8 * MIB) < 0);
  const file = fs.openSync(__filename, 'r');
  t.true(incoming.open(file, fs.statSync(__filename).size) < 0, 'a file');
  fs.closeSync(file);
  t.is(incoming.take(0, 1), undefined);
  t.is(incoming.open(ours.fd(), 8 * MIB), 0);
  t.throws(() => fs.ftruncateSync(ours.fd(), 0), { code: 'EPERM' });
  t.throws(() => fs.writeSync(ours.fd(), 'x'), { code: 'EPERM' });
  t.is(incoming.take(2047, 4097), undefined);
  t.is(incoming.take(0xffffffff, 0xffffffff), undefined);
  t.is(incoming.take(2047, 4096).length, 4096);
  t.is(ours.create(5), -22);
  t.is(ours.put(Buffer.alloc(9 * MIB)), -1);
  ours.close();
  t.is(ours.put(Buffer.alloc(1)), -1);
  t.is(incoming.take(0, 5).length, 5, 'the other mapping stays');
  incoming.close(true);
  t.is(incoming.take(0, 5), undefined);
});
