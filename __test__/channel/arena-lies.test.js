'use strict';

// A peer that lies about the memory it shares, or about ours, harms only what it was to get itself.

const fs = require('node:fs');
const test = require('ava');
const { binding } = require('../../lib/addon/native.js');
const { until } = require('../helpers/tools.js');
const { MIB, finish, once, onLinux, start, warm } = require('./helpers/arena.js');

test.serial('a peer that lies about blocks gets an error for each lie, and is listened to all the same', async (t) => {
  const child = start(t);
  await warm(child);
  const errors = [];
  child.on('error', ({ code, count = 1 }) => errors.push(...Array(count).fill(code)));
  const raw = (more) => ({ cmd: 'NODE_RS_RAW', kind: 0, generation: 1, page: 0, length: 10, ...more });
  const lies = [
    raw({ generation: 99 }), raw({ page: 0xffffffff }), raw({ page: -1 }), raw({ page: 1.5 }), raw({ length: 1e9 }), raw({ length: -5 }), raw({ length: 'x' }), raw({ page: 4096 }),
    raw({ page: 4095, length: 8192 }), raw({ kind: 99 }), raw({ kind: 6, length: 10 }), raw({ data: 'AAAA', length: 5 }), raw({ data: 5 }), raw({ page: {} }),
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
  incoming.close();
  t.is(incoming.take(0, 5), undefined);
});
