'use strict';

// The servers of examples/: who serves a request, what a crash of a worker does, and how they stop.

const test = require('ava');
const { setTimeout: sleep } = require('node:timers/promises');
const { get, isRefused, run, talk } = require('./helpers/program.js');
const { alive, until } = require('../helpers/tools.js');

for (const env of [{}, ...process.platform === 'linux' ? [{ AHEAD: '2' }] : []]) test.serial(`compute-server forks for each request, outlives a failed computation, and gives up one that nobody waits for ${JSON.stringify(env)}`, async (t) => {
  const program = run(t, ['compute-server/server.js'], { env });
  const port = await program.port();

  const impatient = new AbortController();
  const left = get(port, '/primes?below=300000000', { signal: impatient.signal });
  const answers = await Promise.all([
    get(port, '/primes?below=100'),
    get(port, '/primes?below=100000'),
    get(port, '/primes?below=-1'),
    get(port, '/'),
  ]);
  t.deepEqual(answers, [
    { status: 200, body: '25 primes below 100\n' },
    { status: 200, body: '9592 primes below 100000\n' },
    { status: 500, body: 'the computation failed with code 1\n' },
    { status: 200, body: 'ready\n' },
  ]);
  t.regex(program.stderr, /the bound must be a whole number/);

  impatient.abort();
  await t.throwsAsync(left, { name: 'AbortError' });
  await program.line(/^a computation was given up \(SIGTERM\)$/);
});

test.serial('master-workers shares a port, replaces the worker that crashes and stops on a signal', async (t) => {
  const program = run(t, ['master-workers/master.js'], { env: { WORKERS: '3' } });
  const port = await program.port();
  const pids = [];
  for (let i = 0; i < 3; i++) pids.push(Number((await program.line(/^worker (\d+): ready$/))[1]));
  t.is(new Set(pids).size, 3);

  for (let i = 0; i < 20; i++) {
    const [, pid] = /^served by (\d+)\n$/.exec((await get(port)).body);
    t.true(pids.includes(Number(pid)));
  }

  const [, crashed] = /^served by (\d+)\n$/.exec((await get(port, '/crash')).body);
  t.truthy(await program.line(new RegExp(`^worker ${crashed} crashed \\(code 70\\)$`)));
  const replacement = Number((await program.line(/^worker (\d+): ready$/))[1]);
  t.false(pids.includes(replacement));
  pids.splice(pids.indexOf(Number(crashed)), 1, replacement);
  t.regex((await get(port)).body, /^served by/);

  // A kill from outside is a crash as well.
  process.kill(pids[0], 'SIGKILL');
  t.truthy(await program.line(new RegExp(`^worker ${pids[0]} crashed \\(SIGKILL\\)$`)));
  pids[0] = Number((await program.line(/^worker (\d+): ready$/))[1]);

  process.kill(program.child.pid, 'SIGTERM');
  const { code, lines } = await program.end();
  t.is(code, 0);
  t.deepEqual(lines.slice(-2), ['SIGTERM: stopping 3 workers', 'all workers have ended']);
  t.true(await isRefused(port));
  t.deepEqual(pids.filter(alive), []);
});

test.serial('master-workers gives up when workers crash again and again', async (t) => {
  const program = run(t, ['master-workers/master.js'], { env: { WORKERS: '1' } });
  const port = await program.port();
  for (let i = 0; i < 11; i++) {
    await program.line(/: ready$/);
    // The worker may go before its answer is out.
    await get(port, '/crash').catch(() => {});
    await program.line(/ crashed \(code 70\)$/);
  }
  const { code, lines } = await program.end();
  t.is(code, 1);
  t.is(lines.at(-1), 'workers crash again and again: giving up');
  t.true(await isRefused(port));
});

test.serial('shared-port serves by several workers after the master has closed its own server', async (t) => {
  const program = run(t, ['shared-port/master.js']);
  const port = await program.port();
  const heard = await Promise.all(Array.from({ length: 60 }, () => talk(port)));
  for (const text of heard) t.regex(text, /^hello from (one|two|three)\n$/);
  // The kernel owes no worker its share; over many connections it is not one worker alone.
  let names = new Set(heard);
  await until(async () => {
    names = new Set([...names, ...await Promise.all(Array.from({ length: 20 }, () => talk(port)))]);
    return names.size > 1;
  }, 'a second worker serves');

  process.kill(program.child.pid, 'SIGTERM');
  t.is((await program.end()).code, 0);
  t.true(await isRefused(port));
});

test.serial('priority-sockets hands each socket to the child of its priority', async (t) => {
  const program = run(t, ['priority-sockets/master.js'], { env: { SPECIAL_ADDRESS: '127.0.0.2' } });
  const port = await program.port();
  const asked = Array.from({ length: 20 }, async (_, i) => {
    const localAddress = i % 2 ? '127.0.0.2' : '127.0.0.1';
    return talk(port, `order ${i}`, { localAddress });
  });
  t.deepEqual(await Promise.all(asked), asked.map((_, i) => (i % 2
    ? `special service for 127.0.0.2: ORDER ${i}\n`
    : `normal service for 127.0.0.1: ORDER ${i}\n`)));

  process.kill(program.child.pid, 'SIGTERM');
  t.is((await program.end()).code, 0);
  t.true(await isRefused(port));
});

test.serial('cluster-server runs on cluster through register, replaces a worker and ends when disconnected', async (t) => {
  const program = run(t, ['cluster-server.js']);
  const port = await program.port();
  const served = await Promise.all(Array.from({ length: 10 }, () => get(port)));
  t.deepEqual([...new Set(served.map(({ body }) => body))].sort(), ['served by worker 1\n', 'served by worker 2\n']);

  const [, id] = /(\d)\n$/.exec((await get(port, '/crash')).body);
  await program.line(new RegExp(`^worker ${id} ended with code 70$`));
  await program.line(/^worker 3 took over$/);
  const after = await Promise.all(Array.from({ length: 10 }, () => get(port)));
  t.true(after.some(({ body }) => body === 'served by worker 3\n'));
  t.false(after.some(({ body }) => body === `served by worker ${id}\n`));

  process.kill(program.child.pid, 'SIGTERM');
  const { code, lines } = await program.end();
  t.is(code, 0);
  t.is(lines.at(-1), 'all workers have ended');
});

test.serial('orphan goes on serving on its port after its master has left', async (t) => {
  const program = run(t, ['orphan/master.js']);
  const [, port, pid] = await program.line(/^port (\d+), worker (\d+)$/);
  const worker = Number(pid);
  t.teardown(() => { if (alive(worker)) process.kill(worker, 'SIGKILL'); });
  t.is((await program.end()).code, 0);

  // The worker learns a moment later that its master has gone.
  await until(async () => /without a master\n$/.test(await talk(Number(port))), 'the worker is an orphan');
  for (let i = 0; i < 3; i++) {
    const [, served, parent] = /^pid (\d+), parent (\d+), without a master\n$/.exec(await talk(Number(port)));
    t.is(Number(served), worker);
    t.not(Number(parent), program.child.pid);
    await sleep(20);
  }
  process.kill(worker, 'SIGTERM');
  await until(() => !alive(worker), 'the orphan ends');
  // Its descriptors go with the last of its threads, a moment after it became a zombie.
  await until(() => isRefused(Number(port)), 'its port is free');
});
