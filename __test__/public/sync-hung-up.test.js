'use strict';
// A child of a sync function that closes its stdin for good while input waits for it: `poll` then says that the other end has hung up, and
// nothing else.

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const test = require('ava');
const { root } = require('../helpers/subject.js');

const ours = require(root);
const hasPerl = spawnSync('perl', ['-v']).status === 0;
// Node has no call that shuts a socket down in both directions.
const perlTest = hasPerl ? test : test.skip;

perlTest('a child that hangs up costs no processor time and is not waited for longer than it lives', (t) => {
  const before = process.cpuUsage();
  const result = ours.spawnSync('perl', [path.join(__dirname, '..', 'fixtures', 'shut-stdin-down.pl'), '1'], { input: Buffer.alloc(4_000_000) });
  const { user, system } = process.cpuUsage(before);
  t.deepEqual([result.status, String(result.stderr)], [0, '']);
  t.true(user + system < 500_000, `${user + system} microseconds of processor time`);
});
