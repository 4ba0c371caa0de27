// Compiled by types.test.js, never run: a program that does not register. What this package adds is not on the children of Node's own
// functions, though the package's types are loaded.

import type { Worker } from 'node:cluster';
import stock = require('node:child_process');
import ours = require('rs-child-process');

declare const clustered: Worker;
const child = stock.spawn('true');
const worker = stock.fork('file.js');
const bytes = Buffer.alloc(1);
const [end] = ours.createChannel();

// @ts-expect-error only our children know what they used
child.resourceUsage;
// @ts-expect-error only our kill() knows trees
child.kill('SIGTERM', { tree: true });
// @ts-expect-error only ours send bytes as they are
worker.send(bytes, { serialize: false });
// @ts-expect-error only ours send bytes as they are
worker.send(bytes, undefined, { serialize: false });
// @ts-expect-error only ours send the ends of channels
worker.send('an end', end);
// @ts-expect-error only ours send memory
worker.send('memory', ours.sharedMemory(8));
// @ts-expect-error the parent may have Node's own end of the channel
process.send?.(bytes, { serialize: false });
// @ts-expect-error workers of a cluster are Node's
clustered.process.resourceUsage;

// @ts-expect-error only our functions have this option
stock.spawn('true', { killTree: true });
// @ts-expect-error only our functions have this option
stock.spawn('true', [], { killOnParentExit: true });
// @ts-expect-error only our functions have this option
stock.exec('true', { killTree: true });
// @ts-expect-error only our functions have this option
stock.execFile('true', [], { killTree: true }, () => {});
// @ts-expect-error only our functions have this option
stock.fork('file.js', { accelerate: true });
// @ts-expect-error only our functions have this option
stock.fork('file.js', [], { killTree: true });
// @ts-expect-error only our functions have this option
stock.spawnSync('true', { killOnParentExit: true });
// @ts-expect-error only our functions have this option
stock.execSync('true', { killOnParentExit: true });
// @ts-expect-error only our functions have this option
stock.execFileSync('true', { killOnParentExit: true });

// @ts-expect-error a child of Node's is none of ours
const asOurs: ours.ChildProcess = child;
// @ts-expect-error Node's functions return children of Node's
const spawn: typeof ours.spawn = stock.spawn;
// @ts-expect-error so the module does not stand in for ours
const asOurModule: Pick<typeof ours, keyof typeof stock> = stock;

// Our class takes Node's children for its instances, so it proves no more than that a value is a child of Node's kind.
declare const value: unknown;
if (value instanceof ours.ChildProcess) {
  value.kill('SIGTERM');
  // @ts-expect-error only our kill() knows trees
  value.kill('SIGTERM', { tree: true });
}
declare const mine: ours.ChildProcess | string;
if (mine instanceof ours.ChildProcess) mine.kill('SIGTERM', { tree: true });

export { asOurs, asOurModule, spawn };
