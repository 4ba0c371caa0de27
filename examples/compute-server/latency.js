'use strict';
// How long a small computation takes from fork() to the answer: in a child that is started for it, and in one that was started ahead.

const path = require('node:path');
const { once } = require('node:events');
const { fork, prefork } = require('rs-child-process');

const ROUNDS = Number(process.env.ROUNDS ?? 20);

async function compute(fork) {
  const begin = performance.now();
  const child = fork(path.join(__dirname, 'primes.js'));
  child.send({ below: 1000 });
  const [{ count }] = await once(child, 'message');
  const time = performance.now() - begin;
  if (count !== 168) throw new Error(`${count} primes below 1000`);
  await once(child, 'exit');
  return time;
}

async function measure(name, fork, before) {
  const times = [];
  for (let i = 0; i < ROUNDS; i++) {
    await before?.();
    times.push(await compute(fork));
  }
  times.sort((a, b) => a - b);
  console.log(`${name}: ${times[Math.floor(ROUNDS / 2)].toFixed(1)} ms`);
}

(async () => {
  await measure('fork()', fork);
  const pool = prefork({ size: 2 });
  await measure('prefork()', (file) => pool.fork(file), () => pool.whenReady());
  pool.close();
})();
