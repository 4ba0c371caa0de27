'use strict';

// The environment of a child beside stock.

const { ChildProcess } = require('node:child_process');
const path = require('node:path');
const test = require('ava');
const { parityOf } = require('../helpers/parity.js');
const { load, root, stockOnly } = require('../helpers/subject.js');
const { collect } = require('../helpers/tools.js');

parityOf(require('../scenarios/environment.js'));

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

const HAND_ON = path.join(__dirname, '..', 'fixtures', 'hand-on-environment.js');

/** What the program prints of its children, born with exactly these entries, and how it ends. */
function handedOn(module, envPairs) {
  const child = new ChildProcess();
  child.spawn({ file: process.execPath, args: ['node', HAND_ON, module], envPairs, stdio: ['ignore', 'pipe', 'pipe'] });
  return collect(child);
}

for (const [title, envPairs] of [
  ['a plain environment', ['B=2', 'A=1', 'Z=3']],
  ['one with repeated, numeric, nameless and foreign entries', ['B=2', 'A=1', 'A=2', '=nameless', '9=1', 'Ž=漢字', '\uFFFD=\uFFFD', 'EMPTY=', 'NOTHING', 'Z=3']],
]) {
  test.serial(`${title} is handed on as by stock, whatever the program does to its own`, async (t) => {
    const expected = await handedOn('node:child_process', envPairs);
    t.is(expected.code, 0);
    t.regex(expected.stdout, /born spawnSync .*A=1/s);
    t.deepEqual(await handedOn(stockOnly ? 'node:child_process' : root, envPairs), expected);
  });
}
