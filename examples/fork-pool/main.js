'use strict';
// A pool of forked workers by generic-pool: many tasks, few processes, each used again and again. A worker that dies of
// its task is replaced, and its task fails alone.

const path = require('node:path');
const { createPool } = require('generic-pool');
const { fork } = require('rs-child-process');

const pool = createPool({
  async create() {
    const worker = fork(path.join(__dirname, 'worker.js'));
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    return worker;
  },
  async destroy(worker) {
    const closed = new Promise((resolve) => worker.once('close', resolve));
    if (worker.connected) worker.disconnect();
    if (worker.exitCode === null && worker.signalCode === null) await closed;
  },
  async validate(worker) {
    return worker.connected;
  },
}, { min: 0, max: 3, testOnBorrow: true });

function ask(worker, task) {
  return new Promise((resolve, reject) => {
    const settle = (how, value) => {
      worker.off('message', onMessage).off('exit', onExit);
      how(value);
    };
    const onMessage = (result) => settle(resolve, result);
    const onExit = (code) => settle(reject, new Error(`the worker ended with code ${code}`));
    worker.on('message', onMessage).on('exit', onExit);
    worker.send(task);
  });
}

async function run(task) {
  return pool.use((worker) => ask(worker, task));
}

async function main() {
  const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'crash', 'twelve'];
  const results = await Promise.allSettled(words.map(run));
  const pids = new Set();
  for (const [i, { value, reason }] of results.entries()) {
    if (value) pids.add(value.pid);
    console.log(`${words[i]}: ${value ? value.reversed : reason.message}`);
  }
  await pool.drain();
  await pool.clear();
  console.log(`${words.length} tasks by ${pids.size} workers`);
}

main();
