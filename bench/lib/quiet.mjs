// Keeps other programs out of the figures: waits for a quiet machine, and tells how much of a core strangers used during a
// measurement. Linux only; elsewhere nothing is known and nothing is waited for.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const ticksPerSecond = 100;
// Background work of a calm system stays below this share of one core.
export const calm = 0.2;

function ticks() {
  try {
    const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').map(Number);
    // utime, stime, and those of children that were waited for (with what they waited for in turn).
    const own = fields[11] + fields[12] + fields[13] + fields[14];
    return { at: Date.now(), foreign: user + nice + system + irq + softirq - own };
  } catch {
    return null;
  }
}

export function watch() {
  const before = ticks();
  return () => {
    const after = before && ticks();
    if (!after || after.at === before.at) return 0;
    return Math.max(0, (after.foreign - before.foreign) / ticksPerSecond / ((after.at - before.at) / 1000));
  };
}

export async function waitForQuiet(patience, waiting = () => {}) {
  const end = Date.now() + patience;
  do {
    const share = watch();
    await sleep(100);
    if (share() < calm) return true;
    waiting();
  } while (Date.now() < end);
  return false;
}
