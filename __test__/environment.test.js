'use strict';

// The environment of a child beside stock.

const test = require('ava');
const { parityOf } = require('./helpers/parity.js');
const { load, stockOnly } = require('./helpers/subject.js');

parityOf(require('./scenarios/environment.js'));

(stockOnly ? test.skip : test.serial)('NODE_V8_COVERAGE is passed on without touching the environment object, be it frozen', (t) => {
  const before = process.env.NODE_V8_COVERAGE;
  process.env.NODE_V8_COVERAGE = '/coverage';
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_V8_COVERAGE;
    else process.env.NODE_V8_COVERAGE = before;
  });
  for (const env of [{ A: 'a' }, Object.freeze({ A: 'a' })]) {
    const { stdout } = load('ours').spawnSync('/usr/bin/env', ['-0'], { env });
    t.is(stdout.toString(), 'A=a\0NODE_V8_COVERAGE=/coverage\0');
    t.deepEqual(env, { A: 'a' });
  }
});
