'use strict';

// fork() and the 'ipc' of spawn(): options, where the channel may stand, what its child inherits, and who may fork.

const fs = require('node:fs');
const test = require('ava');
const { pathToFileURL } = require('node:url');
const { conversations, side } = require('./helpers/conversation.js');
const { load } = require('../helpers/subject.js');
const { fresh, freshParity, freshValue } = require('../helpers/fresh.js');

const errorOf = (attempt) => {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message };
  }
};

test.serial('what fork and spawn refuse', (t) => {
  const refusals = [
    (cp) => cp.fork(),
    (cp) => cp.fork(null),
    (cp) => cp.fork(1),
    (cp) => cp.fork({}),
    (cp) => cp.fork('a\0b'),
    (cp) => cp.fork(new URL('http://example.org/')),
    (cp) => cp.fork('x.js', 'args'),
    (cp) => cp.fork('x.js', 1),
    (cp) => cp.fork('x.js', ['a\0b']),
    (cp) => cp.fork('x.js', [], 'options'),
    (cp) => cp.fork('x.js', [], 1),
    (cp) => cp.fork('x.js', { execPath: 'a\0b' }),
    (cp) => cp.fork('x.js', { execArgv: ['a\0b'] }),
    (cp) => cp.fork('x.js', { stdio: ['ignore', 'ignore', 'ignore'] }),
    (cp) => cp.fork('x.js', { stdio: 'nonsense' }),
    (cp) => cp.fork('x.js', { stdio: ['ipc', 'ipc'] }),
    (cp) => cp.fork('x.js', { serialization: 'nonsense' }),
    (cp) => cp.fork('x.js', { cwd: 1 }),
    (cp) => cp.fork('x.js', { uid: 'x' }),
    (cp) => cp.fork('x.js', { gid: 1.5 }),
    (cp) => cp.fork('x.js', { timeout: -1 }),
    (cp) => cp.fork('x.js', { killSignal: 'SIGNONE' }),
    (cp) => cp.fork('x.js', { signal: {} }),
    (cp) => cp.fork('x.js', { detached: 1 }),
    (cp) => cp.spawn('x', [], { stdio: ['ipc', 'ipc'] }),
    (cp) => cp.spawn('x', [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc', 'ipc'] }),
    (cp) => cp.spawn('x', [], { stdio: 'ipc' }),
    (cp) => cp.spawnSync('x', [], { stdio: ['ipc'] }),
    (cp) => cp.execFileSync('x', [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] }),
    (cp) => cp.execSync('x', { stdio: [0, 1, 2, 'ipc'] }),
  ];
  for (const refusal of refusals) {
    const expected = errorOf(() => refusal(load('stock')));
    t.truthy(expected, String(refusal));
    t.deepEqual(errorOf(() => refusal(load('ours'))), expected, String(refusal));
  }
});

/** What a child can tell about how it was started. */
function tell({ note, args }) {
  note('told', process.argv.length, args, process.execArgv.filter((arg) => !/^-r$|take-our-side/.test(arg)),
    process.cwd() === '/', process.env.OWN, Object.keys(process.env).filter((key) => /^(NODE_CHANNEL|NODE_UNIQUE|PEER_)/.test(key)),
    process.channel.fd, process.connected);
  process.send('told', () => process.disconnect());
}

const withOptions = (title, options, start) => ({
  title: `fork: ${title}`,
  async parent(ctx) {
    const child = start ? start(ctx) : ctx.start(options);
    ctx.listen(child, ['spawn', 'message', 'disconnect', 'exit', 'close', 'error']);
    ctx.note('parent', 'stdio', child.stdio.map((stream) => stream && stream.constructor.name), child.stdin === null, child.stdout === null,
      child.spawnfile === child.spawnargs[0], child.spawnargs.length);
    await ctx.event(child, 'exit');
  },
  child: tell,
});

conversations([
  withOptions('nothing special', {}),
  withOptions('arguments, execArgv and cwd', { args: ['a', '', 'ü b'], execArgv: ['--no-warnings', '--stack-size=900'], cwd: '/' }),
  withOptions('cwd as URL', { cwd: pathToFileURL('/') }),
  withOptions('env', { env: { OWN: 'own', PATH: process.env.PATH } }),
  // Only with Node's own child side: the shell that our side is started by here makes one of two equal names.
  withOptions('env that names a channel already', { kind: 'stock', env: { ...process.env, NODE_CHANNEL_FD: '77', NODE_CHANNEL_SERIALIZATION_MODE: 'advanced' } }),
  withOptions('advanced', { serialization: 'advanced' }),
  withOptions('detached', { detached: true }),
  withOptions('shell, which is ignored', { shell: true }),
  ...[0, 1, 2, 3, 4, 9].map((at) => withOptions(`the channel at descriptor ${at}`, {
    stdio: Array.from({ length: at + 2 }, (_, i) => (i === at ? 'ipc' : 'ignore')),
  })),
  {
    title: 'neither variable of the channel leaks into grandchildren, and none inherits the descriptor',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['message', 'disconnect', 'exit', 'close']);
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      const { spawn, spawnSync } = require('node:child_process');
      const script = 'env | grep -c "NODE_CHANNEL\\|PEER_"; ls -l /proc/self/fd | grep -c socket';
      const count = () => spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).stdout;
      note('sync', count());
      note('env', 'NODE_CHANNEL_FD' in process.env, 'NODE_CHANNEL_SERIALIZATION_MODE' in process.env);
      let text = '';
      spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.setEncoding('utf8')
        .on('data', (part) => { text += part; })
        .on('close', () => {
          note('spawned', text);
          process.disconnect();
        });
    },
  },
  {
    title: 'a forked child forks: three processes in a row, each with its own channel',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['message', 'disconnect', 'exit', 'close']);
      child.send('down');
      await ctx.event(child, 'exit');
    },
    child({ note, tmp }) {
      const fs = require('node:fs');
      const file = `${tmp}/grandchild.js`;
      fs.writeFileSync(file, 'process.on("message", (m) => { process.send(m + " and up"); process.disconnect(); });');
      const grandchild = require('node:child_process').fork(file, [], { execPath: process.execPath, execArgv: [] });
      grandchild.on('message', (message) => process.send(message));
      grandchild.on('close', () => {
        note('closed');
        process.disconnect();
      });
      process.on('message', (message) => grandchild.send(message));
    },
  },
  {
    title: 'abort, timeout and killSignal of a fork',
    async parent(ctx) {
      for (const [name, options, act] of [
        ['timeout', { timeout: 300, killSignal: 'SIGINT' }],
        ['abort', {}, (controller) => controller.abort(new Error('why'))],
      ]) {
        const controller = new AbortController();
        const child = ctx.listen(ctx.start({ name, args: [name], ...options, signal: controller.signal }), ['disconnect', 'error', 'exit', 'close'], name);
        if (act) {
          await ctx.noted('ready', { name });
          act(controller);
        }
        await ctx.event(child, 'exit');
      }
    },
    child({ note, args }) {
      process.on('message', () => {});
      // How far a child comes within its timeout is chance.
      if (args[0] !== 'timeout') note('ready');
    },
  },
  {
    title: 'an ES module as child: process.channel and its events',
    async parent(ctx) {
      const file = ctx.file('child.mjs');
      fs.writeFileSync(file, `
import { once } from 'node:events';
import { send } from 'node:process';
process.send(['first', process.connected, typeof process.channel.ref, send === process.send]);
const [message] = await once(process, 'message');
process.send(['got', message]);
const [second] = await once(process, 'message');
process.send(['got', second], () => process.disconnect());
`);
      for (const target of [file, pathToFileURL(file)]) {
        const child = ctx.cp.fork(target, [], side(ctx.childKind, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
        const exited = new Promise((resolve) => { child.once('exit', resolve); });
        ctx.listen(child, ['message', 'disconnect', 'exit', 'close']);
        child.on('message', ([kind]) => { if (kind === 'first') child.send('one'); });
        child.on('message', ([, message]) => { if (message === 'one') child.send('two'); });
        await exited;
      }
    },
  },
]);



freshParity('silent and stdio: the streams of fork', async (cp, { once, fs, path }) => {
  const file = path.join(fs.mkdtempSync('/tmp/rs-child-process-fork-'), 'child.js');
  fs.writeFileSync(file, 'process.stdin.pipe(process.stdout); console.error("err"); process.send(process.argv.slice(2)); process.disconnect();');
  const seen = [];
  for (const options of [{ silent: true }, { silent: false, stdio: 'pipe' }, { silent: true, stdio: [null, 'pipe', 2, 'ipc', 'pipe'] }, { stdio: 'ignore' }]) {
    const child = cp.fork(file, ['a'], options);
    seen.push(child.stdio.map((stream) => stream && stream.constructor.name));
    child.on('message', (message) => seen.push(message));
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part) => { text += part; });
    child.stdin?.end('in');
    seen.push(await once(child, 'close'), [...text].sort().join(''));
  }
  fs.rmSync(path.dirname(file), { recursive: true });
  return seen;
});

freshParity('an inherited -e does not travel to the child', async (cp, { once, fs, path }) => {
  const file = path.join(fs.mkdtempSync('/tmp/rs-child-process-fork-'), 'child.js');
  fs.writeFileSync(file, 'process.send([process.execArgv, process.argv.slice(2)]); process.disconnect();');
  process.execArgv.push('--no-warnings', '-e', 'code');
  process._eval = 'code';
  const child = cp.fork(file, ['x']);
  const [message] = await once(child, 'message');
  await once(child, 'close');
  fs.rmSync(path.dirname(file), { recursive: true });
  return message;
});

freshParity('a worker thread forks, talks and is terminated with a live child', async (cp, { once, root, subject, require, path, until, alive }) => {
  const { Worker } = require('node:worker_threads');
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const cp = require(workerData.module);
    const child = cp.fork(workerData.echo);
    child.on('message', (message) => {
      parentPort.postMessage([message, child.pid]);
      if (message < 20) child.send(message + 1);
    });
    child.send(0);
  `;
  const module = subject === 'stock' ? 'node:child_process' : root;
  const workers = [1, 2, 3].map(() => new Worker(code, { eval: true, workerData: { module, echo: path.join(root, '__test__/channel/fixtures/echo.js') } }));
  const results = await Promise.all(workers.map(async (worker) => {
    for (;;) {
      const [[message, pid]] = await once(worker, 'message');
      if (message === 20) return pid;
    }
  }));
  const codes = await Promise.all(workers.map((worker) => worker.terminate()));
  // Nobody holds the other end any more, so the children leave.
  for (const pid of results) await until(() => !alive(pid), 'the child left');
  return codes;
});

test.serial('thirty forks, six at a time, leave no descriptor', async (t) => {
  const value = await freshValue(t, async (cp, { descriptorCount, path, root, until }) => {
    const echo = path.join(root, '__test__/channel/fixtures/echo.js');
    const one = () => new Promise((resolve) => {
      const child = cp.fork(echo);
      child.once('message', () => child.disconnect());
      child.once('close', resolve);
      child.send('x');
    });
    await one();
    const before = descriptorCount();
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 6 }, one));
    await until(() => descriptorCount() <= before, 'descriptors closed', 5_000).catch(() => {});
    return descriptorCount() - before;
  });
  t.is(value, 0);
});

test.serial('a parent leaves while its child goes on', async (t) => {
  const { code } = await fresh(async (cp, { path, root }) => {
    const child = cp.fork(path.join(root, '__test__/channel/fixtures/echo.js'), [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.send('x');
    child.unref();
    child.channel.unref();
    return child.pid;
  }, { limit: 20_000 });
  t.is(code, 0);
});
