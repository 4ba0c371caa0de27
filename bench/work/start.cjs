'use strict';
// One start at a time: how long spawn() holds its caller, and how long until 'close'.

const { inflate, load, now, median, samples, run } = require('./common.cjs');

run(async ({ impl, rss, stdio, until }) => {
  const { spawn } = load(impl);
  inflate(rss);
  const values = await samples(() => new Promise((resolve, reject) => {
    const start = now();
    const child = spawn('/bin/true', [], { stdio });
    const returned = now();
    child.on('error', reject);
    child.on('close', () => resolve((until === 'close' ? now() : returned) - start));
  }));
  return { value: median(values) * 1e3, samples: values.length };
});
