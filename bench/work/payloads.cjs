'use strict';
// The messages of the IPC rows, by name. Each is what programs really send, of the size that its name says.

const english = 'The quick brown fox jumps over the lazy dog, then writes a line about it in the log. ';
const chinese = '父进程把任务交给子进程，子进程算完以后把结果发回来。';
const text = (sample, bytes) => {
  let out = sample.repeat(Math.ceil(bytes / Buffer.byteLength(sample)));
  while (Buffer.byteLength(out) > bytes) out = out.slice(0, -1);
  return out;
};
const table = (rows) => Array.from({ length: rows }, (_, i) => ({ id: i, name: `row-${i}`, price: i * 1.25, tags: ['new', 'blue'], open: i % 2 === 0 }));

// n: about as many messages as take stock a second when the sender waits for callbacks; burst: how many it sends before it waits; loop: how many a sender that does not wait sends at once.
module.exports = {
  small: { n: 400000, burst: 500, loop: 20000, make: () => ({ id: 12345, type: 'msg', payload: 'hello' }) },
  text1k: { n: 90000, burst: 100, loop: 10000, make: () => ({ id: 1, text: text(english, 1000) }) },
  cjk1k: { n: 80000, burst: 100, loop: 10000, make: () => ({ id: 1, text: text(chinese, 1000) }) },
  text64k: { n: 4000, burst: 4, loop: 400, make: () => ({ id: 1, text: text(english, 65500) }) },
  table8k: { n: 8000, burst: 16, loop: 1000, make: () => ({ id: 1, rows: table(100) }) },
  mixed: {
    n: 50000, burst: 50, loop: 5000,
    make: () => ({
      at: new Date(1700000000000), map: new Map([['a', 1], ['b', { c: 2 }]]), set: new Set([1, 'two', 3.5]),
      bytes: Buffer.alloc(1024, 7), big: 12345678901234567890n, name: 'mixed', list: [1, 2.5, null, undefined, -0],
    }),
  },
  buffer1m: { n: 900, burst: 2, loop: 200, make: () => Buffer.alloc(1 << 20, 7) },
  buffer16m: { n: 60, burst: 1, loop: 20, make: () => Buffer.alloc(16 << 20, 7) },
  // Flat, as a text is that came from a file.
  string16m: { n: 16, burst: 1, loop: 4, make: () => JSON.parse(JSON.stringify(text(english, 1 << 20).repeat(16))) },
};
