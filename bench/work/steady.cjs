'use strict';
// CPU time for one message, in both processes together, while messages go one way at a steady rate that leaves both processes idle for
// most of the time. `busy` programs keep the processors at work meanwhile.

const { spawn } = require('child_process');
const os = require('os');
const { inflate, load, run } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { paced } = require('./paced.cjs');
const { start, told, countCpu } = require('./pair.cjs');

run(async (params) => {
  const { impl, rss, rate, way = 'down', busy = false, budget: given = 1200 } = params;
  // Less than that many messages would tell chance.
  const budget = Math.max(given, 800);
  const cp = load(impl);
  inflate(rss);
  const child = start(cp, params);
  const message = payloads.small.make();

  const down = async (n) => {
    const ready = told(child, 'ready');
    child.send({ bench: 'sink', n });
    await ready;
    const done = told(child, 'done');
    paced((m) => child.send(m), message, n, rate);
    await done;
  };
  const up = (n) => new Promise((resolve) => {
    let left = n;
    const listen = (m) => {
      if (m.bench !== undefined || --left > 0) return;
      child.off('message', listen);
      resolve();
    };
    child.on('message', listen);
    child.send({ bench: 'steady', n, kind: 'small', rate });
  });
  const stretch = way === 'down' ? down : up;

  // They end by themselves when nobody is left to end them.
  const loop = 'const end = Date.now() + 60_000; while (Date.now() < end);';
  const programs = busy ? os.cpus().map(() => spawn(process.env.BENCH_NODE || process.execPath, ['-e', loop], { stdio: 'ignore' })) : [];
  try {
    await stretch(Math.ceil(rate * budget / 2e3));
    const cpu = await countCpu(child);
    const n = Math.ceil(rate * budget / 1e3);
    await stretch(n);
    const ms = await cpu();
    await child.end();
    return { value: ms / n * 1e3, samples: n };
  } finally {
    for (const program of programs) program.kill('SIGKILL');
  }
});
