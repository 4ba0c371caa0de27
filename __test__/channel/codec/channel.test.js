'use strict';

// The same values through a real channel of stock Node, child to parent: what this Node delivers is the measure, not what
// another file of these tests believes about it.

const path = require('node:path');
const test = require('ava');
const { load } = require('../../helpers/subject.js');
const { FastDecoder, FastEncoder } = require('../../../lib/channel/codec/fast');
const { difference } = require('./helpers/same.js');
const { generator, seed } = require('./helpers/values.js');

const COUNT = 300;

for (let round = 0; round < 3; round++) {
  test(`what a stock channel delivers is what the fast form delivers (seed ${seed + round})`, async (t) => {
    const child = load('stock').fork(path.join(__dirname, 'fixtures/send-values.js'), [String(seed + round), String(COUNT)], {
      serialization: 'advanced', execArgv: [],
    });
    const arrived = [];
    child.on('message', (message) => arrived.push(message));
    await new Promise((resolve) => { child.on('close', resolve); });
    t.is(arrived.length, COUNT);

    const make = generator(seed + round);
    const encoder = new FastEncoder();
    const decoder = new FastDecoder();
    let fast = 0;
    for (let i = 0; i < COUNT; i++) {
      const body = encoder.encode({ value: make.next() });
      if (Object.hasOwn(arrived[i], 'refused')) t.is(body, undefined, arrived[i].refused);
      if (body === undefined) continue;
      fast++;
      t.is(difference(decoder.decode(body, 0, body.length), arrived[i]), undefined, `value ${i}`);
    }
    t.true(fast > COUNT / 2, `${fast} of ${COUNT} went the fast way`);
  });
}
