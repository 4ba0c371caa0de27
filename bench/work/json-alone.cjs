'use strict';
// The limit of a JSON channel: one process turns the message into text while another turns the text back, with nothing between them.

const cp = require('child_process');
const { params, load, now, run } = require('./common.cjs');
const payloads = require('./payloads.cjs');

if (params.part) {
  run(async ({ part, kind, scale = 1 }) => {
    const message = payloads[kind].make();
    const text = JSON.stringify(message);
    const n = Math.max(8, Math.round(payloads[kind].n * scale));
    const turn = part === 'parse' ? () => JSON.parse(text) : () => JSON.stringify(message);
    let kept;
    for (let i = 0; i < n / 4; i++) kept = turn();
    const begin = now();
    for (let i = 0; i < n; i++) kept = turn();
    const ms = now() - begin;
    return { value: n / ms * 1e3, kept: typeof kept };
  });
} else {
  run(async ({ kind, scale }) => {
    load('stock');
    const rates = await Promise.all(['stringify', 'parse'].map((part) => new Promise((resolve, reject) => {
      cp.execFile(process.execPath, [__filename, JSON.stringify({ part, kind, scale })], (error, stdout) => error ? reject(error) : resolve(JSON.parse(stdout).value));
    })));
    return { value: Math.min(...rates), samples: 1 };
  });
}
