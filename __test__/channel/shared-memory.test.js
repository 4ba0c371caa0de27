'use strict';
// sharedMemory(): the same pages in several processes.

const test = require('ava');
const { kMaxLength } = require('node:buffer');
const { once } = require('node:events');
const { load } = require('../helpers/subject.js');
const { freshValue } = require('../helpers/fresh.js');
const { Remote } = require('./helpers/remote.js');

const cp = load('ours');

function remotes(t, count, options) {
  const made = Array.from({ length: count }, () => new Remote(cp, options));
  t.teardown(() => Promise.all(made.map((one) => one.end('SIGKILL'))));
  return made;
}

const keep = ({ state, handle }) => {
  state.memory = handle;
  state.words = new Int32Array(handle.buffer);
  return [handle.constructor.name, handle.buffer.constructor.name, handle.buffer.byteLength];
};

test('the size is checked as Node checks its own', (t) => {
  for (const wrong of [undefined, null, '8', 8n, {}]) t.throws(() => cp.sharedMemory(wrong), { code: 'ERR_INVALID_ARG_TYPE', instanceOf: TypeError });
  for (const wrong of [0, -1, 1.5, NaN, Infinity, kMaxLength + 1]) t.throws(() => cp.sharedMemory(wrong), { code: 'ERR_OUT_OF_RANGE', instanceOf: RangeError }, `${wrong}`);
});

test('more than there is memory for is ENOMEM, before the kernel ends somebody for it', (t) => {
  const size = Math.min(process.availableMemory() + 2 ** 30, kMaxLength);
  if (size <= process.availableMemory()) {
    t.pass('this Node has no ArrayBuffer that large');
    return;
  }
  const error = t.throws(() => cp.sharedMemory(size));
  t.deepEqual([error.code, error.syscall, error.errno < 0], ['ENOMEM', 'memfd_create', true]);
});

test('it is zero, exactly as long as asked for, and an ArrayBuffer', (t) => {
  for (const size of [1, 4095, 4096, 4097, 3_000_000]) {
    const { buffer } = cp.sharedMemory(size);
    t.true(buffer instanceof ArrayBuffer);
    t.is(buffer.byteLength, size);
    t.true(new Uint8Array(buffer).every((byte) => byte === 0));
  }
});

for (const serialization of ['json', 'advanced']) {
  test(`processes that got it by a message see each other's writes, in ${serialization} mode`, async (t) => {
    const [left, right] = remotes(t, 2, { serialization });
    const memory = cp.sharedMemory(64);
    const words = new Int32Array(memory.buffer);
    words[3] = 5;
    for (const one of [left, right]) t.deepEqual(await one.run(keep, { handle: memory }), ['SharedMemory', 'ArrayBuffer', 64]);
    t.is(await left.run(({ state }) => { state.words[4] = 6; return state.words[3]; }), 5);
    t.is(await right.run(({ state }) => { state.words[5] = 7; return state.words[4]; }), 6);
    t.deepEqual([...words.subarray(3, 6)], [5, 6, 7]);
  });
}

test('Atomics work across processes: no addition and no exchange is lost', async (t) => {
  const both = remotes(t, 2);
  const memory = cp.sharedMemory(64);
  for (const one of both) await one.run(keep, { handle: memory });
  const each = 300_000;
  await Promise.all(both.map((one) => one.run(({ state }, count) => {
    const { words } = state;
    const wide = new BigInt64Array(state.memory.buffer);
    for (let i = 0; i < count; i++) {
      Atomics.add(words, 0, 1);
      if (i % 10 === 0) Atomics.add(wide, 4, 1n);
      let seen = Atomics.load(words, 1);
      for (;;) {
        const found = Atomics.compareExchange(words, 1, seen, seen + 1);
        if (found === seen) break;
        seen = found;
      }
    }
  }, { args: [each] })));
  const words = new Int32Array(memory.buffer);
  t.deepEqual([Atomics.load(words, 0), words[1], new BigInt64Array(memory.buffer)[4]], [2 * each, 2 * each, BigInt(2 * each / 10)]);
});

test('Atomics.wait() does not take it, as documented', (t) => {
  t.throws(() => Atomics.wait(new Int32Array(cp.sharedMemory(8).buffer), 0, 0, 0), { instanceOf: TypeError });
  t.is(Atomics.notify(new Int32Array(cp.sharedMemory(8).buffer), 0), 0);
});

test('the same object comes back: to its maker, when it arrives twice, and over another way', async (t) => {
  const [remote] = remotes(t, 1);
  const memory = cp.sharedMemory(8);
  await remote.run(keep, { handle: memory });
  t.is(await remote.run(({ state, handle }) => handle === state.memory && handle.buffer === state.memory.buffer, { handle: memory }), true);
  t.is(await remote.run(({ state }) => state.memory), memory);
  const [mine, theirs] = cp.createChannel();
  const over = once(mine, 'message');
  await remote.run(({ state, handle }) => { handle.send('it', state.memory); }, { handle: theirs });
  t.is((await over)[1], memory);
  mine.send('and back', memory);
  mine.disconnect();
});

test('who keeps only the buffer has the pages, and gets the same object', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const { Remote: R } = tools.require(`${tools.root}/__test__/channel/helpers/remote.js`);
    tools.require('node:v8').setFlagsFromString('--expose-gc');
    const gc = tools.require('node:vm').runInNewContext('gc');
    const remote = new R(own);
    const words = await (async () => {
      const memory = own.sharedMemory(4096);
      await remote.run(({ state, handle }) => { state.memory = handle; }, { handle: memory });
      return new Int32Array(memory.buffer);
    })();
    for (let i = 0; i < 5; i++) {
      gc();
      await tools.sleep(5);
    }
    const memory = await remote.run(({ state }) => {
      new Int32Array(state.memory.buffer)[7] = 9;
      return state.memory;
    });
    const same = [words[7], memory.buffer === words.buffer];
    await remote.end();
    return same;
  });
  t.deepEqual(value, [9, true]);
});

test('descriptors and mappings go with the last holder, and with a process that was killed', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const { Remote: R } = tools.require(`${tools.root}/__test__/channel/helpers/remote.js`);
    tools.require('node:v8').setFlagsFromString('--expose-gc');
    const gc = tools.require('node:vm').runInNewContext('gc');
    const count = (file) => tools.fs.readFileSync(file, 'utf8').split('\n').filter((line) => line.includes('rs-child-process.shared')).length;
    const mappings = () => count('/proc/self/maps');
    const open = () => Object.values(tools.descriptors()).filter((name) => name.includes('rs-child-process.shared')).length;
    const most = [];
    const round = async () => {
      const [stays, killed] = [new R(own), new R(own)];
      const kept = Array.from({ length: 5 }, () => own.sharedMemory(100_000));
      for (const memory of kept) {
        for (const one of [stays, killed]) {
          await one.run(({ state, handle }) => {
            (state.all ??= []).push(handle);
            new Uint8Array(handle.buffer).fill(1);
          }, { handle: memory });
        }
      }
      most.push(mappings(), open(), tools.fs.readFileSync(`/proc/${killed.child.pid}/maps`, 'utf8').match(/rs-child-process\.shared/g).length);
      await killed.end('SIGKILL');
      const [byte] = new Uint8Array(kept[0].buffer);
      most.push(byte);
      most.push(await stays.run(async ({ state, tools: t2 }) => {
        t2.require('node:v8').setFlagsFromString('--expose-gc');
        const collect = t2.require('node:vm').runInNewContext('gc');
        state.all = undefined;
        const left = () => t2.fs.readFileSync('/proc/self/maps', 'utf8').includes('rs-child-process.shared');
        await t2.until(() => { collect(); return !left(); });
        return Object.values(t2.descriptors()).filter((name) => name.includes('rs-child-process.shared')).length;
      }));
      await stays.end();
    };
    await round();
    await tools.until(() => { gc(); return mappings() === 0 && open() === 0; }, 'all unmapped');
    const before = tools.descriptorCount();
    await round();
    await tools.until(() => { gc(); return mappings() === 0 && tools.descriptorCount() <= before; }, 'all unmapped again');
    return most;
  });
  t.deepEqual(value, [5, 5, 5, 1, 0, 5, 5, 5, 1, 0]);
});

test('memory of a kind that was forgotten and comes again is mapped again', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const { Remote: R } = tools.require(`${tools.root}/__test__/channel/helpers/remote.js`);
    tools.require('node:v8').setFlagsFromString('--expose-gc');
    const gc = tools.require('node:vm').runInNewContext('gc');
    const remote = new R(own);
    const mapped = () => tools.fs.readFileSync('/proc/self/maps', 'utf8').includes('rs-child-process.shared');
    await (async () => {
      const memory = own.sharedMemory(4096);
      new Uint8Array(memory.buffer)[9] = 42;
      await remote.run(({ state, handle }) => { state.memory = handle; }, { handle: memory });
    })();
    await tools.until(() => { gc(); return !mapped(); });
    const memory = await remote.run(({ state }) => state.memory);
    await remote.end();
    return new Uint8Array(memory.buffer)[9];
  });
  t.is(value, 42);
});

test('a buffer that was transferred is another one, over the same pages', (t) => {
  const memory = cp.sharedMemory(16);
  const { buffer } = memory;
  new Uint8Array(buffer)[0] = 1;
  if (buffer.transfer === undefined) {
    t.is(memory.buffer, buffer, 'this Node cannot transfer one');
    return;
  }
  const moved = buffer.transfer();
  t.is(buffer.byteLength, 0);
  const again = memory.buffer;
  t.not(again, moved);
  new Uint8Array(moved)[1] = 2;
  t.deepEqual([...new Uint8Array(again).subarray(0, 2)], [1, 2]);
  t.is(memory.buffer, again);
});

test('a child that is not ours cannot get it', async (t) => {
  const [stranger] = remotes(t, 1, { accelerate: false });
  t.throws(() => stranger.child.send(1, cp.sharedMemory(8)), { code: 'ERR_IPC_NOT_ACCELERATED', message: /SharedMemory/ });
  t.is(await stranger.run(() => 'still there'), 'still there');
});

test('each worker thread has a mapping of its own, which goes with it', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const { Worker } = tools.require('node:worker_threads');
    const { Remote: R } = tools.require(`${tools.root}/__test__/channel/helpers/remote.js`);
    const code = `
      const { parentPort } = require('node:worker_threads');
      const cp = require(${JSON.stringify(tools.root)});
      const { Remote } = require(${JSON.stringify(`${tools.root}/__test__/channel/helpers/remote.js`)});
      (async () => {
        const memory = globalThis.memory = cp.sharedMemory(4096);
        const remote = new Remote(cp);
        await remote.run(({ handle }) => { new Int32Array(handle.buffer)[0] = 12; }, { handle: memory });
        await remote.end();
        parentPort.postMessage(new Int32Array(memory.buffer)[0]);
        setInterval(() => {}, 1000);
      })();`;
    const mappings = () => tools.fs.readFileSync('/proc/self/maps', 'utf8').split('\n').filter((line) => line.includes('rs-child-process.shared')).length;
    const remote = new R(own);
    const mine = own.sharedMemory(4096);
    await remote.run(({ state, handle }) => { state.memory = handle; }, { handle: mine });
    const workers = Array.from({ length: 3 }, () => new Worker(code, { eval: true }));
    const answers = await Promise.all(workers.map((w) => new Promise((resolve, reject) => { w.once('message', resolve); w.once('error', reject); })));
    const during = mappings();
    await Promise.all(workers.map((w) => w.terminate()));
    await tools.until(() => mappings() === 1);
    await remote.end();
    return { answers, during, mine: mine.buffer.byteLength };
  });
  t.deepEqual(value, { answers: [12, 12, 12], during: 4, mine: 4096 });
});
