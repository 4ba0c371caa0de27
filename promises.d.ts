// The types of `rs-child-process/promises`. __test__/package/docs.test.js runs every @example.

import * as cp from './index.js';

/**
 * `util.promisify(exec)`: runs a command in a shell and resolves to `{ stdout, stderr }`. The promise has the child as `child`. It rejects
 * with the error of exec's callback, which then has `stdout` and `stderr` too. Wrong arguments throw.
 *
 * @see https://nodejs.org/api/child_process.html#child_processexeccommand-options-callback
 * @example
 * ```js
 * import { exec } from 'rs-child-process/promises';
 *
 * console.log(await exec('echo hello'));   // prints { stdout: 'hello\n', stderr: '' }
 * ```
 */
export const exec: cp.PromisifiedExec;

/**
 * `util.promisify(execFile)`: as `exec`, but starts the program itself, without a shell.
 *
 * @see https://nodejs.org/api/child_process.html#child_processexecfilefile-args-options-callback
 * @example
 * ```js
 * import { execFile } from 'rs-child-process/promises';
 *
 * const { stdout } = await execFile('echo', ['$HOME']);
 * console.log(stdout.trim());   // prints $HOME
 * ```
 */
export const execFile: cp.PromisifiedExecFile;

/**
 * Starts a child and returns a `Run`, which can be awaited, read by lines, and disposed of. Arguments and options are those of `spawn`.
 * Wrong arguments throw; all other failures are told by the `Run`.
 *
 * @example
 * ```js
 * import { spawn } from 'rs-child-process/promises';
 *
 * const sort = spawn('sort', ['-n']);
 * sort.child.stdin.end('10\n9\n');
 * for await (const line of sort.lines()) console.log(line);
 * console.log(await sort);
 * // prints 9
 * // prints 10
 * // prints { code: 0, signal: null }
 * ```
 */
export function spawn(file: string, options?: cp.SpawnOptionsWithoutStdio): Run<cp.ChildProcessWithoutNullStreams>;
export function spawn(file: string, options: cp.SpawnOptions): Run;
export function spawn(
  file: string, args?: readonly string[], options?: cp.SpawnOptionsWithoutStdio,
): Run<cp.ChildProcessWithoutNullStreams>;
export function spawn(file: string, args: readonly string[], options: cp.SpawnOptions): Run;

/**
 * A child from its start to its end. It settles once the child has ended and its outputs were read to their end: it resolves to a
 * `RunResult` when the child ended with code 0. Otherwise it rejects: with a `RunError`, with the error of a start that failed (ENOENT and
 * others), or, when the option `signal` ended the child, with an AbortError; the outputs are then closed, also when descendants still hold
 * them.
 *
 * Awaiting it, and reading the lines of one output, reads and drops what nobody else reads, so that the child never waits for a reader.
 * While nobody does either, what the child wrote is kept for a later reader, and the `Run` does not settle. A failure of a `Run` that has
 * settled, and that nobody awaits, reads or disposes of, is an unhandled rejection, as with any promise.
 *
 * `await using` ends a child that still runs, by its `killSignal` (with `killTree`: with all its descendants), and waits until it is
 * gone. That never rejects.
 *
 * @example
 * ```js
 * import { spawn } from 'rs-child-process/promises';
 *
 * const sleep = spawn('sleep', ['60']);
 * await sleep[Symbol.asyncDispose]();   // what `await using` does
 * console.log(sleep.child.signalCode);   // prints SIGTERM
 * ```
 */
export interface Run<Child extends cp.ChildProcess = cp.ChildProcess> extends Promise<RunResult>, AsyncDisposable {
  /**
   * The child, with its streams, its `pid` and `kill()`.
   *
   * @example
   * ```js
   * import { spawn } from 'rs-child-process/promises';
   *
   * const run = spawn('cat', { stdio: ['pipe', 'inherit', 'inherit'] });
   * run.child.stdin.end('from its parent\n');
   * console.log((await run).code);
   * // prints from its parent
   * // prints 0
   * ```
   */
  readonly child: Child;

  /**
   * The lines of an output, without their ends ('\n' or '\r\n'), as the child writes them. The child waits while its lines are not taken.
   *
   * After the last line the loop throws what awaiting the `Run` rejects with. So a loop that ends without an error has seen all lines of a
   * child that ended with code 0. Leaving the loop early closes the output and throws nothing.
   *
   * @param stream 'stdout' by default
   * @throws ERR_INVALID_ARG_VALUE for another stream
   * @throws ERR_INVALID_STATE when the output is no pipe, or was asked for before, or is already read because somebody awaits the `Run`
   * @example
   * ```js
   * import { spawn } from 'rs-child-process/promises';
   *
   * try {
   *   for await (const line of spawn('sh', ['-c', 'echo one; exit 3']).lines()) console.log(line);   // prints one
   * } catch (error) {
   *   console.log(error.code);   // prints 3
   * }
   * ```
   */
  lines(stream?: 'stdout' | 'stderr'): AsyncIterableIterator<string>;
}

/** How a child ended that ended with code 0. */
export interface RunResult {
  /** The exit code. */
  code: 0;
  /** No signal ended it. */
  signal: null;
}

/**
 * What a `Run` rejects with when the child ended in another way than with code 0. Its message is that of exec's errors.
 *
 * @example
 * ```js
 * import { spawn } from 'rs-child-process/promises';
 *
 * await spawn('sh', ['-c', 'echo bad luck >&2; exit 3']).catch(({ code, signal, killed, cmd, stderr }) => {
 *   console.log({ code, signal, killed, stderr });   // prints { code: 3, signal: null, killed: false, stderr: 'bad luck\n' }
 *   console.log(cmd);   // prints sh -c echo bad luck >&2; exit 3
 * });
 * ```
 */
export interface RunError extends Error {
  /** The exit code; null when a signal ended the child. */
  code: number | null;
  /** The signal that ended the child; null when it ended by itself. */
  signal: NodeJS.Signals | null;
  /** Whether this program sent the child a signal, by `kill()`, `timeout` and the like. */
  killed: boolean;
  /** The command and its arguments, with spaces between them. */
  cmd: string;
  /** The last 64 KiB of stderr, as UTF-8. Empty when `lines('stderr')` or listeners of the program took it, or when it was no pipe. */
  stderr: string;
}
