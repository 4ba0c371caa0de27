'use strict';

// cluster, which is part of Node, over our fork: through `register`, loaded before and after cluster was, and with our side in
// the workers too. A program prints what it sees; it must print the same as over Node's own.

const path = require('node:path');
const test = require('ava');
const { execFile } = require('node:child_process');
const { fixtures, wrapper } = require('./helpers/conversation.js');

const program = path.join(fixtures, 'cluster-program.js');
// How each way of loading and each side of the workers is asked for.
const WAYS = [
  { name: 'register before cluster', register: 'before' },
  { name: 'register after cluster', register: 'after' },
  { name: 'register before, our side in the workers', register: 'before', ours: true },
  { name: 'Node\'s own below, our side in the workers', register: 'never', ours: true },
];

function run({ register, ours }, scenario, execArgv = []) {
  const env = { ...process.env };
  const args = [...execArgv];
  if (ours) {
    env.PEER_NODE = process.execPath;
    // What cluster starts its workers with.
    args.unshift('-r', path.join(fixtures, 'fork-by-wrapper.js'));
    env.FORK_BY_WRAPPER = wrapper;
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, program, register, scenario], { env, timeout: 40_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code ?? error.signal : 0, out: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)), stderr });
    });
  });
}

// Between workers there is no order.
const sorted = (run) => ({ code: run.code, out: run.out.map((line) => JSON.stringify(line)) });

for (const scenario of ['round robin', 'shared handles', 'datagrams', 'events', 'restarts', 'sockets by send']) {
  test.serial(`cluster: ${scenario}`, async (t) => {
    t.timeout(220_000);
    const expected = await run({ register: 'never' }, scenario);
    t.is(expected.code, 0, expected.stderr);
    for (const way of WAYS) {
      const actual = await run(way, scenario);
      t.deepEqual(sorted(actual), sorted(expected), `${way.name}\n${actual.stderr}`);
    }
  });
}

test.serial('cluster: the ports of debuggers rise', async (t) => {
  const execArgv = ['--inspect=127.0.0.1:0'];
  const expected = await run({ register: 'never' }, 'debugger ports', execArgv);
  const actual = await run({ register: 'before' }, 'debugger ports', execArgv);
  t.is(expected.out.length, 3, expected.stderr);
  t.deepEqual(sorted(actual), sorted(expected), actual.stderr);
});
