'use strict';
// killOnParentExit: the child ends with the process that started it, and not with a thread of it.

const test = require('ava');
const { load } = require('../helpers/subject.js');
const { alive, until } = require('../helpers/tools.js');
const { fresh, freshValue } = require('../helpers/fresh.js');

const cp = load('ours');
const onLinux = process.platform === 'linux' ? test : test.skip; // Other systems cannot, which the last test is about.

onLinux('the child dies with a parent that is killed', async (t) => {
  const { value } = await fresh(async (own, tools) => {
    const child = own.spawn('sleep', ['60'], { stdio: 'ignore', killOnParentExit: true });
    await tools.once(child, 'spawn');
    tools.report(child.pid);
    process.kill(process.pid, 'SIGKILL');
    await tools.sleep(10_000);
  });
  t.is(typeof value, 'number');
  await until(() => !alive(value), 'the child is gone');
});

onLinux('the child outlives the worker thread that started it, and can still be reaped', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const { Worker } = tools.require('node:worker_threads');
    const source = `
      const { spawn } = require(${JSON.stringify(tools.root)});
      require('node:worker_threads').parentPort.postMessage(spawn('sleep', ['60'], { stdio: 'ignore', killOnParentExit: true }).pid);`;
    const worker = new Worker(source, { eval: true });
    const [pid] = await tools.once(worker, 'message');
    await worker.terminate();
    await tools.sleep(300);
    const lived = tools.alive(pid);
    process.kill(pid, 'SIGKILL');
    await tools.until(() => tools.children().every((child) => child.pid !== pid), 'it was reaped');
    return lived;
  });
  t.true(value);
});

test('values that are no booleans are refused', (t) => {
  t.throws(() => cp.spawn('true', { killOnParentExit: 1 }), { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' });
});

test('a platform that cannot do it says so', (t) => {
  const own = Object.getOwnPropertyDescriptor(process, 'platform');
  Object.defineProperty(process, 'platform', { ...own, value: 'darwin' });
  try {
    t.throws(() => cp.spawn('true', { killOnParentExit: true }), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', name: 'TypeError' });
  } finally {
    Object.defineProperty(process, 'platform', own);
  }
});
