'use strict';
// A program with 100 idle children, 50 forked and 50 spawned with three pipes: how often its threads and those of its forked children wake up in a
// second in which nothing happens, or how many threads it has. Linux only: the kernel counts in /proc how often a thread has waited.

const fs = require('fs');
const { answer, inflate, load, run } = require('./common.cjs');
const { start, told } = require('./pair.cjs');

const threads = (pid) => fs.readdirSync(`/proc/${pid}/task`);
const waits = (pid) => threads(pid).reduce((sum, thread) =>
  sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))[1]), 0);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

run(async (params) => {
  const { impl, rss, report, width = 50 } = params;
  if (process.platform !== 'linux') answer({ missing: 'needs /proc' });
  const cp = load(impl);
  inflate(rss);
  const forked = [];
  for (let i = 0; i < width; i++) {
    const child = start(cp, params);
    child.send({ bench: 'question' });
    await told(child, 'answer');
    forked.push(child);
  }
  const spawned = Array.from({ length: width }, () => cp.spawn('/bin/sleep', ['1000']));
  await Promise.all(spawned.map((child) => new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))));
  let value = threads(process.pid).length;
  if (report === 'wakeUps') {
    // What a start leaves to do (garbage to collect, code to compile) must be over.
    await pause(1500);
    const pids = [process.pid, ...forked.map((child) => child.pid)];
    const count = () => pids.reduce((sum, pid) => sum + waits(pid), 0);
    const seconds = 2;
    const before = count();
    await pause(seconds * 1e3);
    // One of them is the end of this pause.
    value = Math.max(0, count() - before - 1) / seconds;
  }
  await Promise.all(forked.map((child) => child.end()));
  for (const child of spawned) child.kill('SIGKILL');
  return { value, samples: 2 * width };
});
