'use strict';
// Starts a second with a fixed number of children in flight; a finished one is replaced at once.

const { inflate, load, now, run } = require('./common.cjs');

run(async ({ impl, rss, width, stdio, budget = 1200 }) => {
  const { spawn } = load(impl);
  inflate(rss);
  const stretch = (ms) => new Promise((resolve, reject) => {
    let live = 0;
    let closed = 0;
    const start = now();
    const next = () => {
      live++;
      const child = spawn('/bin/true', [], { stdio });
      child.on('error', reject);
      child.on('close', () => {
        live--;
        closed++;
        if (now() - start < ms) next();
        else if (live === 0) resolve({ closed, ms: now() - start });
      });
    };
    for (let i = 0; i < width; i++) next();
  });
  await stretch(budget / 10);
  const { closed, ms } = await stretch(budget);
  return { value: closed / ms * 1e3, samples: closed };
});
