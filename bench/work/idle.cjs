'use strict';
// Resident bytes of the parent for one idle forked child. Needs --expose-gc (Bun has its own way), so that garbage of the start is
// not counted.

const { inflate, load, run } = require('./common.cjs');
const { start, told } = require('./pair.cjs');

const collect = global.gc || (() => globalThis.Bun.gc(true));

run(async (params) => {
  const { impl, rss, count = 40 } = params;
  const cp = load(impl);
  inflate(rss);
  const settled = async () => {
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      collect();
    }
    return process.memoryUsage();
  };
  const forkSome = async (n) => {
    const children = [];
    for (let i = 0; i < n; i++) {
      const child = start(cp, params);
      child.send({ bench: 'question' });
      await told(child, 'answer');
      children.push(child);
    }
    return children;
  };
  const children = await forkSome(8);
  const before = await settled();
  children.push(...await forkSome(count));
  const after = await settled();
  await Promise.all(children.map((child) => child.end()));
  const heap = (memory) => memory.heapUsed + memory.external;
  return { value: Math.max(0, after.rss - before.rss) / count, heap: (heap(after) - heap(before)) / count, samples: count };
});
