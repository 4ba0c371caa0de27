// Compiled by types.test.js, never run: the types alone, for a program that is registered from outside, and for a forked child.

import type {} from 'rs-child-process/register';
import stock, { fork, spawn } from 'node:child_process';
import { exec } from 'child_process';
import ours from 'rs-child-process';

spawn('true', { killTree: true }).kill('SIGTERM', { tree: true });
exec('true', { killTree: true }).resourceUsage?.();
fork('file.js', [], { accelerate: false }).send(new ArrayBuffer(1), { serialize: false });
process.send?.(new Float64Array(1), { serialize: false }, () => {});

const asStock: typeof stock = ours;
// @ts-expect-error only bytes go without a serializer
fork('file.js').send('text', { serialize: false });

export { asStock };
