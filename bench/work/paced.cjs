'use strict';
// Sends messages at a steady rate, as a program does whose events come from outside: a third process, which is in nobody's figures, writes
// a byte for each event to a pipe, and each byte that is read sends one message. (A timer of Node's own cannot tick more often than
// once a millisecond: it would send in bunches.)

const { spawn } = require('child_process');

function paced(send, message, n, rate) {
  const source = spawn(process.env.BENCH_NODE || process.execPath, [__filename, String(n), String(rate)], { stdio: ['ignore', 'pipe', 'inherit'] });
  source.stdout.on('data', (bytes) => { for (let i = 0; i < bytes.length; i++) send(message); });
}

// The third process. It sleeps until the next event is due, and makes up for what it is late.
function tick(n, rate) {
  const { writeSync } = require('fs');
  const still = new Int32Array(new SharedArrayBuffer(4));
  const byte = Buffer.from('.');
  const begin = process.hrtime.bigint();
  for (let i = 1; i <= n; i++) {
    const left = i / rate * 1e3 - Number(process.hrtime.bigint() - begin) / 1e6;
    if (left > 0) Atomics.wait(still, 0, 0, left);
    writeSync(1, byte);
  }
}

if (require.main === module) tick(Number(process.argv[2]), Number(process.argv[3]));

module.exports = { paced };
