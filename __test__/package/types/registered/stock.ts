// Compiled by types.test.js, never run: a program that registers. Node's functions are this package's then, and their types tell it.

import type { Worker } from 'node:cluster';
import stock = require('node:child_process');
import register = require('rs-child-process/register');
import ours = require('rs-child-process');

declare const clustered: Worker;
const child = stock.spawn('true', { killTree: true, killOnParentExit: true });
child.kill('SIGTERM', { tree: true });
const usage: ours.ChildResourceUsage | undefined = child.resourceUsage?.();
const [end] = ours.createChannel();
const worker = stock.fork('file.js', { accelerate: true, killTree: true });
worker.send(Buffer.alloc(1), { serialize: false });
worker.send(Buffer.alloc(1), undefined, { serialize: false });
worker.send('an end', end);
worker.send('memory', ours.sharedMemory(8), () => {});
worker.send({ a: 1 }, () => {});
process.send?.(Buffer.alloc(1), { serialize: false });
process.send?.('an end', end);
process.send?.('as ever', undefined, { keepOpen: true });
stock.exec('true', { killTree: true, timeout: 1 }, (_error, stdout) => stdout.trim());
stock.execFile('true', { killTree: true, killOnParentExit: true }, (_error, stdout) => stdout.trim());
stock.spawnSync('true', { killOnParentExit: true });
stock.execSync('true', { killOnParentExit: true });
clustered.process.kill('SIGTERM', { tree: true });
register.unregister();

// Ours stay what they are and fit where Node's are wanted, and the other way round for all that both have.
const asStock: typeof stock = ours;
const asOurs: Pick<typeof ours, keyof typeof stock> = stock;
const plain: stock.ChildProcess = ours.spawn('true', { killTree: true });
ours.fork('file.js').send('an end', end, {}, () => {});

// @ts-expect-error the program may be registered no more
child.resourceUsage();
// @ts-expect-error the tree is chosen by a boolean
child.kill('SIGTERM', { tree: 'all' });
// @ts-expect-error only bytes go without a serializer
worker.send('text', { serialize: false });
// @ts-expect-error a synchronous start kills its child alone
stock.spawnSync('true', { killTree: true });
// @ts-expect-error this is an option of fork
stock.spawn('true', { accelerate: true });

export { asOurs, asStock, plain, usage };
