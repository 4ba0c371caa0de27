'use strict';
// Many live children killed in one go: the time from the first kill() to the last 'exit'.

const { inflate, load, now, run } = require('./common.cjs');

run(async ({ impl, rss, count }) => {
  const { spawn } = load(impl);
  inflate(rss);
  const round = async (n) => {
    const children = [];
    for (let i = 0; i < n; i++) {
      const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore' });
      children.push(child);
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    }
    // Every sleep must have got past its own start-up, or its exec would be part of the figure.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return new Promise((resolve) => {
      let left = n;
      for (const child of children) child.on('exit', () => { if (--left === 0) resolve(now() - start); });
      const start = now();
      for (const child of children) child.kill('SIGKILL');
    });
  };
  await round(16);
  return { value: await round(count), samples: 1 };
});
