'use strict';

// Thousands of values through the fast form and through V8 as a stock channel uses it: whoever receives them must not be able
// to tell which it was.

const util = require('node:util');
const test = require('ava');
const { FastDecoder, FastEncoder } = require('../../../lib/channel/codec/fast');
const { difference } = require('./helpers/same.js');
const { stockClone } = require('./helpers/stock.js');
const { generator, seed } = require('./helpers/values.js');

const ROUNDS = 40;
const VALUES = 250;

/** @returns the clone, or undefined where it was left to V8; wrapped, for it may be undefined itself. */
function fastClone(encoder, decoder, value, place, limit) {
  const end = encoder.encodeInto(place, 7, limit, value);
  if (end === -2) return undefined;
  const body = end === -1 ? encoder.takeBody() : Buffer.from(place.subarray(7, end));
  // Not at the beginning of its memory, as in a channel; and gone afterwards, as in a channel.
  const arrived = Buffer.concat([Buffer.alloc(3), body, Buffer.alloc(5, 0xff)]);
  const clone = decoder.decode(arrived, 3, 3 + body.length);
  arrived.fill(0xee);
  return { clone };
}

for (let round = 0; round < ROUNDS; round++) {
  test(`what arrives is what V8 would have delivered (seed ${seed + round})`, (t) => {
    const make = generator(seed + round);
    const encoder = new FastEncoder();
    const decoder = new FastDecoder();
    const place = Buffer.alloc(60000);
    let fast = 0;
    for (let i = 0; i < VALUES; i++) {
      const value = make.next();
      let expected;
      let refusal;
      try {
        expected = stockClone(value);
      } catch (error) {
        refusal = error;
      }
      const limit = make.random() < 0.5 ? place.length : 7 + make.upTo(400);
      const result = fastClone(encoder, decoder, value, place, limit);
      if (refusal !== undefined) {
        t.is(result, undefined, `value ${i}: V8 refuses it: ${refusal.message}`);
        continue;
      }
      if (result === undefined) continue;
      fast++;
      const found = difference(result.clone, expected);
      t.is(found, undefined, `value ${i}: ${util.inspect(value, { depth: 4 }).slice(0, 400)}`);
      // Node's own equality finds that no two clones of some values are equal (a NaN among the keys of a Map, a date that is none).
      const isComparable = util.isDeepStrictEqual(stockClone(value), expected);
      t.is(util.isDeepStrictEqual(result.clone, expected), isComparable, `value ${i}`);
    }
    t.true(fast > VALUES / 2, `${fast} of ${VALUES} went the fast way`);
    t.false(encoder.isBusy);
  });
}

