'use strict';

// A child that was started ahead is, once it has been handed over, the child that fork() would have made; and whatever becomes of a pool
// and of those that wait in it, nothing is left of them.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { spawn: spawnOfNode } = require('node:child_process');
const { setTimeout: sleep } = require('node:timers/promises');
const { pathToFileURL } = require('node:url');
const test = require('ava');
const { load, root, stockOnly } = require('../helpers/subject.js');
const { alive, children, descriptorCount, until, zombies } = require('../helpers/tools.js');

const ourTest = stockOnly || process.platform !== 'linux' ? test.skip : test.serial;
const { prefork } = load('ours');
const fixtures = path.join(__dirname, '..', 'channel', 'fixtures');
const tellStart = path.join(fixtures, 'tell-start.js');
const mark = path.join(fixtures, 'preloaded.js');
const later = path.join(fixtures, 'preloaded-too.js');

const isStandby = (pid) => {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('rs-child-process-standby');
  } catch {
    return false;
  }
};
const standbys = () => children().filter(({ pid, state }) => state !== 'Z' && isStandby(pid)).map(({ pid }) => pid);

/** A pool that is closed, and whose children have gone, behind the test. */
function poolFor(t, options = {}) {
  const pool = prefork({ size: 1, ...options });
  t.teardown(() => pool[Symbol.asyncDispose]());
  return pool;
}

/** A file with this text, in a folder that is removed behind the test. */
function file(t, name, text) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'rs-prefork-')));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  const place = path.join(folder, name);
  fs.writeFileSync(place, text);
  return place;
}

/** The first message of a child, and how it ended. */
async function answer(child) {
  let message;
  child.once('message', (first) => { message = first; });
  const [code, signal] = await once(child, 'close');
  return { message, code, signal };
}

/** One fork by the pool, which has to take a child that waits (or, with `isOrdinary`, must not). */
async function forked(t, pool, given, isOrdinary = false) {
  await pool.whenReady();
  const waiting = new Set(standbys());
  const child = pool.fork(...given);
  t.is(waiting.has(child.pid), !isOrdinary, 'whether it was started ahead');
  return child;
}

/** What a script tells is the same by stock's fork() and by the pool. */
async function compare(t, poolOptions, script, args, options, isOrdinary) {
  const pool = poolFor(t, poolOptions);
  const { execArgv } = poolOptions;
  const expected = await answer(load('stock').fork(script, args, { execArgv, ...options }));
  const actual = await answer(await forked(t, pool, [script, args, options], isOrdinary));
  for (const { message } of [expected, actual]) {
    if (message?.reported === undefined) continue;
    delete message.isOurs;
    // A report tells the arguments that Node itself was started with.
    message.reported[0] = message.worker.reported[0] = undefined;
  }
  t.deepEqual(actual, expected);
  t.not(actual.message, undefined);
}

const environment = (more) => ({ ...process.env, ...more });

for (const [title, poolOptions, options] of [
  ['nothing said', { execArgv: [] }, {}],
  ['another environment', { execArgv: [] }, { env: environment({ ONE: 'a=b', 'T W O': '', ÜML: 'äöü' }) }],
  ['hardly any environment', { execArgv: [], env: { PATH: process.env.PATH } }, { env: { A: '1' } }],
  ['another folder', { execArgv: [] }, { cwd: '/' }],
  ['messages in V8\'s format', { execArgv: [] }, { serialization: 'advanced' }],
  ['a session of its own', { execArgv: [] }, { detached: true }],
  ['tied to its parent', { execArgv: [] }, { killOnParentExit: true }],
  ['arguments for Node', { execArgv: ['--no-warnings', '--stack-trace-limit=20'] }, {}],
  ['files preloaded by arguments', { execArgv: ['--require', mark, '--import', pathToFileURL(later).href] }, {}],
  ['files preloaded by NODE_OPTIONS', { execArgv: [], env: environment({ NODE_OPTIONS: `-r ${mark} --import=${pathToFileURL(later)}` }) },
    { env: environment({ NODE_OPTIONS: `-r ${mark} --import=${pathToFileURL(later)}` }) }],
]) {
  ourTest(`a script finds what it would find after stock's fork(): ${title}`, async (t) => {
    t.timeout(60_000);
    await compare(t, poolOptions, tellStart, ['an argument', '--watch', ''], options);
  });
}

const ask = `{
  argv: process.argv, main: typeof require === 'function' ? require.main === module : undefined, mainModule: process.mainModule?.filename,
  ppid: process.ppid, cwd: process.cwd(), umask: process.umask(), connected: process.connected,
  signals: ['SIGINT', 'SIGTERM', 'SIGUSR1', 'exit'].map((name) => process.listenerCount(name)),
  runMain: Object.getOwnPropertyDescriptor(Module, 'runMain'), stack: new Error('here').stack.replaceAll(/:\\d+:\\d+/g, ''),
  places: fs.readdirSync('/proc/self/fd').filter((fd) => fd < 10).map((fd) => {
    try { return [fd, fs.readlinkSync('/proc/self/fd/' + fd).replace(/\\d+/, ''), fs.readFileSync('/proc/self/fdinfo/' + fd, 'utf8').match(/flags:\\s+(\\d+)/)[1]]; } catch { return 0; }
  }).slice(0, 4),
}`;
const common = (text) => `${text}; process.send(${ask}); process.disconnect();`;
const requiring = 'const fs = require(\'node:fs\'), Module = require(\'node:module\')';
const importing = 'import fs from \'node:fs\'; import Module from \'node:module\'';

for (const [name, text] of [
  ['script.js', common(requiring)],
  ['script.mjs', common(importing)],
  ['late.mjs', `await 0; ${common(importing)}`],
  ['script.cjs', `${common(requiring)}; console.error(import('node:fs'))`],
  ...process.features.typescript ? [['script.ts', common(requiring.replace('fs', 'fs: any'))]] : [],
]) {
  ourTest(`the script is the main one, as ever: ${name}`, async (t) => {
    t.timeout(60_000);
    await compare(t, { execArgv: [] }, file(t, name, text), ['x'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  });
}

ourTest('a script that is not there, and one that throws', async (t) => {
  t.timeout(60_000);
  const pool = poolFor(t);
  for (const script of ['/no/such/script.js', file(t, 'throws.js', 'process.send(1); throw new Error("mine")')]) {
    const ends = [];
    for (const make of [load('stock').fork, (...given) => forked(t, pool, given)]) {
      const child = await make(script, { silent: true });
      let text = '';
      child.stderr.on('data', (data) => { text += data; });
      ends.push([await answer(child), text]);
    }
    t.deepEqual(ends[1], ends[0]);
  }
});

ourTest('descriptors in every form', async (t) => {
  t.timeout(60_000);
  const pool = poolFor(t);
  const script = file(t, 'stdio.js', `
    const fs = require('node:fs');
    const kind = (fd) => { try { const s = fs.fstatSync(fd); return [s.isFIFO(), s.isSocket(), s.isFile(), s.isCharacterDevice()]; } catch (e) { return e.code; } };
    process.stdout.write('to stdout'); process.stderr.write('to stderr');
    if (process.argv[2] > 5) fs.writeSync(5, 'to five');
    process.stdin.on('data', (data) => process.send(['stdin', String(data)])).on('error', () => {});
    process.send([Array.from({ length: process.argv[2] }, (_, fd) => kind(fd)), process.stdin.constructor.name, process.stdout.constructor.name, process.stdout.isTTY]);
    process.on('message', () => process.exit(3));`);
  const out = file(t, 'out', '');
  const fd = fs.openSync(out, 'a');
  t.teardown(() => fs.closeSync(fd));
  for (const stdio of [
    'pipe', ['ignore', 'ignore', 'ignore', 'ipc'], ['pipe', fd, fd, 'ipc', fd, 'pipe', fd], ['ignore', fd, 'pipe', 'pipe', 'ipc'],
    ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'ipc'], ['pipe', 'overlapped', 1, 'ipc'],
  ]) {
    const seen = [];
    for (const make of [load('ours').fork, async (...given) => forked(t, pool, given)]) {
      fs.truncateSync(out);
      const child = await make(script, [Array.isArray(stdio) ? stdio.length : 3], { stdio, silent: true });
      const got = [];
      let text = '';
      for (const stream of child.stdio.slice(1)) stream?.on('data', (data) => { text += data; });
      child.on('message', (message) => {
        got.push(message);
        if (got.length === (child.stdin ? 2 : 1)) child.send('leave');
      });
      child.stdin?.write('for stdin');
      const [code] = await once(child, 'close');
      seen.push([got, [...text].sort().join(''), fs.readFileSync(out, 'latin1'), code]);
    }
    t.deepEqual(seen[1], seen[0], JSON.stringify(stdio));
  }
});

ourTest('what cannot be given to a process that runs takes an ordinary start', async (t) => {
  t.timeout(120_000);
  const pool = poolFor(t, { execArgv: [] });
  const script = file(t, 'env.js', 'process.send([process.env.TZ, process.env.NODE_ENV, process.execArgv, process.argv0, process.argv.length]); process.disconnect()');
  for (const options of [
    { env: environment({ TZ: 'Asia/Tokyo' }) }, { env: environment({ NODE_ENV: 'other' }) }, { env: environment({ LANG: 'xx' }) },
    { execArgv: ['--no-warnings'] }, { argv0: 'other' }, { accelerate: false }, { stdio: [...Array(10).fill('ignore'), 'ipc'] },
    { env: environment({ NODE_UNIQUE_ID: '7' }) }, { env: environment({ 7: 'seven' }) }, { execPath: fs.realpathSync(process.execPath), argv0: 'a' },
    ...process.geteuid() === 0 ? [{ uid: 65534, cwd: '/', env: { PATH: process.env.PATH } }] : [],
  ]) {
    await compare(t, { execArgv: [] }, options.uid ? tellStart : script, [], options, true);
  }
  const long = ['x'.repeat(5000)];
  t.is((await answer(await forked(t, pool, [script, long], true))).message[4], 3);
  const mask = process.umask(0o27);
  t.is((await answer(await forked(t, pool, [script], true))).code, 0);
  process.umask(mask);
});

ourTest('a folder that cannot be entered fails as with fork()', async (t) => {
  const pool = poolFor(t);
  await pool.whenReady();
  for (const cwd of ['/no/such/folder', __filename]) {
    const errors = [load('stock').fork, pool.fork.bind(pool)].map((fork) => {
      try {
        return once(fork(tellStart, { cwd }), 'error').then(([error]) => error.code);
      } catch (error) {
        return error.code;
      }
    });
    t.deepEqual(...await Promise.all(errors));
  }
  t.is(pool.ready, 1);
});

ourTest('arguments that are wrong', (t) => {
  for (const [options, code] of [
    [7, 'ERR_INVALID_ARG_TYPE'], ['x', 'ERR_INVALID_ARG_TYPE'], [{ size: '2' }, 'ERR_INVALID_ARG_TYPE'], [{ size: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ size: 1.5 }, 'ERR_OUT_OF_RANGE'], [{ size: -1 }, 'ERR_OUT_OF_RANGE'], [{ require: 'fs' }, 'ERR_INVALID_ARG_TYPE'],
    [{ require: [1] }, 'ERR_INVALID_ARG_TYPE'], [{ execArgv: ['a\0'] }, 'ERR_INVALID_ARG_VALUE'], [{ env: 'x' }, 'ERR_INVALID_ARG_TYPE'],
  ]) t.throws(() => prefork(options), { code }, JSON.stringify(options));
  const pool = poolFor(t);
  for (const given of [[], [1], ['x', 'y'], ['x', [], 'y'], ['x', { stdio: 'nothing' }], ['x', { cwd: 5 }]]) {
    const { code, message } = t.throws(() => load('stock').fork(...given));
    t.throws(() => pool.fork(...given), { code, message }, JSON.stringify(given));
  }
});

ourTest('modules that were loaded ahead are there, and their code has seen the pool\'s environment', async (t) => {
  const ahead = file(t, 'ahead.js', 'globalThis.seen = [process.env.WHO, process.connected, typeof process.send]; setTimeout(() => process.disconnect(), 50)');
  const script = file(t, 'script.js', `require(${JSON.stringify(ahead)}); process.send([seen, process.env.WHO, Object.keys(require.cache)])`);
  const pool = poolFor(t, { require: [ahead, 'node:http'], env: environment({ WHO: 'pool' }) });
  const { message, code } = await answer(await forked(t, pool, [script, { env: environment({ WHO: 'fork' }) }]));
  t.deepEqual(message, [['pool', null, 'undefined'], 'fork', [ahead, script]]);
  t.is(code, 0);
});

ourTest('a module that cannot be loaded: who waits is told, nobody else hangs', async (t) => {
  const broken = file(t, 'broken.js', 'throw new Error("broken module")');
  for (const [module, reason] of [[broken, /with code 1 .*broken module/s], ['no-such-module', /Cannot find module/], [file(t, 'e.js', 'process.exit(7)'), /code 7/]]) {
    const pool = poolFor(t, { require: [module] });
    await t.throwsAsync(pool.whenReady(), { code: 'ERR_INVALID_STATE', message: reason });
    t.is(pool.ready, 0);
    t.is((await answer(pool.fork(file(t, 'ok.js', 'process.send(1); process.disconnect()')))).message, 1);
  }
  const warnings = [];
  process.once('warning', (warning) => warnings.push(warning.name));
  const pool = poolFor(t, { require: [broken] });
  await until(() => warnings.length > 0, 'a warning');
  t.deepEqual(warnings, ['PreforkWarning']);
  t.is(pool.ready, 0);
});

ourTest('options with which nobody is to wait: forks are ordinary, and there is nothing to wait for', async (t) => {
  const inEnvironment = (options) => ({ execArgv: [], env: environment({ NODE_OPTIONS: options }) });
  const given = [
    { execArgv: ['--inspect=0'] }, { execArgv: ['--cpu-prof', '--cpu-prof-dir=/tmp'] }, { execArgv: ['--title=x'] },
    inEnvironment('--inspect=0'), inEnvironment('--no-warnings --inspect=0'), inEnvironment('--title=x'),
  ];
  for (const options of given) {
    const pool = poolFor(t, options);
    await pool.whenReady();
    t.deepEqual([pool.ready, standbys()], [0, []]);
  }
});

ourTest('what keeps children from being started ahead for a moment does not do so for ever', async (t) => {
  const { env } = process;
  t.teardown(() => { delete env.RS_CHILD_PROCESS_ACCELERATE; });
  const given = { ...env };
  env.RS_CHILD_PROCESS_ACCELERATE = '0';
  const pool = poolFor(t, { env: given });
  await pool.whenReady();
  t.is(pool.ready, 0);
  delete env.RS_CHILD_PROCESS_ACCELERATE;
  await until(() => pool.ready === 1, 'one is started');
});

ourTest('files of variables and preloaded modules are those of the folder that the fork names', async (t) => {
  t.timeout(60_000);
  const script = file(t, 'tells.js', 'process.send([process.env.RS_FROM_FILE, globalThis.found]); process.disconnect()');
  const folders = ['one', 'two'].map((name) => {
    const folder = path.join(path.dirname(script), name);
    fs.mkdirSync(path.join(folder, 'node_modules', 'found'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'node_modules', 'found', 'index.js'), `globalThis.found = '${name}'`);
    fs.writeFileSync(path.join(folder, 'variables'), `RS_FROM_FILE=${name}`);
    return folder;
  });
  const before = process.cwd();
  process.chdir(folders[0]);
  t.teardown(() => process.chdir(before));
  await compare(t, { execArgv: ['--env-file=variables'] }, script, [], {}, true);
  await compare(t, { execArgv: ['--env-file', 'variables'] }, script, [], { cwd: folders[1] }, true);
  await compare(t, { execArgv: ['-r', 'found'] }, script, [], {});
  await compare(t, { execArgv: ['-r', 'found'] }, script, [], { cwd: folders[1] }, true);
  const env = environment({ NODE_OPTIONS: '--require=found' });
  await compare(t, { execArgv: [], env }, script, [], { env, cwd: folders[1] }, true);

  const pool = poolFor(t, { execArgv: ['-r', 'found'] });
  await pool.whenReady();
  process.chdir(folders[1]);
  t.deepEqual((await answer(pool.fork(script))).message, [null, 'two'], 'this process has gone elsewhere since');
});

ourTest('a script whose errors are frozen', async (t) => {
  const script = file(t, 'tells.js', 'process.send(Object.isFrozen(Error)); process.disconnect()');
  await compare(t, { execArgv: ['--no-warnings', '--frozen-intrinsics'] }, script, [], {}, true);
  await compare(t, { execArgv: ['-r', file(t, 'freezes.js', 'Object.freeze(Error)')] }, script, [], {});
});

ourTest('nothing of a rehearsal is listed in the script', async (t) => {
  const script = file(t, 'lists.js', 'process.send(process.getActiveResourcesInfo()); process.disconnect()');
  await compare(t, { execArgv: [] }, script, [], {});
});

ourTest('those that wait hold nothing, are listed nowhere, and are replaced when they are used or end', async (t) => {
  t.timeout(60_000);
  const before = descriptorCount();
  const resources = process.getActiveResourcesInfo().length;
  const pool = poolFor(t, { size: 2 });
  await pool.whenReady();
  t.deepEqual([pool.size, pool.ready, standbys().length], [2, 2, 2]);
  t.true(process.getActiveResourcesInfo().length <= resources);
  for (const pid of standbys()) {
    const links = fs.readdirSync(`/proc/${pid}/fd`).map((fd) => fs.readlinkSync(`/proc/${pid}/fd/${fd}`));
    t.deepEqual(links.filter((link) => !/^(\/dev\/(null|random|urandom)|anon_inode:.*|pipe:.*|socket:.*)$/.test(link)), []);
    t.is(links.filter((link) => link.startsWith('socket:')).length, 1);
    process.kill(pid, 'SIGKILL');
  }
  await until(() => pool.ready === 0, 'their end is seen');
  await pool.whenReady().catch(() => pool.whenReady());
  t.is(standbys().length, 2);
  const child = pool.fork(file(t, 'ok.js', 'process.send(1); process.disconnect()'));
  t.is(pool.ready, 1);
  await answer(child);
  await pool.whenReady();
  t.is(pool.ready, 2);
  await pool[Symbol.asyncDispose]();
  t.deepEqual([pool.ready, standbys(), zombies().length], [0, [], 0]);
  await until(() => descriptorCount() <= before, 'no descriptor is left');
});

ourTest('a pool that is closed while children start, at any moment', async (t) => {
  t.timeout(120_000);
  const script = file(t, 'ok.js', 'process.send(1); process.disconnect()');
  for (let i = 0; i < 12; i++) {
    const pool = prefork({ size: 2 });
    const ready = pool.whenReady().then(() => 'ready', (error) => error.code);
    await sleep(i * 12);
    const child = i % 2 ? pool.fork(script) : undefined;
    pool.close();
    pool.close();
    t.regex(await ready, /^(ready|ERR_INVALID_STATE)$/);
    await t.throwsAsync(pool.whenReady(), { code: 'ERR_INVALID_STATE' });
    if (child) t.deepEqual(await answer(child), { message: 1, code: 0, signal: null });
    t.is((await answer(pool.fork(script))).message, 1);
    await pool[Symbol.asyncDispose]();
    t.deepEqual(standbys(), []);
  }
  t.deepEqual(zombies(), []);
});

ourTest('forks in a row, more than there are children; each is told once, none is lost', async (t) => {
  t.timeout(120_000);
  const pool = poolFor(t, { size: 2 });
  await pool.whenReady();
  const script = file(t, 'echo.js', 'process.once("message", (m) => process.send(m, () => process.disconnect()))');
  const ahead = new Set();
  for (let i = 0; i < 40; i++) {
    const waiting = standbys();
    const child = pool.fork(script, { serialization: i % 2 ? 'json' : 'advanced' });
    if (waiting.includes(child.pid)) ahead.add(child.pid);
    child.send(i);
    t.deepEqual(await answer(child), { message: i, code: 0, signal: null });
  }
  t.true(ahead.size >= 2);
  t.deepEqual(zombies(), []);
});

ourTest('a child that dies while it is handed over ends as any that is killed, or another is taken', async (t) => {
  t.timeout(120_000);
  const pool = poolFor(t, { size: 2 });
  const script = file(t, 'ok.js', 'process.send(1); process.disconnect()');
  for (let i = 0; i < 20; i++) {
    await pool.whenReady().catch(() => pool.whenReady());
    const [first] = standbys();
    if (i % 2) process.kill(first, 'SIGKILL');
    const child = pool.fork(script);
    if (i % 2 === 0) child.kill('SIGKILL');
    const { message, code, signal } = await answer(child);
    if (signal === null) t.deepEqual([message, code], [1, 0]);
    else t.is(signal, 'SIGKILL');
  }
  await pool[Symbol.asyncDispose]();
  t.deepEqual([standbys(), zombies()], [[], []]);
});

ourTest('who waits leaves with its parent, however that ends; who was handed over stays', async (t) => {
  t.timeout(60_000);
  const orphan = file(t, 'orphan.js', 'setTimeout(() => {}, 60_000)');
  for (const end of ['process.kill(process.pid, "SIGKILL")', 'process.exit()', 'undefined', 'null.x']) {
    const parent = spawnOfNode(process.execPath, ['-e', `
      const { prefork } = require(${JSON.stringify(root)});
      const pool = prefork({ size: 2 });
      pool.whenReady().then(() => {
        const child = pool.fork(${JSON.stringify(orphan)}, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true });
        child.unref();
        child.channel.unref();
        const fs = require('node:fs');
        const list = fs.readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim();
        fs.writeSync(1, child.pid + ' ' + list);
        ${end};
      });`], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    parent.stdout.on('data', (data) => { text += data; });
    await once(parent, 'close');
    const [child, ...all] = text.split(' ').map(Number);
    const rest = all.filter((pid) => pid !== child);
    t.true(rest.length > 0);
    await until(() => rest.every((pid) => !alive(pid)), 'they leave');
    t.true(alive(child), end);
    process.kill(child, 'SIGKILL');
  }
});

ourTest('signals, timeouts, trees and handles are as for any child', async (t) => {
  t.timeout(60_000);
  const pool = poolFor(t, { size: 1 });
  const idle = file(t, 'idle.js', 'process.on("message", (m, server) => server.listen ? process.send(String(server.address().port)) : 0); process.send("up")');
  const aborted = await forked(t, pool, [idle, { signal: AbortSignal.timeout(200), killSignal: 'SIGKILL' }]);
  const [error] = await once(aborted, 'error');
  t.is(error.code, 'ABORT_ERR');
  const timed = await forked(t, pool, [idle, { timeout: 200 }]);
  t.is((await answer(timed)).signal, 'SIGTERM');
  const server = require('node:net').createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = await forked(t, pool, [idle]);
  await once(child, 'message');
  child.send('a server', server);
  t.is((await once(child, 'message'))[0], String(server.address().port));
  server.close();
  child.kill('SIGKILL', { tree: true });
  await once(child, 'exit');
  t.true(child.resourceUsage().userCPUTime > 0);
});

ourTest('a pool in a worker thread', async (t) => {
  t.timeout(60_000);
  const { Worker } = require('node:worker_threads');
  const script = file(t, 'ok.js', 'process.send(1); process.disconnect()');
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads');
    const pool = require(${JSON.stringify(root)}).prefork({ size: 1 });
    pool.whenReady().then(() => pool.fork(${JSON.stringify(script)}).once('message', (m) => pool.whenReady().then(() => parentPort.postMessage(m))));
    parentPort.ref();`, { eval: true });
  t.is((await once(worker, 'message'))[0], 1);
  t.is(standbys().length, 1);
  await worker.terminate();
  await until(() => standbys().length === 0, 'who waited for the thread leaves');
  await until(() => zombies().length === 0, 'nothing is left');
});
