'use strict';

// What a child reads and writes of V8's format without V8's module is what V8 would have read and written.

const { isDeepStrictEqual } = require('node:util');
const v8 = require('node:v8');
const test = require('ava');
const { isPlain, read, write } = require('../../../lib/channel/codec/plain-clone.js');
const { load } = require('../../helpers/subject.js');

const cp = load('ours');

const LENGTH = 4;
const bodyOf = (frame) => frame.subarray(LENGTH);

const primitives = [
  undefined, null, true, false, 0, 1, -1, -0, 63, 64, 127, 128, 16383, 16384, 2 ** 30, -(2 ** 30), 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32, 2 ** 53, 1.5, -1e300, 5e-324,
  NaN, Infinity, -Infinity, '', 'a', 'plain', 'caf\xe9', '\0', '\xff'.repeat(200), 'x'.repeat(4096),
];

test('what is written without V8 is read by V8', (t) => {
  const messages = [
    ...primitives, ...primitives.map((value) => ({ value })), Object.fromEntries(primitives.map((value, at) => [`key${at}`, value])),
    { cmd: 'NODE_X', version: '1.2.3' }, JSON.parse('{"__proto__":1,"constructor":2,"toString":"x"}'), { '': 1 }, { a: 1, 7: 2, [Symbol('x')]: 3 }.a, Object.freeze({ a: 1 }),
    Object.create(Object.prototype, { seen: { value: 1, enumerable: true }, hidden: { value: 2 } }), { get a() { return 5; } },
  ];
  for (const message of messages) {
    const frame = write(message);
    t.not(frame, undefined);
    t.is(frame.readUInt32BE(0), frame.length - LENGTH);
    const got = v8.deserialize(bodyOf(frame));
    t.deepEqual(got, v8.deserialize(v8.serialize(message)));
    if (typeof message === 'object' && message !== null) t.deepEqual(Reflect.ownKeys(got), Object.keys(message));
    // A long body is left to V8, though it was plain.
    t.deepEqual(read(bodyOf(frame)), frame.length - LENGTH <= 4096 ? got : read(Buffer.alloc(0)));
  }
});

test('what is not plain for certain is left to V8', (t) => {
  class Own { a = 1; }
  const others = [
    { a: {} }, { a: [] }, [1], {}, { 0: 'index' }, Object.create(null, { a: { value: 1, enumerable: true } }), new Own(), new Date(0), new Map(), new Proxy({ a: 1 }, {}), 5n, { a: 5n },
    { a: 'x'.repeat(4097) }, '\u0100', { '\u0100': 1 }, Symbol('x'), () => {}, { a() {} }, new Error('x'), Buffer.alloc(1), new Number(1), Object.create({ inherited: 1 }),
  ];
  for (const message of others) t.is(write(message), undefined);
});

test('keys that all objects inherit are left to V8', (t) => {
  Object.prototype.polluted = 1;
  try {
    t.is(write({ a: 1 }), undefined);
  } finally {
    delete Object.prototype.polluted;
  }
  t.not(write({ a: 1 }), undefined);
});

// A small generator of its own, so that a failure can be had again.
function random(seed) {
  let state = seed;
  return (below) => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 8) % below;
  };
}

function anything(next, depth) {
  const kind = next(depth > 3 ? 4 : 9);
  if (kind < 3) return primitives[next(primitives.length)];
  if (kind === 3) return ['\u4e2d\u6587', '\ud800', '\u{1f600}', `odd\u0100`][next(4)];
  if (kind < 6) return Array.from({ length: next(5) }, () => anything(next, depth + 1));
  if (kind === 8 && next(3) === 0) return [new Date(5), new Map([[1, 2]]), [, 1], 7n, Object.assign([1], { x: 1 }), Buffer.from('abc')][next(6)];
  return Object.fromEntries(Array.from({ length: next(5) }, () => [['a', 'b', '0', '-1', '__proto__', 'length', 'key'][next(7)], anything(next, depth + 1)]));
}

test('what is read without V8 is what V8 reads: 4,000 values, whole and with a byte changed', (t) => {
  const next = random(20);
  let plain = 0;
  for (let i = 0; i < 4000; i++) {
    const body = v8.serialize(anything(next, 0));
    for (const bytes of [body, Buffer.from(body), body.subarray(0, next(body.length + 1))]) {
      if (bytes !== body && bytes.length > 2) bytes[2 + next(bytes.length - 2)] = next(256);
      const got = read(bytes);
      if (!isPlain(got)) continue;
      plain++;
      // Throws, and so fails the test, where V8 refuses what was read.
      if (!isDeepStrictEqual(got, v8.deserialize(bytes))) t.fail(bytes.toString('hex'));
    }
  }
  t.true(plain > 3000, `${plain}`);
});

test('a child that says plain things does not load the module v8, and says the others all the same', async (t) => {
  const child = cp.fork(require.resolve('./fixtures/says-what-it-loaded.js'), [], { serialization: 'advanced', execArgv: [] });
  t.teardown(() => child.kill('SIGKILL'));
  const ask = (message) => new Promise((resolve) => {
    child.once('message', resolve);
    child.send(message);
  });
  t.deepEqual(await ask({ question: 'loaded?', nested: [{ a: [1, 'two', null] }] }), { loaded: false, got: '{"question":"loaded?","nested":[{"a":[1,"two",null]}]}' });
  t.deepEqual(await ask('map'), new Map([['a', { b: 1n }]]));
  t.deepEqual(await ask('loaded?'), { loaded: true, got: '"loaded?"' });
  t.deepEqual(await ask(new Map([['loaded?', new Set([1])]])), new Map([['loaded?', new Set([1])]]));
  await new Promise((resolve) => { child.on('disconnect', resolve); });
});
