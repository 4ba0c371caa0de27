'use strict';

// send(bytes, { serialize: false }): the same kind of bytes arrives, of any size and before the greeting too; anything but
// bytes is refused, and so is a peer that would not understand.

const test = require('ava');
const { LARGE } = require('../../lib/channel/codec/internal-messages.js');
const { MIB, echoed, finish, once, same, start } = require('./helpers/arena.js');

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
