'use strict';

// Programs in which other tools wrap functions of child_process, before this package is registered or after it: each wrapper sees what
// it sees with stock, what it changes takes effect, and the children are as with stock.

const path = require('node:path');
const { execFile } = require('node:child_process');
const test = require('ava');
const { alive, until } = require('../helpers/tools.js');
const { root, stockOnly } = require('../helpers/subject.js');
const { flatten, differing } = require('../helpers/parity.js');

const register = path.join(root, 'register.js');
const program = path.join(__dirname, '..', 'fixtures', 'programs', 'wraps.js');
const ourTest = stockOnly ? test.skip : test;

const run = (args, execArgv = []) => new Promise((resolve, reject) => {
  execFile(process.execPath, [...execArgv, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
    if (error) reject(new Error(stderr, { cause: error }));
    else resolve({ stderr, ...JSON.parse(stdout) });
  });
});

function same(t, actual, expected) {
  const [left, right] = differing(flatten(actual), flatten(expected));
  t.deepEqual(left, right);
}

for (const what of ['functions', 'prototype', 'binding', 'all']) {
  for (const order of ['first', 'last']) {
    ourTest(`a program that wraps ${what} sees and gets the same as with stock, register coming ${order}`, async (t) => {
      const { isOurs: stockIsOurs, ...expected } = await run([program, what]);
      const { isOurs, ...actual } = await run([program, what, register, order]);
      t.false(stockIsOurs);
      t.true(isOurs, 'the start was Node\'s own');
      same(t, actual, expected);
    });
  }
}

ourTest('the sync binding is not touched where Node would warn of it', async (t) => {
  const code = `require(${JSON.stringify(register)}); const cp = require('child_process');
    cp.execFileSync('true'); cp.spawn('true'); console.log('{}');`;
  const { stderr } = await run(['-e', code], ['--pending-deprecation']);
  t.is(stderr, '');
});

ourTest('it is not touched there either where somebody has wrapped the class, who need not have been warned', async (t) => {
  const code = `
    const { prototype } = require('node:child_process').ChildProcess;
    const own = prototype.spawn;
    prototype.spawn = function(options) { return own.call(this, options); };
    console.log(JSON.stringify({ text: require(${JSON.stringify(root)}).execFileSync('echo').toString() }));`;
  t.deepEqual(await run(['-e', code], ['--pending-deprecation']), { stderr: '', text: '\n' });
});

ourTest('unregister takes back what register did to functions that were wrapped', async (t) => {
  const code = `
    const cp = require('node:child_process');
    const { spawn, exec } = cp;
    const { prototype } = cp.ChildProcess;
    const ownStart = prototype.spawn;
    let calls = 0;
    const wrapper = cp.spawn = (...args) => { calls++; return spawn(...args); };
    const { register, unregister } = require(${JSON.stringify(register)});
    const during = [cp.spawn === wrapper, cp.exec === exec, typeof cp.spawn('true').resourceUsage];
    unregister();
    const after = [cp.spawn === wrapper, cp.exec === exec, prototype.spawn === ownStart, typeof cp.spawn('true').resourceUsage];
    register();
    const again = typeof cp.spawn('true').resourceUsage;
    const ours = prototype.spawn;
    prototype.spawn = function(options) { return ours.call(this, options); };
    unregister();
    const covered = typeof cp.spawn('true').resourceUsage;
    register();
    console.log(JSON.stringify({ during, after, again, covered, once: typeof cp.spawn('true').resourceUsage, calls }));
  `;
  const { stderr, ...value } = await run(['-e', code]);
  t.is(stderr, '');
  t.deepEqual(value, {
    during: [true, false, 'function'], after: [true, true, true, 'undefined'], again: 'function', covered: 'undefined', once: 'function', calls: 5,
  });
});

ourTest('what only this package has works behind a wrapper: killTree and killOnParentExit', async (t) => {
  const code = `
    const cp = require('node:child_process');
    const { prototype } = cp.ChildProcess;
    const own = prototype.spawn;
    prototype.spawn = function(options) { return own.call(this, options); };
    require(${JSON.stringify(register)});
    const child = cp.spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { killTree: true, timeout: 200, stdio: ['ignore', 'pipe', 'ignore'] });
    let pid = '';
    child.stdout.on('data', (chunk) => { pid += chunk; });
    child.on('close', () => {
      const bound = cp.spawn('sleep', ['60'], { killOnParentExit: true, stdio: 'ignore' });
      console.log(JSON.stringify({ pids: [Number(pid), bound.pid] }));
      process.exit();
    });
  `;
  const { pids } = await run(['-e', code]);
  t.true(pids.every((pid) => pid > 0));
  await t.notThrowsAsync(until(() => !pids.some(alive), 'all end'));
});

ourTest('a wrapper of fork from before the package was loaded sees the call, and the child has all that the package promises', async (t) => {
  const code = `
    const cp = require('node:child_process');
    const { fork, ChildProcess: { prototype: { spawn } } } = cp;
    let calls = 0;
    cp.fork = function(...args) { calls++; return fork.apply(this, args); };
    const ours = require(${JSON.stringify(root)});
    const child = ours.fork(${JSON.stringify(path.join(__dirname, '..', 'fixtures', 'programs', 'kind-of-message.js'))}, { killOnParentExit: true });
    child.send(Buffer.from('bytes'), { serialize: false });
    child.on('message', (kind) => {
      console.log(JSON.stringify({ calls, kind, usage: typeof child.resourceUsage, isNodes: cp.ChildProcess.prototype.spawn === spawn, pid: child.pid }));
      process.exit();
    });
  `;
  const { stderr, pid, ...value } = await run(['-e', code]);
  t.is(stderr, '');
  t.deepEqual(value, { calls: 1, kind: 'Buffer', usage: 'function', isNodes: true });
  await t.notThrowsAsync(until(() => !alive(pid), 'the child ends with its parent'));
});

ourTest('killTree reaches the tree behind functions that were wrapped before register: by timeout, by abort, and of exec', async (t) => {
  const code = `
    const cp = require('node:child_process');
    for (const name of ['spawn', 'execFile', 'exec']) {
      const original = cp[name];
      cp[name] = function(...args) { return original.apply(this, args); };
    }
    require(${JSON.stringify(register)});
    const { exec } = require(${JSON.stringify(root)});
    const aborted = new AbortController();
    const command = 'sleep 60 & echo $!; wait';
    const options = { killTree: true, stdio: ['ignore', 'pipe', 'ignore'] };
    const children = [
      cp.spawn('sh', ['-c', command], { ...options, timeout: 1000 }),
      cp.spawn('sh', ['-c', command], { ...options, signal: aborted.signal, killSignal: 'SIGKILL' }),
      exec(command, { killTree: true, timeout: 1000 }, () => {}),
    ];
    const told = { pids: [], ends: [], errors: [] };
    children.forEach((child, i) => {
      child.stdout.on('data', (chunk) => {
        told.pids.push(Number(chunk));
        if (i === 1) aborted.abort();
      });
      child.on('error', (error) => told.errors.push(error.name));
      child.on('exit', (code, signal) => { told.ends[i] = signal; });
    });
    process.on('exit', () => console.log(JSON.stringify(told)));
  `;
  const { pids, ends, errors } = await run(['-e', code]);
  t.deepEqual(ends, ['SIGTERM', 'SIGKILL', 'SIGTERM']);
  t.deepEqual(errors, ['AbortError']);
  t.is(pids.length, 3);
  await t.notThrowsAsync(until(() => !pids.some(alive), 'all end'));
});

ourTest('without the addon a mock may give anything, and keeps its class', async (t) => {
  const code = `
    process.env.RS_CHILD_PROCESS_NATIVE = '0';
    const cp = require('node:child_process');
    const { promisify } = require('node:util');
    class Mock extends require('node:events') {}
    cp.spawn = () => new Mock();
    cp.fork = () => undefined;
    cp.execFile = () => null;
    cp.exec = () => 7;
    cp.exec[promisify.custom] = () => 8;
    const ours = require(${JSON.stringify(root)});
    console.log(JSON.stringify([ours.spawn() instanceof Mock, ours.fork() === undefined, ours.execFile(), ours.exec(), promisify(ours.exec)()]));
  `;
  const { stderr, ...values } = await run(['-e', code]);
  t.is(stderr, '');
  t.deepEqual(Object.values(values), [true, true, null, 7, 8]);
});

ourTest('a copy that registers over another one holds it no longer than others do, and gives the place back', async (t) => {
  const code = `
    const cp = require('node:child_process');
    const { setTimeout: wait } = require('node:timers/promises');
    const nodes = cp.spawn;
    const { children } = module;
    const load = () => {
      for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
      children.length = 0;
      return require(${JSON.stringify(register)});
    };
    const loadMany = () => Array.from({ length: 20 }, () => { load(); return new WeakRef(cp.spawn); });
    (async () => {
      const held = loadMany();
      let alive;
      for (let i = 0; i < 50; i++) {
        await wait(20);
        gc();
        alive = held.filter((copy) => copy.deref() !== undefined).length;
        if (alive < 5) break;
      }
      const below = cp.spawn;
      const { unregister } = load();
      const isOver = cp.spawn !== below;
      unregister();
      console.log(JSON.stringify({ alive: alive < 5 || alive, isOver, isBack: cp.spawn === below, isNodes: cp.spawn === nodes, starts: typeof cp.spawn('true').resourceUsage }));
    })();
  `;
  const { stderr, ...value } = await run(['-e', code], ['--expose-gc']);
  t.is(stderr, '');
  t.deepEqual(value, { alive: true, isOver: true, isBack: true, isNodes: false, starts: 'function' });
});
