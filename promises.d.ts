// The promises. exec and execFile are typed as Node types what util.promisify makes of its own.

import * as cp from './index.js';

/** `util.promisify(exec)`: resolves to `{ stdout, stderr }`, and has the `child`. */
export const exec: typeof cp.exec.__promisify__;

/** `util.promisify(execFile)`: resolves to `{ stdout, stderr }`, and has the `child`. */
export const execFile: typeof cp.execFile.__promisify__;

/** How a child ended that ended well. */
export interface RunResult {
  code: 0;
  signal: null;
}

/** What a `Run` rejects with when the child ended otherwise than with code 0. */
export interface RunError extends Error {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether we killed it. */
  killed: boolean;
  /** The command and its arguments. */
  cmd: string;
  /** The last 64 KiB of stderr, unless `lines('stderr')` or the program's own listeners took it. */
  stderr: string;
}

/**
 * A child from its start to its end. Awaiting it gives a `RunResult`; it rejects with a `RunError`, with the error of a
 * start that failed, or with the AbortError of its signal, once the child is gone; its outputs are closed then, whoever holds them.
 * A failure that nobody awaits is an unhandled rejection, unless lines are read or the run is disposed of.
 */
export interface Run<Child extends cp.ChildProcess = cp.ChildProcess> extends Promise<RunResult>, AsyncDisposable {
  readonly child: Child;

  /**
   * The lines of an output, as it comes; the child is held back when they are not taken. An output can be asked for
   * once. Behind the last line the iteration throws what awaiting the `Run` rejects with, so a loop that ends quietly has seen all
   * lines of a child that ended well. Leaving the loop early throws nothing.
   */
  lines(stream?: 'stdout' | 'stderr'): AsyncIterableIterator<string>;
}

/** Starts a child. Invalid arguments throw; everything else is told by the `Run`. */
export function spawn(file: string, args: readonly string[], options: cp.SpawnOptionsWithoutStdio): Run<cp.ChildProcessWithoutNullStreams>;
export function spawn(file: string, args: readonly string[], options?: cp.SpawnOptions): Run;
export function spawn(file: string, options?: cp.SpawnOptions): Run;
