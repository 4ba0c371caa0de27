'use strict';

// The second way of starting a child (fork, for systems that refuse shared memory between parent and child) and of
// watching it (a thread, for kernels without pidfds) against the same traces of stock as the first.

const path = require('node:path');
const test = require('ava');
const { fresh } = require('./helpers/fresh.js');
const { flatten, differing } = require('./helpers/parity.js');
const { stockOnly } = require('./helpers/subject.js');

const ourTest = stockOnly ? test.skip : test.serial;
const areas = ['spawn', 'streams', 'stdio', 'environment', 'errors', 'kill', 'exec', 'sync', 'context'];

/** Runs every scenario of an area in a fresh process and gives all traces by title. */
const runArea = (area) => `async (cp, tools) => {
  const helpers = tools.path.join(tools.root, '__test__');
  const { runScenario } = tools.require(tools.path.join(helpers, 'helpers/run-scenario.js'));
  const traces = {};
  const out = process.env.PARITY_TRACES;
  // Once a first child is started the choice is made; what the scenarios' children inherit must be the same in all runs.
  await tools.collect(cp.spawn('true'));
  delete process.env.PARITY_TRACES;
  delete process.env.RS_CHILD_PROCESS_MECHANISM;
  for (const scenario of tools.require(tools.path.join(helpers, 'scenarios/${area}.js'))) {
    traces[scenario.title] = await runScenario(scenario, cp);
  }
  await tools.until(() => tools.zombies().length === 0, 'no zombie is left');
  tools.fs.writeFileSync(out, JSON.stringify(traces));
}`;

for (const area of areas) {
  ourTest(`the scenarios of ${area} hold with every mechanism`, async (t) => {
    t.timeout(240_000);
    const fs = require('node:fs');
    const folder = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'rs-child-process-mechanism-'));
    t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
    const traces = async (name, subject, env) => {
      const file = path.join(folder, name);
      const run = await fresh(runArea(area), { subject, env: { ...env, PARITY_TRACES: file }, limit: 200_000 });
      t.is(run.error, undefined, run.stack);
      t.is(run.code, 0, run.stderr);
      return JSON.parse(fs.readFileSync(file, 'utf8'));
    };
    const mechanisms = ['fork', 'thread'];
    const [expected, ...found] = await Promise.all([
      traces('stock', 'stock', {}),
      ...mechanisms.map((mechanism) => traces(mechanism, 'ours', { RS_CHILD_PROCESS_MECHANISM: mechanism })),
    ]);
    for (const [i, mechanism] of mechanisms.entries()) {
      const actual = found[i];
      for (const title of Object.keys(expected)) {
        const [left, right] = differing(flatten(actual[title]), flatten(expected[title]));
        t.deepEqual(left, right, `${mechanism}: ${title}`);
      }
    }
  });
}
