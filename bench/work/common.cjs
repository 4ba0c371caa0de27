'use strict';
// What every measured script shares: its parameters, the implementation under test, the clock, and the one line it answers with.
// Scripts are .cjs so that Node, Bun and Deno all read the same file as CommonJS.

const fs = require('fs');
const stock = require('child_process');

const params = JSON.parse(process.argv[2] || '{}');

// Touched, unshared pages: a fork has to copy the tables of all of them. `fill` writes every byte, so none is the shared zero page.
const ballast = [];
function inflate(megabytes) {
  const step = 16;
  const rss = () => process.memoryUsage().rss / 1048576;
  while (rss() + step / 2 < megabytes) ballast.push(Buffer.alloc(Math.ceil(Math.min(step, megabytes - rss())) * 1048576, 1));
}

function answer(result) {
  fs.writeSync(1, `${JSON.stringify(result)}\n`);
  process.exit(0);
}

// A row that the addon cannot run yet must say so: measuring stock under our name would be a lie.
function load(name) {
  if (name !== 'ours') return stock;
  // The bench measures the package as users have it; whoever runs a script by hand measures the checkout.
  const ours = require(process.env.BENCH_PACKAGE || '../..');
  if (ours.native !== true) answer({ missing: 'the addon is not loaded' });
  return ours;
}

function need(cp, name, keys) {
  if (name !== 'ours') return;
  for (const key of keys) {
    if (typeof cp[key] !== 'function') answer({ missing: `${key} does not exist` });
    if (cp[key] === stock[key]) answer({ missing: `${key} is still Node's own` });
  }
}

function now() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

// CPU time that this process has used so far (user and system, all its threads), in milliseconds.
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Samples until the budget is used, so that a side which takes 140 ms a start is not measured for minutes.
async function samples(take, { warm = 5, least = 7, most = 400, budget = params.budget || 1200 } = {}) {
  for (let i = 0; i < warm; i++) await take();
  const values = [];
  const start = now();
  while (values.length < least || (values.length < most && now() - start < budget)) {
    values.push(await take());
    await new Promise(setImmediate);
  }
  return values;
}

function run(main) {
  main(params).then(answer, (error) => {
    fs.writeSync(2, `${error && error.stack || error}\n`);
    process.exit(1);
  });
}

module.exports = { params, inflate, load, need, now, cpuTime, median, samples, run, answer };
