'use strict';
// Resident bytes of the parent for one idle forked child: what lies in its heap, and the anonymous memory outside. Needs --expose-gc
// (Bun has its own way), so that garbage of the start is not counted. Nor is what comes and goes at moments of its own, in steps that
// would hide a hundred children: code, which is mapped from a file; the pages that V8 keeps for its heap, a megabyte more or less; the
// optimizing compiler's memory, which is why the row switches that off. Many children are counted, behind others.

const fs = require('fs');
const v8 = require('v8');
const { inflate, load, run } = require('./common.cjs');
const { start, told } = require('./pair.cjs');

const collect = global.gc || (() => globalThis.Bun.gc(true));

function ownBytes() {
  try {
    // Counted page by page; the numbers of /proc/self/status are gathered from all processors now and then.
    return 1024 * Number(/^Anonymous:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/smaps_rollup', 'utf8'))[1]);
  } catch {
    return process.memoryUsage().rss;
  }
}

// Without the heap's pages, with what is in them.
function takenBytes() {
  const { total_physical_size: pages = 0, used_heap_size: used = 0 } = v8.getHeapStatistics();
  return pages > 0 ? ownBytes() - pages + used : ownBytes();
}

run(async (params) => {
  const { impl, rss, scale = 1, count = Math.max(80, Math.round(240 * scale)) } = params;
  const cp = load(impl);
  inflate(rss);
  const settled = async () => {
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      collect();
    }
    return { ...process.memoryUsage(), taken: takenBytes() };
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
  return { value: Math.max(0, after.taken - before.taken) / count, heap: (heap(after) - heap(before)) / count, samples: count };
});
