'use strict';

// The streams of a child beside stock.

const path = require('node:path');
const test = require('ava');
const { load, stockOnly } = require('../helpers/subject.js');
const { collect } = require('../helpers/tools.js');
const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/streams.js'));

// As much as libuv's socket pair takes at once; beyond that Node's own process.exit() loses what is queued in the child.
for (const size of [60_000, 200_000]) {
  for (const stream of ['stdout', 'stderr']) {
    (stockOnly ? test.skip : test.serial)(`${size} bytes written to ${stream} before process.exit() arrive whole`, async (t) => {
      const fixture = path.join(__dirname, '..', 'fixtures', 'write-then-exit.js');
      const out = await collect(load('ours').spawn(process.execPath, [fixture, String(size), stream]));
      t.is(out[stream].length, size);
      t.is(out.code, 7);
    });
  }
}
