// Compiled by types.test.js, never run: what the package has beyond Node's module.

import stock = require('node:child_process');
import { createChannel, sharedMemory, spawn, exec, execFile, fork, spawnSync } from 'rs-child-process';
import type { ChildResourceUsage } from 'rs-child-process';
import promises = require('rs-child-process/promises');

const child = spawn('true', { killTree: true, killOnParentExit: true });
child.kill();
child.kill('SIGTERM', { tree: true });
const usage: ChildResourceUsage | undefined = child.resourceUsage?.();
// @ts-expect-error not where Node's own module is handed over
child.resourceUsage();
exec('true', { killTree: true, killOnParentExit: true, timeout: 1 }, () => {});
execFile('true', [], { killTree: true });
fork('file.js', { killTree: true, killOnParentExit: true });
const plain: stock.ChildProcess = child;

child.send(Buffer.alloc(1), { serialize: false });
child.send(new Float64Array(1), { serialize: false }, (error) => void error);
child.send(new ArrayBuffer(1), undefined, { serialize: false, keepOpen: true }, () => {});
// @ts-expect-error only bytes go without a serializer
child.send('text', { serialize: false });

const [left, right] = createChannel({ serialization: 'advanced' });
child.send('an end', left);
child.send('an end', right, {}, () => {});
left.on('message', (message, handle) => void [message, handle]);
right.once('disconnect', () => {});
const accepted: boolean = left.send({ a: 1 }, sharedMemory(8), () => {});
const words = new Int32Array(sharedMemory(4096).buffer);
const connected: boolean = left.connected;

// @ts-expect-error a size is a number
sharedMemory('8');
// @ts-expect-error there are two serializations
createChannel({ serialization: 'xml' });
// @ts-expect-error what an end is connected to is not for users to say
left.connected = true;
// @ts-expect-error the tree is chosen by a boolean
child.kill('SIGTERM', { tree: 'all' });
// @ts-expect-error a synchronous start kills its child alone
spawnSync('true', { killTree: true });

async function run(): Promise<number> {
  await using sort = promises.spawn('sort', ['-n'], { signal: AbortSignal.timeout(1000), killTree: true });
  sort.child.stdin.end('2\n1\n');
  for await (const line of sort.lines()) line.trim();
  const { stdout } = await promises.execFile('git', ['status'], { encoding: 'utf8' });
  stdout.trim();
  const started = promises.exec('true');
  started.child.kill();
  // @ts-expect-error only the two outputs have lines
  sort.lines('stdin');
  return (await sort).code;
}

export { usage, plain, run, accepted, words, connected };
