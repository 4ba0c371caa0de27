'use strict';

// Bytes that no encoder made: an Error each time, soon, with little memory, and nothing else.

const { execFileSync } = require('node:child_process');
const path = require('node:path');
const test = require('ava');
const { FastDecoder, FastEncoder } = require('../../../lib/channel/codec/fast');
const { generator, seed } = require('./helpers/values.js');

const lib = path.join(__dirname, '../../../lib/channel/codec/fast');

/** @returns {boolean} whether the bytes are a message; anything thrown has to be an Error. */
function survives(t, decoder, bytes, start = 0, end = bytes.length) {
  try {
    decoder.decode(bytes, start, end);
    return true;
  } catch (error) {
    if (!(error instanceof Error)) t.fail(`thrown: ${String(error)}`);
    return false;
  }
}

test(`random bytes (seed ${seed})`, (t) => {
  const { upTo, random } = generator(seed);
  let decoder = new FastDecoder();
  let refused = 0;
  for (let i = 0; i < 30000; i++) {
    const bytes = Buffer.alloc(1 + upTo(60));
    for (let k = 0; k < bytes.length; k++) bytes[k] = random() < 0.4 ? 0x80 + upTo(32) : upTo(256);
    bytes[0] = 1 + upTo(2);
    if (!survives(t, decoder, bytes)) refused++;
    if (i % 100 === 0) decoder = new FastDecoder();
  }
  t.true(refused > 1000);
});

test(`messages with bytes changed, added and lost (seed ${seed})`, (t) => {
  const make = generator(seed);
  const { upTo } = make;
  const began = process.hrtime.bigint();
  for (let i = 0; i < 1500; i++) {
    const body = new FastEncoder().encode(make.next());
    if (body === undefined || body.length > 5000) continue;
    for (let n = 0; n < 20; n++) {
      let bytes = Buffer.from(body);
      switch (upTo(4)) {
        case 0: bytes = bytes.subarray(0, upTo(bytes.length)); break;
        case 1: bytes = Buffer.concat([bytes, Buffer.from([upTo(256)])]); break;
        default: for (let k = upTo(4); k >= 0; k--) bytes[upTo(bytes.length)] = upTo(256);
      }
      survives(t, new FastDecoder(), bytes);
    }
  }
  t.true(process.hrtime.bigint() - began < 60_000_000_000n);
});

test('every message cut short is refused, and so is one that is too long', (t) => {
  const value = { text: 'x'.repeat(80), wide: '中文', list: [1, -5, 300, 70000, 1.5, null, undefined, true], map: new Map([[1, { a: 2 }]]), big: 2n ** 70n, bytes: Buffer.alloc(9), at: new Date(1), odd: Object.assign([1], { x: 1 }) };
  const body = new FastEncoder().encode(value);
  const longer = Buffer.concat([body, body]);
  for (let end = 0; end < body.length; end++) t.false(survives(t, new FastDecoder(), longer, 0, end), `${end} bytes`);
  t.false(survives(t, new FastDecoder(), longer, 0, body.length + 1));
  t.true(survives(t, new FastDecoder(), longer, 0, body.length));
});

test('counts that the bytes cannot hold cost nothing', (t) => {
  const huge = [0xff, 0xff, 0xff, 0x7f];
  const heads = {
    array: [1, 0x93, ...huge], latin1: [1, 0x88, ...huge], utf16: [1, 0x89, ...huge], map: [1, 0x97, ...huge], set: [1, 0x98, ...huge],
    view: [1, 0x9d, 0, ...huge], buffer: [1, 0x9c, ...huge], keys: [1, 0x91, 0, 0, ...huge], reference: [2, 0x96, ...huge],
    'odd array': [1, 0x94, 0xff, 0xff, 0xff],
  };
  const before = process.memoryUsage();
  for (const [name, head] of Object.entries(heads)) {
    for (let i = 0; i < 2000; i++) t.false(survives(t, new FastDecoder(), Buffer.from([...head, 1, 2, 3])), name);
  }
  const after = process.memoryUsage();
  t.true(after.rss - before.rss < 200e6);
  t.true(after.arrayBuffers - before.arrayBuffers < 50e6);
});

test('depth is an Error, not an overflow of the stack', (t) => {
  const towers = { arrays: [0x92, 1], maps: [0x97, 1, 0, 0, 0], sets: [0x98, 1, 0, 0, 0], boxes: [0x9b], dates: [0x99], shapes: [0x91, 0xff, 0xff, 1, 0, 0, 0, 0x41, 0x61] };
  for (const [name, step] of Object.entries(towers)) {
    const bytes = Buffer.from([1, ...Array.from({ length: 100000 }, () => step).flat(), 0]);
    t.throws(() => new FastDecoder().decode(bytes, 0, bytes.length), { message: 'These bytes are no message' }, name);
  }
  // A shape whose every use is inside the one before.
  const shape = [0x91, 0, 0, 1, 0, 0, 0, 0x41, 0x61];
  const decoder = new FastDecoder();
  for (let i = 0; i < 50; i++) decoder.decode(Buffer.from([1, ...shape, 5]), 0, shape.length + 2);
  const uses = Buffer.from([1, ...Array.from({ length: 100000 }, () => [0x90, 0, 0]).flat(), 0]);
  t.throws(() => decoder.decode(uses, 0, uses.length), { message: 'These bytes are no message' });
});

test('__proto__ is a key of its own, however it comes', (t) => {
  const value = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}');
  const encoder = new FastEncoder();
  const decoder = new FastDecoder();
  for (let i = 0; i < 80; i++) {
    value.self = i % 2 === 0 ? value : 1;
    const body = encoder.encode(value);
    const clone = decoder.decode(body, 0, body.length);
    t.deepEqual(Object.keys(clone), ['__proto__', 'constructor', 'self']);
    t.is(Object.getPrototypeOf(clone), Object.prototype);
    t.is({}.polluted, undefined);
  }
});

test('an odd array cannot set its length', (t) => {
  const bytes = Buffer.from([1, 0x94, 1, 1, 0, 0x46, ...Buffer.from('length'), 0x86, 0xff, 0xff, 0xff, 0x7f]);
  t.false(survives(t, new FastDecoder(), bytes));
  const index = Buffer.from([1, 0x94, 1, 1, 0, 0x4a, ...Buffer.from('4294967294'), 0]);
  t.false(survives(t, new FastDecoder(), index));
});

test('bytes that are reused do not change what was delivered', (t) => {
  const encoder = new FastEncoder();
  const decoder = new FastDecoder();
  const value = { buffer: Buffer.from('abc'), floats: new Float64Array([1.5]), raw: new Uint8Array([1, 2]).buffer, large: Buffer.alloc(20000, 5) };
  const bodies = [encoder.encode(value), encoder.encode(value)];
  const clones = bodies.map((body) => decoder.decode(body, 0, body.length));
  for (const body of bodies) body.fill(0xff);
  for (const clone of clones) t.deepEqual(clone, value);
  clones[0].buffer.fill(0);
  clones[0].floats.fill(0);
  clones[0].large.fill(0);
  t.deepEqual(clones[1], value);
  // Somebody transfers the memory of a small view away, as the receiver may.
  structuredClone(clones[1].floats.buffer, { transfer: [clones[1].floats.buffer] });
  const body = new FastEncoder().encode(value);
  t.deepEqual(new FastDecoder().decode(body, 0, body.length), value);
});

const check = `
  const { FastDecoder, FastEncoder } = require(${JSON.stringify(lib)});
  const encoder = new FastEncoder();
  const decoder = new FastDecoder();
  const value = JSON.parse('{"a": 1, "__proto__": 2, "toString": 3, "b": [{"valueOf": 1}]}');
  let clone;
  for (let i = 0; i < 100; i++) {
    const body = encoder.encode(value);
    clone = decoder.decode(body, 0, body.length);
  }
  console.log(JSON.stringify(clone));`;

for (const flag of ['--disallow-code-generation-from-strings', '--frozen-intrinsics', '--disable-proto=delete', '--disable-proto=throw']) {
  test(`under ${flag}`, (t) => {
    const out = execFileSync(process.execPath, ['--no-warnings', flag, '-e', check], { encoding: 'utf8' });
    t.is(out.trim(), '{"a":1,"__proto__":2,"toString":3,"b":[{"valueOf":1}]}');
  });
}
