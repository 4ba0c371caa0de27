'use strict';

// The fast form of JSON messages: whoever receives them must not be able to tell that they never were JSON.

const util = require('node:util');
const test = require('ava');
const { FastDecoder, JsonEncoder } = require('../../../lib/channel/codec/fast');
const { difference } = require('./helpers/same.js');
const { generator, seed } = require('./helpers/values.js');

const ROUNDS = 40;
const VALUES = 250;

function fastClone(encoder, decoder, value) {
  const body = encoder.encode(value);
  return body === undefined ? undefined : { clone: decoder.decode(body, 0, body.length) };
}

for (let round = 0; round < ROUNDS; round++) {
  test(`what arrives is what JSON would have made of it (seed ${seed + round})`, (t) => {
    const make = generator(seed + round);
    const encoder = new JsonEncoder();
    const decoder = new FastDecoder();
    let fast = 0;
    for (let i = 0; i < VALUES; i++) {
      // As in a message: what JSON makes of functions and undefined at the top is no message.
      const value = { value: make.next() };
      let expected;
      try {
        expected = JSON.parse(JSON.stringify(value));
      } catch (error) {
        t.is(fastClone(encoder, decoder, value), undefined, `value ${i}: JSON refuses it: ${error.message}`);
        continue;
      }
      const result = fastClone(encoder, decoder, value);
      if (result === undefined) continue;
      fast++;
      t.is(difference(result.clone, expected), undefined, `value ${i}: ${util.inspect(value, { depth: 4 }).slice(0, 400)}`);
      t.is(JSON.stringify(result.clone), JSON.stringify(expected));
    }
    t.true(fast > VALUES / 5, `${fast} of ${VALUES} went the fast way`);
    t.false(encoder.isBusy);
  });
}

class Plain {
  constructor() {
    this.a = 1;
  }

  get b() {
    return 2;
  }
}
Plain.prototype.inherited = 'not told';

const told = {
  'numbers that JSON does not have': [-0, NaN, Infinity, -Infinity, 1e21, 5e-324, 2 ** 53, 0.1 + 0.2],
  'what JSON leaves out': { a: undefined, b() {}, c: Symbol('s'), [Symbol('d')]: 1, e: [undefined, () => {}, Symbol('f')] },
  'an object with nothing left': { a: undefined },
  holes: [, 1, , ],
  'an array with properties': Object.assign([1, 2], { extra: 3 }),
  'a long array with properties': Object.assign(new Array(500).fill(0), { extra: 3 }),
  'a class': new Plain(),
  'no prototype': Object.assign(Object.create(null), { a: 1 }),
  'the same object twice': (() => { const one = { a: [1] }; return [one, one, { one }]; })(),
  'lone surrogates': ['\ud800', 'a\udc00b', '\u2028\u2029', '\0\x07"\\\u007f'],
  'keys of all kinds': JSON.parse('{"b":1,"2":2,"a":3,"1":4,"__proto__":{"x":1},"":5,"constructor":6,"\u00e9":7,"字":8,"toString":9}'),
  'a toJSON that is no function': { toJSON: undefined, a: 1 },
  'hidden properties': Object.defineProperty({ a: 1 }, 'hidden', { value: 2, enumerable: false }),
  'many numbers': Array.from({ length: 1000 }, (_, i) => i * 1.5 - 300),
};

for (const [title, value] of Object.entries(told)) {
  test(`as JSON tells it: ${title}`, (t) => {
    const { clone } = fastClone(new JsonEncoder(), new FastDecoder(), value);
    const expected = JSON.parse(JSON.stringify(value));
    t.is(difference(clone, expected), undefined);
    t.is(JSON.stringify(clone), JSON.stringify(expected));
  });
}

const cycle = {};
cycle.self = cycle;
const deep = JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`);
const left = {
  'a Date': new Date(0),
  'a toJSON': { toJSON: () => 1 },
  'a hidden toJSON': Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 2 }),
  'an inherited toJSON': new (class { toJSON() { return 3; } })(),
  'an array with a toJSON': Object.assign([1], { toJSON: () => 4 }),
  'a bigint': { n: 1n },
  'a cycle': cycle,
  'great depth': deep,
  'a Map': new Map([[1, 2]]),
  'a Buffer': Buffer.from('abc'),
  'a boxed string': new String('boxed'),
  'an Error': new Error('message'),
  'a Proxy': new Proxy({ a: 1 }, {}),
  'a Proxy of an array': new Proxy([1], {}),
  ...(JSON.rawJSON ? { 'raw JSON': JSON.rawJSON('1') } : {}),
};

for (const [title, value] of Object.entries(left)) {
  test(`left to JSON: ${title}`, (t) => {
    const encoder = new JsonEncoder();
    t.is(encoder.encode({ value }), undefined);
    t.false(encoder.isBusy);
    // The next one is told as if nothing had been.
    t.deepEqual(fastClone(encoder, new FastDecoder(), { a: [1] }).clone, { a: [1] });
  });
}

test.serial('what all objects and arrays inherit from a user is left to JSON', (t) => {
  for (const prototype of [Object.prototype, Array.prototype]) {
    Object.defineProperty(prototype, 'toJSON', { value: () => 'tampered', configurable: true });
    try {
      t.is(new JsonEncoder().encode([{ a: 1 }]), undefined);
    } finally {
      delete prototype.toJSON;
    }
  }
});

test('getters run once, and in the order of JSON', (t) => {
  const run = (serialize) => {
    const order = [];
    const value = {
      get a() { order.push('a'); return 1; },
      b: { get c() { order.push('c'); return undefined; } },
      d: [{ get e() { order.push('e'); return null; } }],
    };
    serialize(value);
    return order;
  };
  t.deepEqual(run((value) => new JsonEncoder().encode(value)), run(JSON.stringify));
});
