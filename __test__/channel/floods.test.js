'use strict';

// A peer that sends more than it should: this process goes on turning, says once what it got so many times, and stops
// listening to who goes on.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const v8 = require('node:v8');
const test = require('ava');
const { load } = require('../helpers/subject.js');
const { start, warm } = require('./helpers/arena.js');

const cp = load('ours');

/** Not that of node:events, which an 'error' event rejects. */
const once = (emitter, event) => new Promise((resolve) => { emitter.once(event, (...args) => resolve(args)); });

const BAD = 'ERR_IPC_MALFORMED_MESSAGE';
const CUT = 'ERR_IPC_TOO_MANY_FAULTS';
// Of a turn of the loop. What is measured on a machine that others use as well is mostly theirs.
const LONG = 400;

/** What became of a child, and for how long this process's loop stood still at most. */
async function watch(child) {
  const seen = { messages: 0, last: undefined, errors: [], counts: 0, disconnects: 0 };
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  child.on('message', (message) => {
    seen.messages++;
    seen.last = message;
  });
  child.on('error', ({ code, count = 1 }) => {
    seen.errors.push(code);
    seen.counts += count;
  });
  child.on('disconnect', () => seen.disconnects++);
  const [code, signal] = await once(child, 'close');
  clearInterval(timer);
  return { ...seen, code, signal, longest };
}

/** A child that writes these bytes to its channel so many times, and is not told when nobody listens any more. */
function writer(t, bytes, times, serialization = 'json') {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-flood-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'bytes');
  fs.writeFileSync(file, bytes);
  const script = `eval "exec 9>&$NODE_CHANNEL_FD"; n=0; while [ $n -lt ${times} ]; do cat "$file" >&9 2>/dev/null || exit 7; n=$((n + 1)); done`;
  return cp.spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: { ...process.env, file }, serialization });
}

const framed = (body) => {
  const frame = Buffer.alloc(4 + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, 4);
  return frame;
};
const repeated = (text, count) => Buffer.concat(Array(count).fill(Buffer.from(text)));

const floods = {
  'empty lines': [repeated('\n', 100_000), 'json'],
  'broken lines': [repeated('{"a":\n', 20_000), 'json'],
  'broken lines among good ones': [repeated('1\nx\n', 20_000), 'json'],
  'empty bodies': [repeated(framed(Buffer.alloc(0)), 30_000), 'advanced'],
  'broken bodies': [repeated(framed(v8.serialize({ a: 1 }).subarray(0, 5)), 20_000), 'advanced'],
  'handles without a descriptor': [repeated('{"cmd":"NODE_HANDLE","type":"net.Socket"}\n', 5_000), 'json'],
};
for (const [name, [bytes, serialization]] of Object.entries(floods)) {
  test.serial(`a flood of ${name} is told in a few errors, keeps nobody waiting, and ends the channel`, async (t) => {
    const seen = await watch(writer(t, bytes, 5, serialization));
    t.is(seen.errors.at(-1), CUT);
    t.true(seen.errors.slice(0, -1).every((code) => code === BAD));
    t.true(seen.errors.length <= 20 && seen.counts <= 1_100, `${seen.errors.length} errors for ${seen.counts} faults`);
    t.is(seen.disconnects, 1);
    t.is(seen.code, 7);
    t.true(seen.longest < LONG, `the loop stood still for ${seen.longest} ms`);
  });
}

test.serial('as many broken messages as a careless child may send do not end its channel', async (t) => {
  const seen = await watch(writer(t, Buffer.concat([repeated('x\n', 900), Buffer.from('"end"\n')]), 1));
  t.deepEqual([seen.counts, seen.last, seen.errors.includes(CUT)], [900, 'end', false]);
});

test.serial('good messages without number leave others their turn, and every one arrives', async (t) => {
  for (const [bytes, serialization] of [[repeated('1\n', 500_000), 'json'], [repeated(framed(v8.serialize(1)), 200_000), 'advanced']]) {
    const seen = await watch(writer(t, bytes, 1, serialization));
    t.deepEqual(seen.errors, []);
    t.is(seen.messages, serialization === 'json' ? 500_000 : 200_000);
    t.true(seen.longest < LONG, `the loop stood still for ${seen.longest} ms`);
  }
});

for (const [name, message] of Object.entries({
  'announcements of memory': { cmd: 'NODE_RS_ARENA', generation: 5, bytes: 64 << 20 },
  'commands that nobody knows': { cmd: 'NODE_RS_WHATEVER' },
  'bytes that are not there': { cmd: 'NODE_RS_RAW', kind: 0, generation: 1, page: 0, length: -1 },
})) {
  test.serial(`a flood of ${name} ends the channel`, async (t) => {
    const child = start(t);
    await warm(child);
    child.send({ order: 'raw', messages: Array(5_000).fill(message) });
    const seen = await watch(child);
    t.is(seen.errors.at(-1), CUT);
    t.is(seen.disconnects, 1);
    t.true(seen.longest < LONG, `the loop stood still for ${seen.longest} ms`);
  });
}

test.serial('who does not listen to errors gets a few warnings, and a process that lives', async (t) => {
  const warnings = [];
  const note = ({ code }) => warnings.push(code);
  process.on('warning', note);
  const child = writer(t, repeated('\n', 100_000), 5);
  await once(child, 'close');
  process.removeListener('warning', note);
  t.is(warnings.at(-1), CUT);
  t.true(warnings.length <= 20);
});
