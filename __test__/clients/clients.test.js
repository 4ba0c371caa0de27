'use strict';

// Packages that people build on, unmodified: each does its work on Node's own child_process and on this package, which it gets
// by register without knowing.

const path = require('node:path');
const test = require('ava');
const { bothWays, fixtures, root, run } = require('./helpers/both-ways.js');

// Under each step's name its result, as text.
const stepsOf = (stdout) => Object.fromEntries(stdout.trim().split('\n').map((line) => {
  const words = line.split(' ');
  const at = words.findIndex((_, i) => isJson(words.slice(i).join(' ')));
  return [words.slice(0, at).join(' '), words.slice(at).join(' ')];
}));

function isJson(text) {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

bothWays('execa starts, pipes, stops, gathers and talks', ['execa.mjs'], {
  starts: 50,
  check(t, { stdout }) {
    const steps = stepsOf(stdout);
    t.is(steps.lines, '["x","y","z"]');
    t.is(steps.pipe, '"c"');
    t.is(steps['fd 3 piped'], '"three"');
    t.true(JSON.parse(steps.timeout).timedOut);
    t.true(JSON.parse(steps.cancel).isCanceled);
    t.true(JSON.parse(steps['force kill']).isForcefullyTerminated);
    t.is(JSON.parse(steps.missing).code, 'ENOENT');
    t.deepEqual(JSON.parse(steps.ipc), { ready: 'ready', map: '1970-01-01T00:00:00.000Z', big: '5', count: 2 });
    t.is(steps['ipc each'], '[500,0,499]');
    t.deepEqual(JSON.parse(steps['graceful cancel']), { isGracefullyCanceled: true, exitCode: 0, stdout: 'cancelled: please', ipcOutput: ['ready'] });
    t.false(/"thrown":"(TypeError|ReferenceError)"/.test(stdout));
    t.regex(stdout, /^52 steps$/m);
  },
});

bothWays('tinypool runs its tasks in child processes', ['tinypool.mjs'], {
  starts: 12,
  check(t, { stdout }) {
    t.regex(stdout, /^tasks \{"all":\[1,2,3,.*,40\],"runtime":"child_process","completed":40\}$/m);
    t.regex(stdout, /^large \[true,2000000,true\]$/m);
    t.regex(stdout, /^isolated 3$/m);
    t.regex(stdout, /^cancelled \["AbortError",4\]$/m);
    t.regex(stdout, /^channel \[42,\["ask"\]\]$/m);
    t.regex(stdout, /^printed by a worker$/m);
  },
});

bothWays('generic-pool lends out forked workers and open shells', ['generic-pool.js'], {
  starts: 5,
  check(t, { stdout }) {
    t.deepEqual(stdout.trim().split('\n'), [
      Array.from({ length: 30 }, (_, i) => i * i).join(), 'true 0 0', '144', 'HELLO A,HELLO B,HELLO C,HELLO D,HELLO E', '0', '0',
    ]);
  },
});

bothWays('birpc calls in both directions, in both serializations', ['birpc.mjs'], {
  starts: 2,
  check(t, { stdout }) {
    t.deepEqual(stdout.trim().split('\n').map((line) => line.trim()), [
      'json 3', 'true', '42 10', '{}', '{}', '7000', '3 null [birpc] rpc is closed, cannot call',
      'advanced 3', 'true', '42 10', 'as asked', '[birpc] function "missing" not found', '7000', '[object Map] [object Float32Array]',
      '3 null [birpc] rpc is closed, cannot call',
    ]);
  },
});

const ava = path.join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
const project = path.join(fixtures, 'ava-project');

// Without durations, stacks, and the order of files that run side by side.
const results = (text) => text.split('\n').map((line) => line.replace(/ \([\d.]+m?s\)$/, ''))
  .filter((line) => line.trim() !== '' && !/^\s+at /.test(line)).sort().join('\n');

function checkRun(t, { name = 'by NODE_OPTIONS', stdout, stderr }) {
  for (const line of [
    '✔ values › it runs in a child with a channel',
    '✘ [fail]: values › a difference is shown',
    '-       deep: \'one\',',
    '✔ [expected fail] values › a test fails as it should',
    '✔ modules › a forked grandchild has a channel of its own',
    '✘ [fail]: modules › an exception Error thrown in test',
    '✘ crash.test.js exited with a non-zero exit code: 5',
    '2 tests failed',
  ]) t.true(results(stdout).split('\n').some((one) => one.trim() === line), `${name}: ${line}\n${stdout}`);
  t.is(stderr, 'printed by a worker\n');
}

bothWays('ava runs a project in processes', [ava], { cwd: project, code: 1, starts: 3, normal: results, check: checkRun });

test.serial('ava runs a project in processes that all have register by NODE_OPTIONS', async (t) => {
  t.timeout(90_000);
  const env = { NODE_OPTIONS: `--require ${path.join(root, 'register.js')}` };
  const out = await run([ava], { cwd: project, env });
  t.is(out.code, 1, out.stdout);
  checkRun(t, out);
  t.is(out.started.stock, 0);
  t.true(out.started.ours >= 3);
});
