// Compiled by types.test.js, never run: our types must fit where Node's are wanted.

import stock = require('node:child_process');
import ours = require('rs-child-process');
import { spawn, exec, ChildProcess } from 'rs-child-process';

// Whoever wants Node's module may get ours. The other way round is stock.ts's.
const asStock: typeof stock = ours;

// Overloads survive: the options decide what arrives.
const child = spawn('true', [], { stdio: ['pipe', 'inherit', 'ignore'] });
child.stdin.end('text');
const nothing: null = child.stdout;
const plain: stock.ChildProcess = child;
exec('true', { encoding: 'buffer' }, (error, stdout: Buffer) => void [error, stdout]);
const text: string = ours.execSync('true', { encoding: 'utf8' });
const made: ChildProcess = ours.fork('file.js');

const native: boolean = ours.native;

// @ts-expect-error a command is no number
spawn(1);
// @ts-expect-error there is no such function
ours.spwan('true');

export { asStock, nothing, plain, text, made, native };
