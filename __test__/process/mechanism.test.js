'use strict';

// The second way of starting a child (fork, for systems that refuse shared memory between parent and child) and of
// watching it (a thread, for kernels without pidfds) against the same traces of stock as the first.

const path = require('node:path');
const test = require('ava');
const { fresh, freshParity, freshValue } = require('../helpers/fresh.js');
const { flatten, differing } = require('../helpers/parity.js');
const { stockOnly } = require('../helpers/subject.js');

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

// --- the fork mechanism's report: a pipe that must not be left open anywhere, or the start waits for ever ---

const manyPlaces = async (cp, tools) => {
  const out = [];
  for (const places of [3, 10, 30, 64, 200]) {
    out.push((await tools.collect(cp.spawn('true', { stdio: Array(places).fill('ignore') }))).code);
    out.push((await tools.collect(cp.spawn('definitely-missing', { stdio: Array(places).fill('ignore') }))).error);
    out.push(cp.spawnSync('sh', ['-c', 'exit 3'], { stdio: Array(places).fill('ignore') }).status);
  }
  return out;
};
const closings = { 'none closed': undefined, '0 to 2 closed': 'exec 0<&- 1>&- 2>&-', '0 and 2 closed': 'exec 0<&- 2>&-', '1 closed': 'exec 1>&-' };
for (const RS_CHILD_PROCESS_MECHANISM of ['fork', 'thread']) {
  for (const [name, shell] of Object.entries(closings)) {
    const title = `children with more places than the lowest free descriptor start (${RS_CHILD_PROCESS_MECHANISM}, ${name})`;
    freshParity(title, manyPlaces, { shell, env: { RS_CHILD_PROCESS_MECHANISM }, limit: 20_000 });
  }

  ourTest(`a number that is not open is refused, whatever gets it meanwhile (${RS_CHILD_PROCESS_MECHANISM})`, async (t) => {
    const value = await freshValue(t, async (cp, tools) => {
      await tools.collect(cp.spawn('true')); // The descriptors of the package itself are there now.
      const open = tools.descriptors();
      const free = Array.from({ length: 100 }, (_, n) => n).filter((n) => !(n in open)).slice(0, 8);
      const codes = new Set();
      for (const n of free) codes.add(cp.spawnSync('sleep', ['1'], { stdio: ['ignore', 'ignore', 'ignore', n] }).error?.code);
      return [...codes];
    }, { env: { RS_CHILD_PROCESS_MECHANISM } });
    t.deepEqual(value, ['EBADF']);
  });
}

ourTest('a start does not wait for the child that another thread forks at the same moment', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const { Worker } = tools.require('node:worker_threads');
    const folder = tools.fs.mkdtempSync(tools.path.join(tools.require('node:os').tmpdir(), 'rs-child-process-lease-'));
    const file = tools.path.join(folder, 'slow');
    tools.fs.writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
    const holder = cp.spawn('python3', [tools.fixture('hold-lease.py'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const worker = new Worker(`const { parentPort, workerData } = require('node:worker_threads');
      const cp = require(${JSON.stringify(tools.root)});
      parentPort.on('message', () => { const start = performance.now(); cp.spawn(workerData).on('exit', () => parentPort.postMessage(performance.now() - start)); });`,
    { eval: true, workerData: file });
    const memory = Buffer.alloc(100 * 1024 * 1024, 1); // So that a fork takes its time.
    const slow = [];
    worker.on('message', (took) => slow.push(took));
    let left = 6;
    holder.stdout.on('data', () => { if (left-- > 0) worker.postMessage('start'); });
    let longest = 0;
    while (slow.length < 6) {
      const start = performance.now();
      const child = cp.spawn('true', { stdio: 'ignore' });
      longest = Math.max(longest, performance.now() - start);
      await tools.once(child, 'exit');
    }
    holder.kill();
    await worker.terminate();
    tools.fs.rmSync(folder, { recursive: true });
    return { slow, longest, memory: memory.length };
  }, { env: { RS_CHILD_PROCESS_MECHANISM: 'fork' } });
  for (const took of value.slow) t.true(took > 900, 'the lease held the child up');
  t.true(value.longest < 900, `${value.longest} ms`);
});
