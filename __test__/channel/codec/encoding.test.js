'use strict';

// What the encoder leaves to V8, and how it behaves when user code runs in the middle of it.

const test = require('ava');
const vm = require('node:vm');
const { FastDecoder, FastEncoder } = require('../../../lib/channel/codec/fast');
const { difference } = require('./helpers/same.js');
const { stockClone } = require('./helpers/stock.js');

const pair = () => ({ encoder: new FastEncoder(), decoder: new FastDecoder() });
const through = ({ encoder, decoder }, value) => {
  const body = encoder.encode(value);
  return decoder.decode(body, 0, body.length);
};

const deep = (levels) => {
  let value = {};
  for (let i = 0; i < levels; i++) value = { value };
  return value;
};

const left = {
  'a Proxy': new Proxy({ a: 1 }, {}),
  'a Proxy of an array': new Proxy([1], {}),
  'a Proxy of a Date': new Proxy(new Date(), {}),
  'a function': () => {},
  'a symbol': Symbol('s'),
  'a boxed symbol': Object(Symbol('s')),
  'an Error': new TypeError('no'),
  'arguments': (function () { return arguments; })(1, 2), // eslint-disable-line prefer-rest-params
  'empty arguments': (function () { return arguments; })(), // eslint-disable-line prefer-rest-params
  'a SharedArrayBuffer': new SharedArrayBuffer(8),
  'a resizable ArrayBuffer': new ArrayBuffer(8, { maxByteLength: 16 }),
  'a Promise': Promise.resolve(),
  'a WeakMap': new WeakMap(),
  'a generator': (function* () {})(),
  'the iterator of an array': [][Symbol.iterator](),
  'an Intl object': new Intl.NumberFormat(),
  'process.env': process.env,
  'globalThis': globalThis,
  'an object of another realm': vm.runInNewContext('({})'),
  'a Map that lost its prototype': Object.setPrototypeOf(new Map(), Object.prototype),
  'a Promise that lost its prototype': Object.setPrototypeOf(Promise.resolve(), Object.prototype),
  'a subclass of a built-in': new (class extends WeakMap {})(),
  'a deep tree': deep(1000),
  'a large sparse array': Object.assign([], { 1000000: 1 }),
  'a Uint8Array that says it is a Buffer': Object.assign(new Uint8Array(2), { constructor: Buffer }),
  'what only looks like a Map': Object.create(Map.prototype),
  'what only looks like a Date': Object.create(Date.prototype),
  'what only looks like a Buffer': Object.create(Buffer.prototype),
};

for (const [name, value] of Object.entries(left)) {
  test(`${name} is left to V8, alone and inside`, (t) => {
    const both = pair();
    const place = Buffer.alloc(100, 1);
    for (const message of [value, { value }, [1, [value]], new Map([[{ fresh: 1 }, value]]), { first: { fresh: 2 }, value }]) {
      t.is(both.encoder.encodeInto(place, 0, 100, message), -2);
      t.is(both.encoder.encode(message), undefined);
    }
    t.false(both.encoder.isBusy);
    t.is(both.encoder.shapes.next, 0);
    // Shapes that only lost messages had are told again.
    t.deepEqual(through(both, { fresh: 1 }), { fresh: 1 });
    t.deepEqual(through(both, { fresh: 2 }), { fresh: 2 });
  });
}

const done = {
  'a flat object': { id: 1, name: 'x', at: 1.5, ok: true, none: null, missing: undefined },
  'a Date, a Map, a Set, a Buffer and a BigInt': {
    at: new Date(5), map: new Map([['a', { b: 1 }]]), set: new Set([1, 'two']), bytes: Buffer.alloc(1024, 7), big: 12345678901234567890n,
  },
  'views of every kind': [new Uint8Array(3), new Float64Array([1, NaN]), new BigInt64Array(2), new DataView(new ArrayBuffer(5))],
  'a RegExp': /a\/b/giu,
  'boxed primitives': [Object(1), Object('x'), Object(true), Object(1n)],
  'instances of classes': new (class Thing { constructor() { this.a = [1]; } })(),
  'the result of a match': /(b)(?<n>c)/.exec('abcd'),
  'an array with holes': [1, , 3, , ], // eslint-disable-line no-sparse-arrays
  'a very long array': Array.from({ length: 5000 }, (_, i) => i * 1.5),
  'very many keys': Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key ${i}`, i])),
  'indices for keys': { 7: 'a', 1: 'b', x: 1 },
  '__proto__ for a key': JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}'),
  'an empty object': {},
  'an object with a null prototype': Object.assign(Object.create(null), { a: 1 }),
};

for (const [name, value] of Object.entries(done)) {
  test(`${name}: the fast way, many times`, (t) => {
    const both = pair();
    const expected = stockClone(value);
    // Often enough that the reader has a function generated for the shape.
    for (let i = 0; i < 60; i++) t.is(difference(through(both, value), expected), undefined);
  });
}

const ofNode = {
  'a Blob': () => new Blob(['x']),
  'a URL': () => new URL('http://localhost/a?b=c'),
  'Headers': () => new Headers({ a: 'b' }),
  'an EventEmitter': () => new (require('node:events'))(),
  'an EventTarget': () => new EventTarget(),
  'an AbortSignal': () => new AbortController().signal,
  'a MessagePort': () => new MessageChannel().port1,
  'the stats of a file': () => require('node:fs').statSync(__filename),
  'the stats of a file in BigInts': () => require('node:fs').statSync(__filename, { bigint: true }),
  'a directory entry': () => require('node:fs').readdirSync(__dirname, { withFileTypes: true })[0],
  'a key': () => require('node:crypto').createSecretKey(Buffer.alloc(16)),
  'a hash': () => require('node:crypto').createHash('sha256'),
  'a histogram': () => require('node:perf_hooks').createHistogram(),
  'a performance entry': () => performance.mark('x'),
  'a stream': () => require('node:stream').Readable.from([]),
  'a web stream': () => new ReadableStream(),
  'a socket': () => new (require('node:net').Socket)(),
  'a timer': () => { const timer = setTimeout(() => {}, 0); clearTimeout(timer); return timer; },
  'a TextDecoder': () => new TextDecoder(),
  'the usage of memory': () => process.memoryUsage(),
  'versions': () => process.versions,
  'the report of the processors': () => require('node:os').cpus(),
  'a module namespace': () => import('node:path'),
  'a script': () => new vm.Script('1'),
  'a WebAssembly module': () => new WebAssembly.Module(Buffer.from('0061736d01000000', 'hex')),
  'a DOMException': () => new DOMException('x'),
  'globals of a vm': () => vm.createContext({}),
  'search params': () => new URLSearchParams('a=b'),
  'a Float16Array, where there is one': () => globalThis.Float16Array === undefined ? 1 : new globalThis.Float16Array(2),
  'raw JSON, where there is such': () => JSON.rawJSON?.('1') ?? 1,
  'Math': () => Math,
  'a weak reference': () => new WeakRef({}),
};

for (const [name, make] of Object.entries(ofNode)) {
  test(`${name}: exactly or by V8`, async (t) => {
    const value = { it: await make() };
    let expected;
    try {
      expected = stockClone(value);
    } catch {
      t.is(new FastEncoder().encode(value), undefined);
      return;
    }
    const both = pair();
    const body = both.encoder.encode(value);
    if (body === undefined) t.pass('by V8');
    else t.is(difference(both.decoder.decode(body, 0, body.length), expected), undefined);
  });
}

test('cycles and shared references', (t) => {
  const both = pair();
  const shared = { name: 'shared' };
  const value = { shared, list: [shared, shared], map: new Map([[shared, shared]]), date: new Date(1) };
  value.self = value;
  value.list.push(value.list, value.date, value.date);
  for (let i = 0; i < 60; i++) t.is(difference(through(both, value), stockClone(value)), undefined);
  const many = Array.from({ length: 500 }, (_, i) => ({ i }));
  const twice = { many, again: [...many].reverse(), more: { a: many[3], b: many } };
  t.is(difference(through(both, twice), stockClone(twice)), undefined);
  const pairs = Array.from({ length: 20000 }, (_, i) => ({ i })).flatMap((one) => [one, one]);
  t.is(through(both, pairs)[39999].i, 19999);
  const bytes = Buffer.from('abc');
  t.is(difference(through(both, [bytes, bytes]), stockClone([bytes, bytes])), undefined);
});

test('a shape that appears inside an object of the same shape first', (t) => {
  const both = pair();
  const value = { a: { a: { a: 1 } }, b: [{ b: { a: 1 } }] };
  for (let i = 0; i < 3; i++) t.deepEqual(through(both, value), value);
});

test('getters run once, in order, also when the message does not fit', (t) => {
  const { encoder, decoder } = pair();
  for (const limit of [1000, 20, 5, 0]) {
    const calls = [];
    const value = {
      get a() { calls.push('a'); return 'x'.repeat(30); },
      b: { get c() { calls.push('c'); return [1]; } },
      get d() { calls.push('d'); return 2; },
      toJSON() { throw new Error('not JSON'); },
    };
    delete value.toJSON;
    const place = Buffer.alloc(1000);
    const end = encoder.encodeInto(place, 0, limit, value);
    t.is(end === -1, limit < 100);
    const body = end === -1 ? encoder.takeBody() : place.subarray(0, end);
    t.deepEqual(decoder.decode(body, 0, body.length), { a: 'x'.repeat(30), b: { c: [1] }, d: 2 });
    t.deepEqual(calls, ['a', 'c', 'd']);
  }
});

test('what a getter throws comes through, and the next message is whole', (t) => {
  const both = pair();
  const bad = { fresh: { shape: 1 }, get oops() { throw new RangeError('mine'); } };
  t.throws(() => both.encoder.encodeInto(Buffer.alloc(100), 0, 100, bad), { instanceOf: RangeError, message: 'mine' });
  t.throws(() => both.encoder.encode(bad), { message: 'mine' });
  t.false(both.encoder.isBusy);
  t.deepEqual(through(both, { shape: 1 }), { shape: 1 });
});

test('getters that change what surrounds them: as V8 has it', (t) => {
  const makers = {
    'delete a later key': () => ({ get a() { delete this.b; return 1; }, b: 2, c: 3 }),
    'add a key': () => ({ get a() { this.z = 1; return 1; }, b: 2 }),
    'change a later value': () => ({ get a() { this.b = 'changed'; return 1; }, b: 2 }),
    'empty an array': () => { const list = [1, 2, 3]; return { list: [{ get a() { list.length = 0; return 1; } }, list] }; },
    'shorten the array around': () => { const list = [{ get a() { list.length = 2; return 1; } }, 2, 3]; return { list }; },
    'grow the array around': () => { const list = [{ get a() { list.push(9); return 1; } }, 2, 3]; return { list }; },
    'clear the Map around': () => { const map = new Map([[1, { get a() { map.clear(); return 1; } }], [2, 2]]); return { map }; },
    'grow the Set around': () => { const set = new Set([{ get a() { set.add(5); return 1; } }]); return { set }; },
    'of an instance': () => { class A { constructor() { Object.defineProperty(this, 'x', { enumerable: true, get() { delete this.y; return 1; }, configurable: true }); this.y = 2; this.z = 3; } } return new A(); },
  };
  for (const [name, make] of Object.entries(makers)) {
    for (let i = 0; i < 3; i++) t.is(difference(through(pair(), make()), stockClone(make())), undefined, name);
  }
});

test('a getter that sends on the same channel: its message is left to V8 and may have the place', (t) => {
  const { encoder, decoder } = pair();
  const place = Buffer.alloc(1000);
  let inner;
  const value = {
    before: 'text before',
    get a() {
      t.true(encoder.isBusy);
      inner = encoder.encodeInto(place, 10, 1000, { inner: 1 });
      place.fill(0xaa);
      return { shape: 'after' };
    },
    after: 1,
  };
  t.is(encoder.encodeInto(place, 10, 1000, value), -1);
  t.is(inner, -2);
  const body = encoder.takeBody();
  t.is(encoder.takeBody(), undefined);
  t.deepEqual(decoder.decode(body, 0, body.length), { before: 'text before', a: { shape: 'after' }, after: 1 });
  t.deepEqual([...new Set(place)], [0xaa]);
});

test('nothing is written outside the place', (t) => {
  const { encoder } = pair();
  const value = { text: 'é'.repeat(50), list: [1, 2.5, 'x', { wide: '中文' }], bytes: Buffer.alloc(40) };
  for (let limit = 10; limit < 400; limit++) {
    const place = Buffer.alloc(500, 0x55);
    const end = encoder.encodeInto(place, 10, limit, value);
    t.true(end === -1 || end <= limit);
    t.true(place.subarray(limit).every((byte) => byte === 0x55) && place.subarray(0, 10).every((byte) => byte === 0x55));
    encoder.reset();
  }
});

test('the refusal of the channel is thrown at the first function or symbol', (t) => {
  const refused = [];
  const encoder = new FastEncoder((value) => { refused.push(value); throw new Error('refused'); });
  let calls = 0;
  const fn = () => {};
  t.throws(() => encoder.encode({ get a() { return ++calls; }, fn }), { message: 'refused' });
  t.is(calls, 1);
  t.deepEqual(refused, [fn]);
  t.false(encoder.isBusy);
});

test('keys that all objects inherit', (t) => {
  const { encoder } = pair();
  Object.prototype.everywhere = 1;
  try {
    t.is(encoder.encode({ a: 1 }), undefined);
  } finally {
    delete Object.prototype.everywhere;
  }
});

test('more shapes than the table has', (t) => {
  const both = pair();
  for (let i = 0; i < 6000; i++) {
    const value = { [`a${i}`]: 1, [`b${i % 3000}`]: { [`c${i % 7}`]: i } };
    t.deepEqual(through(both, value), value);
  }
  t.true(both.encoder.shapes.nodes < 10000);
  t.true(both.decoder.shapes.length <= 1024);
});

test('after a loss, both ends begin anew', (t) => {
  const both = pair();
  through(both, { a: 1 });
  both.encoder.encode({ lost: 1 });
  both.encoder.reset();
  t.deepEqual(through(both, { lost: 2 }), { lost: 2 });
  t.deepEqual(through(both, { a: 2 }), { a: 2 });
});
