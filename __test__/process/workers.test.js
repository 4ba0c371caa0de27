'use strict';

// Children of worker threads: several threads at once, threads that are ended with live children, unloading.

const test = require('ava');
const { freshParity, freshValue } = require('../helpers/fresh.js');
const { stockOnly } = require('../helpers/subject.js');

/** In a fresh process: runs `code` in workers; the code has `cp`, `tools`, `parentPort`, `workerData`. */
const withWorkers = (main, code) => `async (cp, tools) => {
  const { Worker } = tools.require('node:worker_threads');
  const prelude = 'const { parentPort, workerData } = require("node:worker_threads");'
    + 'const cp = require(' + JSON.stringify(tools.path.join(tools.root, '__test__/helpers/subject.js')) + ').load(' + JSON.stringify(tools.subject) + ');'
    + 'const tools = require(' + JSON.stringify(tools.path.join(tools.root, '__test__/helpers/tools.js')) + ');';
  const worker = (workerData, more) => new Worker(prelude + ${JSON.stringify(code)}, { eval: true, workerData, ...more });
  const message = (w) => new Promise((resolve, reject) => { w.once('message', resolve); w.once('error', reject); });
  const ended = (w) => new Promise((resolve) => { w.once('exit', resolve); });
  return (${main})({ cp, tools, worker, message, ended });
}`;

freshParity('a worker thread starts children of every form', withWorkers(async ({ worker, message, ended }) => {
  const w = worker(null);
  const over = ended(w);
  return [await message(w), await over];
}, `(async () => {
  const out = {
    spawn: await tools.collect(cp.spawn('sh', ['-c', 'echo out; echo err >&2; exit 3'])),
    missing: await tools.collect(cp.spawn('definitely-missing')),
    exec: await tools.call((done) => cp.exec('echo x', done)),
    sync: cp.spawnSync('echo', ['x']).stdout.toString(),
    execSync: cp.execSync('echo x').toString(),
  };
  parentPort.postMessage(out);
})()`));

test.serial('eight threads start children at once, and each child has its own output and code', async (t) => {
  const value = await freshValue(t, withWorkers(async ({ cp, tools, worker, message }) => {
    const before = tools.descriptorCount();
    const workers = Array.from({ length: 7 }, (_, i) => worker(i));
    const own = (async () => {
      const wrong = [];
      for (let i = 0; i < 40; i++) {
        const got = await tools.collect(cp.spawn('sh', ['-c', `echo main ${i}; exit ${i}`]));
        if (got.stdout !== `main ${i}\n` || got.code !== i) wrong.push(got);
      }
      return wrong;
    })();
    const ends = workers.map((w) => new Promise((resolve) => { w.once('exit', resolve); }));
    const results = [...await Promise.all(workers.map(message)), await own];
    await Promise.all(ends);
    await tools.until(() => tools.descriptorCount() <= before + 4, 'descriptors are given back');
    return { results, zombies: tools.zombies() };
  }, `(async () => {
    const wrong = [];
    for (let i = 0; i < 40; i++) {
      const code = (workerData * 40 + i) % 250;
      const text = 'worker ' + workerData + ' ' + i;
      // The listing shows a descriptor that a start in another thread let slip in.
      const got = await tools.collect(cp.spawn('/bin/sh', ['-c', 'echo $0; for fd in 3 4 5 6 7 8 9 20 30; do [ -p /proc/$$/fd/$fd ] && echo stray; done; exit ' + code, text]));
      if (got.stdout !== text + '\\n' || got.code !== code) wrong.push(got);
      if (i % 10 === 0 && cp.spawnSync('sh', ['-c', 'exit 7']).status !== 7) wrong.push('sync');
    }
    parentPort.postMessage(wrong);
  })()`), { limit: 100_000 });
  t.deepEqual(value, { results: Array(8).fill([]), zombies: [] });
});

freshParity('AsyncLocalStorage holds in a worker thread', withWorkers(({ worker, message }) => message(worker(null)), `
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const seen = [];
  storage.run('mine', () => cp.spawn('echo', ['x'])).on('exit', () => seen.push(storage.getStore())).on('close', () => {
    seen.push(storage.getStore());
    parentPort.postMessage(seen);
  }).stdout.on('data', () => seen.push(storage.getStore()));
`));

// Stock leaves the children of such a thread as zombies, so this is held against ours alone.
const stages = {
  'right after spawn': 'cp.spawn("sleep", ["3"]); parentPort.postMessage("now");',
  'with an open pipe': 'cp.spawn("cat").stdout.resume(); parentPort.postMessage("now");',
  'while output flows': 'cp.spawn("yes").stdout.on("data", () => parentPort.postMessage("now"));',
  'in the middle of many starts': 'parentPort.postMessage("now"); for (let i = 0; i < 300; i++) cp.spawn("true", { stdio: "ignore" });',
  'while children end': 'for (let i = 0; i < 30; i++) cp.spawn("true").on("exit", () => parentPort.postMessage("now"));',
  'with a child that failed to start': 'cp.spawn("definitely-missing").on("error", () => {}); parentPort.postMessage("now");',
  'inside a sync start': 'parentPort.postMessage("now"); cp.spawnSync("sleep", ["0.5"]);',
  'inside exec': 'cp.exec("yes | head -c 100000000", { maxBuffer: Infinity }, () => {}); parentPort.postMessage("now");',
};
for (const [name, code] of Object.entries(stages)) {
  (stockOnly ? test.skip : test.serial)(`a worker terminated ${name} neither crashes nor hangs nor leaks`, async (t) => {
    const value = await freshValue(t, withWorkers(async ({ cp, tools, worker, message }) => {
      // What the first start of the process and the first thread open for good is not a leak.
      await tools.collect(cp.spawn('true'));
      const first = worker(null);
      await message(first);
      await first.terminate();
      await tools.until(() => tools.children().every(({ state }) => state !== 'Z'), 'no zombie');
      const before = tools.descriptorCount();
      for (let i = 0; i < 8; i++) {
        const w = worker(null);
        await message(w);
        await w.terminate();
      }
      // Children that outlive their thread are nobody's any more; they must not become zombies while this process lives.
      for (const { pid } of tools.children()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended in between.
        }
      }
      await tools.until(() => tools.zombies().length === 0, 'no zombie is left');
      const works = (await tools.collect(cp.spawn('echo', ['alive']))).stdout;
      await tools.until(() => tools.descriptorCount() <= before, 'descriptors are given back').catch(() => {});
      return { works, leaked: Math.max(0, tools.descriptorCount() - before) };
    }, code), { limit: 100_000 });
    t.deepEqual(value, { works: 'alive\n', leaked: 0 });
  });
}

// A descriptor that was just made, or has just come, is a number to JavaScript for a moment: the thread may be terminated there.
const busy = {
  'that starts children without pause': 'parentPort.postMessage("now"); for (;;) cp.spawn("cat");',
  'that starts children with channels': 'parentPort.postMessage("now"); for (;;) cp.spawn("cat", { stdio: ["pipe", "pipe", "pipe", "ipc", "pipe"] });',
  'that makes channels': 'parentPort.postMessage("now"); for (;;) if (cp.createChannel) cp.createChannel(); else cp.spawn("cat");',
  // Stock leaves those children running.
  ...!stockOnly && { 'to which servers are sent': `
    const child = cp.fork(tools.path.join(tools.root, '__test__/fixtures/give-servers-away.js'));
    child.on('message', (message, server) => { server.close(); parentPort.postMessage('now'); });` },
};
for (const [name, code] of Object.entries(busy)) {
  test.serial(`a worker terminated at any moment ${name} leaves no child and no descriptor`, async (t) => {
    const value = await freshValue(t, withWorkers(async ({ cp, tools, worker, message }) => {
      await tools.collect(cp.spawn('true'));
      const before = tools.descriptorCount();
      for (let i = 0; i < 20; i++) {
        const w = worker(null);
        await message(w);
        // Of no matter how long exactly: each time another one.
        await tools.sleep(i % 9);
        await w.terminate();
      }
      const running = () => tools.children().filter(({ state }) => state !== 'Z').map(({ name }) => name);
      await tools.until(() => running().length === 0 && tools.descriptorCount() <= before, 'all is gone').catch(() => {});
      const left = running();
      for (const { pid } of tools.children()) process.kill(pid, 'SIGKILL');
      return { left, leaked: Math.max(0, tools.descriptorCount() - before) };
    }, code), { limit: 100_000 });
    t.deepEqual(value, { left: [], leaked: 0 });
  });
}

const exits = {
  'while a worker has live children': ['w.once("message", () => process.exit(42))', 'cp.spawn("sleep", ["3"]); parentPort.postMessage("now");'],
  'while workers start children': ['w.once("message", () => process.exit(42)); worker(1); worker(2)', 'parentPort.postMessage("now"); setInterval(() => cp.spawn("true"), 1);'],
  'in a worker with live children': ['w.once("exit", (code) => { process.stdout.write("worker " + code); process.exit(43); })', 'cp.spawn("sleep", ["3"]); process.exit(42);'],
  'in the exit handler of a worker\'s child': ['w.once("exit", (code) => { process.stdout.write("worker " + code); process.exit(43); })', 'cp.spawn("true").on("exit", () => process.exit(42));'],
};
for (const [name, [main, code]] of Object.entries(exits)) {
  freshParity(`process.exit ${name} ends as with stock`, withWorkers(`async ({ worker }) => { const w = worker(0); ${main}; await new Promise(() => {}); }`, code));
}

test.serial('thirty threads that load the package, start a child and end leave nothing behind', async (t) => {
  const value = await freshValue(t, withWorkers(async ({ tools, worker, ended }) => {
    const one = async () => {
      const w = worker(null);
      return ended(w);
    };
    await one();
    const before = tools.descriptorCount();
    const codes = new Set();
    for (let i = 0; i < 10; i++) for (const code of await Promise.all([one(), one(), one()])) codes.add(code);
    await tools.until(() => tools.descriptorCount() <= before, 'descriptors are given back').catch(() => {});
    return { codes: [...codes], leaked: Math.max(0, tools.descriptorCount() - before), zombies: tools.zombies() };
  }, 'cp.spawn("echo", ["x"]).stdout.resume(); cp.execFileSync("true");'), { limit: 100_000 });
  t.deepEqual(value, { codes: [0], leaked: 0, zombies: [] });
});

freshParity('process.chdir is refused and process.env is its own in a worker', withWorkers(({ worker, message }) => message(worker(null, { env: { PATH: process.env.PATH, MARK: 'of the worker' } })), `(async () => {
  process.env.LATER = 'set in the worker';
  parentPort.postMessage([
    (await tools.collect(cp.spawn('sh', ['-c', 'echo $MARK $LATER']))).stdout,
    cp.execSync('echo $MARK $LATER').toString(),
  ]);
})()`));
