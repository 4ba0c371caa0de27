'use strict';
// Resident bytes of the parent for one idle forked child. Needs --expose-gc (Bun has its own way), so that garbage of the start is
// not counted. Nor is what all children need once and the runtime gets at a moment of its own: its code, which is mapped from a file,
// is left out where the system tells; the optimizing compiler's memory, several times that of all these children, is why the row
// switches that off; so is a young generation that grows by a megabyte or two in between, or does not. V8 takes memory by 256 KiB, so many children are counted, behind others.

const fs = require('fs');
const { inflate, load, run } = require('./common.cjs');
const { start, told } = require('./pair.cjs');

const collect = global.gc || (() => globalThis.Bun.gc(true));

function ownBytes() {
  try {
    return 1024 * Number(/^RssAnon:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.memoryUsage().rss;
  }
}

run(async (params) => {
  const { impl, rss, count = 100 } = params;
  const cp = load(impl);
  inflate(rss);
  const settled = async () => {
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      collect();
    }
    return { ...process.memoryUsage(), own: ownBytes() };
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
  const children = await forkSome(24);
  const before = await settled();
  children.push(...await forkSome(count));
  const after = await settled();
  await Promise.all(children.map((child) => child.end()));
  const heap = (memory) => memory.heapUsed + memory.external;
  return { value: Math.max(0, after.own - before.own) / count, heap: (heap(after) - heap(before)) / count, samples: count };
});
