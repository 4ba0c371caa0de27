// Compiled by types.test.js, never run: the same for ES modules.

import type { Worker } from 'node:cluster';
import stock, { fork, spawn } from 'node:child_process';
import * as bare from 'child_process';
import ours, { type ChildProcess } from 'rs-child-process';
import 'rs-child-process/promises';

declare const clustered: Worker;

// @ts-expect-error only our children know what they used
spawn('true').resourceUsage;
// @ts-expect-error only our children know what they used
bare.spawn('true').resourceUsage;
// @ts-expect-error only our kill() knows trees
stock.spawn('true').kill('SIGTERM', { tree: true });
// @ts-expect-error only our functions have this option
spawn('true', { killTree: true });
// @ts-expect-error only our functions have this option
bare.exec('true', { killTree: true });
// @ts-expect-error only our functions have this option
fork('file.js', { accelerate: true });
// @ts-expect-error workers of a cluster are Node's
clustered.process.resourceUsage;
// @ts-expect-error a child of Node's is none of ours
const child: ChildProcess = spawn('true');
// @ts-expect-error so the module does not stand in for ours
const module: Pick<typeof ours, keyof typeof stock> = stock;

export { child, module };
