// A parent that hands work to forked workers and collects what they find. It knows only Node's own module.

const { fork } = require('child_process');
const path = require('path');

const limit = 200000;
const width = 2;
let primes = 0;
let left = width;
for (let i = 0; i < width; i++) {
  const worker = fork(path.join(__dirname, 'worker.js'));
  worker.send({ from: limit / width * i, to: limit / width * (i + 1) });
  worker.on('message', ({ from, to, found }) => {
    primes += found;
    console.log(`fork          worker ${i + 1}: ${found} primes from ${from} to ${to}`);
  });
  worker.on('exit', () => { if (--left === 0) console.log(`fork          ${primes} primes below ${limit}`); });
}
