// Compiled by types.test.js, never run: every form of Node's functions has Node's types for what arrives, and returns our children.

import type { Readable, Writable } from 'node:stream';
import stock = require('node:child_process');
import util = require('node:util');
import ours = require('rs-child-process');
import type { ChildProcess, ChildProcessByStdio, ChildProcessWithoutNullStreams, ExecException, SpawnOptions } from 'rs-child-process';

// Exactly this type: assignable both ways, and `any` is nothing but `any`.
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};
const is = <T>(value: T): T => value;

// Any code for Node's functions takes ours.
const spawn: typeof stock.spawn = ours.spawn;
const exec: typeof stock.exec = ours.exec;
const execFile: typeof stock.execFile = ours.execFile;
const fork: typeof stock.fork = ours.fork;
const spawnSync: typeof stock.spawnSync = ours.spawnSync;
const execSync: typeof stock.execSync = ours.execSync;
const execFileSync: typeof stock.execFileSync = ours.execFileSync;
const constructor: typeof stock.ChildProcess = ours.ChildProcess;

const whole = ours.spawn('a');
same<typeof whole, ChildProcessWithoutNullStreams>(true);
const withArguments = ours.spawn('a', ['b'], { cwd: '/', detached: true });
same<typeof withArguments, ChildProcessWithoutNullStreams>(true);
const quiet = ours.spawn('a', { stdio: ['ignore', 'pipe', process.stderr] });
same<typeof quiet, ChildProcessByStdio<null, Readable, null>>(true);
const fed = ours.spawn('a', ['b'], { stdio: [undefined, 'inherit', null], killTree: true });
same<typeof fed, ChildProcessByStdio<Writable, null, Readable>>(true);
const inherited = ours.spawn('a', ['b'], { stdio: 'inherit' });
same<typeof inherited, ChildProcess>(true);
declare const options: SpawnOptions;
const any = ours.spawn('a', ['b'], options);
same<typeof any, ChildProcess>(true);
declare const maybe: 'pipe' | 'ignore';
const perhaps = ours.spawn('a', { stdio: [maybe, 'pipe', 'pipe'] });
same<typeof perhaps.stdin, Writable | null>(true);
declare const stockOptions: stock.SpawnOptions;
ours.spawn('a', stockOptions).resourceUsage?.();
is<number | undefined>(quiet.resourceUsage?.()?.maxRSS);
is<stock.ChildProcessByStdio<null, Readable, null>>(quiet);
is<stock.ChildProcessWithoutNullStreams>(whole);
whole.on('exit', (code, signal) => is<[number | null, NodeJS.Signals | null]>([code, signal]));

ours.exec('a', (error, stdout, stderr) => { is<ExecException | null>(error); same<typeof stdout, string>(true); same<typeof stderr, string>(true); });
ours.exec('a', { cwd: '/' }, (_error, stdout) => same<typeof stdout, string>(true));
ours.exec('a', { encoding: 'buffer', killTree: true }, (_error, stdout) => is<Buffer>(stdout));
ours.exec('a', { encoding: 'other' }, (_error, stdout) => is<string | Buffer>(stdout));
ours.exec('a', null, (_error, stdout) => is<string | Buffer>(stdout));
ours.execFile('a', (_error, stdout) => same<typeof stdout, string>(true));
ours.execFile('a', ['b'], (_error, stdout) => same<typeof stdout, string>(true));
ours.execFile('a', ['b'], { encoding: null }, (_error, stdout) => is<Buffer>(stdout));
ours.execFile('a', { encoding: 'latin1', killOnParentExit: true }, (_error, stdout) => same<typeof stdout, string>(true));
ours.execFile('a', undefined, { encoding: 'other' }, (_error, stdout) => is<string | Buffer>(stdout));
ours.exec('a').kill('SIGTERM', { tree: true });
ours.execFile('a').kill('SIGTERM', { tree: true });
ours.fork(new URL('file:///a.js'), { accelerate: true }).kill('SIGTERM', { tree: true });
ours.fork('a.js', ['b'], { serialization: 'advanced', silent: true, killOnParentExit: true });

// @ts-expect-error the tree is chosen by a boolean
ours.exec('a', { killTree: 'all' });
// @ts-expect-error no such option
ours.spawn('a', { killTrees: true });
// @ts-expect-error no such option of exec
ours.exec('a', { accelerate: true });
// @ts-expect-error a synchronous start kills its child alone
ours.execFileSync('a', { killTree: true });
// @ts-expect-error text comes out as text only where it is decoded
ours.exec('a', { encoding: 'buffer' }, (_error, stdout: string) => void stdout);

same<ReturnType<typeof ours.spawnSync>, stock.SpawnSyncReturns<string | NonNullable<ReturnType<typeof stock.execSync>>>>(true);
is<Buffer>(ours.spawnSync('a').stdout);
is<Buffer>(ours.spawnSync('a', ['b'], { killOnParentExit: true }).stdout);
is<string>(ours.spawnSync('a', ['b'], { encoding: 'utf8', killOnParentExit: true }).stdout);
is<Buffer>(ours.execSync('a', { killOnParentExit: true }));
is<string>(ours.execSync('a', { encoding: 'utf8' }));
is<Buffer>(ours.execFileSync('a', ['b']));
is<string>(ours.execFileSync('a', ['b'], { encoding: 'utf8', killOnParentExit: true }));

async function promised(): Promise<void> {
  const execute = util.promisify(ours.exec)('a', { killTree: true });
  execute.child.kill('SIGTERM', { tree: true });
  is<string>((await execute).stdout);
  is<Buffer>((await util.promisify(ours.execFile)('a', ['b'], { encoding: 'buffer' })).stdout);
  is<string>((await util.promisify(ours.execFile)('a')).stdout);
}

// A class of one's own.
class Mine extends ours.ChildProcess {
  stop(): boolean { return this.kill('SIGTERM', { tree: true }); }
}

// What arrives with a message may be more than Node's types say: the listener names it.
ours.fork('a.js').on('message', (_message, end: ours.ChannelEnd) => end.send('hello', () => {}));
process.on('message', (_message, end: ours.ChannelEnd) => end.disconnect());

export { Mine, constructor, exec, execFile, execFileSync, execSync, fork, promised, spawn, spawnSync };
