'use strict';
// What the release workflow says, held against the rest of the project: it runs elsewhere, so here it can only be read.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');

const folder = path.join(__dirname, '..', '..');
const workflow = fs.readFileSync(path.join(folder, '.github', 'workflows', 'ci.yml'), 'utf8');
const { napi } = require('../../package.json');

test('every action is named by its commit, which nobody can move to other code', (t) => {
  const actions = [...workflow.matchAll(/uses: (\S+)/g)].map((match) => match[1]);
  t.true(actions.length > 0);
  t.deepEqual(actions.filter((action) => !/^actions\/[\w-]+@[0-9a-f]{40}$/.test(action)), []);
});

test('every target of the package is built', (t) => {
  const targets = [...workflow.matchAll(/^ +- \{ target: (\S+), host: /gm)].map((match) => match[1]);
  t.deepEqual(targets.sort(), [...napi.targets].sort());
});

test('the oldest glibc is the same in the workflow, in the README and where it is checked', async (t) => {
  const { GLIBC } = await import('../../scripts/platforms/run.mjs');
  t.deepEqual([...workflow.matchAll(/glibc: '\.([\d.]+)'/g)].map((match) => match[1]), [GLIBC, GLIBC]);
  t.regex(fs.readFileSync(path.join(folder, 'README.md'), 'utf8'), new RegExp(`glibc ${GLIBC} or newer`));
});
