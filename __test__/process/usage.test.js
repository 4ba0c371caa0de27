'use strict';
// resourceUsage(): what one child used, from its exit on.

const test = require('ava');
const { once } = require('node:events');
const { load } = require('../helpers/subject.js');
const { freshValue } = require('../helpers/fresh.js');

const cp = load('ours');
const KEYS = [
  'userCPUTime', 'systemCPUTime', 'maxRSS', 'minorPageFault', 'majorPageFault', 'voluntaryContextSwitches',
  'involuntaryContextSwitches',
];

test('there is no usage before the exit, and from the exit on it stays', async (t) => {
  const child = cp.spawn('sleep', ['0.05']);
  t.is(child.resourceUsage(), undefined);
  await once(child, 'exit');
  const usage = child.resourceUsage();
  t.deepEqual(Object.keys(usage), KEYS);
  for (const key of KEYS) t.true(Number.isInteger(usage[key]) && usage[key] >= 0, key);
  t.true(usage.minorPageFault > 0);
  t.true(usage.maxRSS > 0);
  t.deepEqual(child.resourceUsage(), usage);
  t.not(child.resourceUsage(), usage, 'a copy, so that nobody changes what others see');
});

test('the names are those of process.resourceUsage()', (t) => {
  const own = process.resourceUsage();
  for (const key of KEYS) t.true(key in own, key);
});

test('each of two children has its own, in microseconds and kibibytes', async (t) => {
  const script = (work) => `const a = Buffer.alloc(${work ? 200e6 : 1}, 1); const end = process.cpuUsage().user + ${work ? 400e3 : 0}; while (process.cpuUsage().user < end);`;
  const [busy, idle] = [true, false].map((work) => cp.spawn(process.execPath, ['-e', script(work)]));
  await Promise.all([once(busy, 'close'), once(idle, 'close')]);
  const [much, little] = [busy.resourceUsage(), idle.resourceUsage()];
  t.true(much.userCPUTime >= 400e3 && much.userCPUTime < 60e6, `${much.userCPUTime}`);
  t.true(much.userCPUTime > little.userCPUTime + 200e3, `${little.userCPUTime}`);
  t.true(much.maxRSS >= 200e6 / 1024 && much.maxRSS < 4e6, `${much.maxRSS}`);
  t.true(much.maxRSS > little.maxRSS + 100e3, `${little.maxRSS}`);
});

test('a child that a signal ended has a usage too, and one that never started has none', async (t) => {
  const killed = cp.spawn('sleep', ['60']);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  t.true(killed.resourceUsage().minorPageFault > 0);
  const missing = cp.spawn('/nowhere/at/all');
  await once(missing, 'error');
  t.is(missing.resourceUsage(), undefined);
});

test('a forked child has its usage when its exit is told', async (t) => {
  const child = cp.fork(require.resolve('../channel/fixtures/greet.js'));
  await once(child, 'message');
  t.is(child.resourceUsage(), undefined);
  await once(child, 'exit');
  t.true(child.resourceUsage().userCPUTime > 0);
});

test('nothing of it enumerates on a child', async (t) => {
  const names = (child) => {
    const out = [];
    for (const key in child) out.push(key);
    return out.sort();
  };
  const [ours, stock] = [cp, load('stock')].map((implementation) => implementation.spawn('true'));
  await Promise.all([once(ours, 'close'), once(stock, 'close')]);
  t.deepEqual(names(ours), names(stock));
  t.deepEqual(Reflect.ownKeys(ours), Reflect.ownKeys(stock));
});

test('children of the forking mechanism have it as well', async (t) => {
  for (const RS_CHILD_PROCESS_MECHANISM of ['fork', 'thread']) {
    const value = await freshValue(t, async (own, tools) => {
      const child = own.spawn('true');
      await tools.once(child, 'exit');
      return child.resourceUsage().minorPageFault;
    }, { env: { RS_CHILD_PROCESS_MECHANISM } });
    t.true(value > 0, RS_CHILD_PROCESS_MECHANISM);
  }
});
