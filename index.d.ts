// The types of `rs-child-process`, in the order of the README: is the addon at work; Node's functions; what is beyond Node; options.
//
// What is not declared here is Node's own declaration, from `@types/node`. Node's functions are declared again, because ours take more
// options and return children that can do more. Nothing is added to the types of `node:child_process`: a child that Node's own functions
// start does not have what ours have. Programs that use `register` find those additions in register.d.ts.
//
// __test__/package/docs.test.js runs every @example, and compares what it prints with its `// prints` lines.

import * as cp from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { URL } from 'node:url';

export * from 'node:child_process';

// ------------------------------------------------------------------------------------------------ is the addon at work

/**
 * True when the addon does the work. False when this package hands over Node's own functions instead: on Windows, where the addon cannot
 * be loaded, and with `RS_CHILD_PROCESS_NATIVE=0` in the environment. It does not change while the process runs.
 *
 * When it is false, everything that this package adds is missing: the options `killTree`, `killOnParentExit` and `tree`, and the functions
 * `createChannel`, `prefork` and `sharedMemory`, throw `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`, and children have no `resourceUsage`.
 *
 * @example
 * ```js
 * const { native } = require('rs-child-process');
 *
 * console.log(native);   // prints true
 * ```
 */
export const native: boolean;

/**
 * The reason why `native` is false. Undefined when `native` is true.
 *
 * @example
 * ```js
 * const { execFileSync } = require('rs-child-process');
 *
 * const program = 'console.log(require("rs-child-process").nativeError.message)';
 * const env = { ...process.env, RS_CHILD_PROCESS_NATIVE: '0' };
 * process.stdout.write(execFileSync(process.execPath, ['-e', program], { env }));
 * // prints RS_CHILD_PROCESS_NATIVE=0 turns the addon off
 * ```
 */
export const nativeError: Error | undefined;

// ------------------------------------------------------------------------------------------------ Node's functions

/** What a child's input is for its parent. `any` stays `any`. */
type InputOf<Place> = 0 extends 1 & Place ? any : Place extends cp.StdioPipe ? Writable : null;
/** What a child's output is for its parent. `any` stays `any`. */
type OutputOf<Place> = 0 extends 1 & Place ? any : Place extends cp.StdioPipe ? Readable : null;
type Place = cp.StdioNull | cp.StdioPipe;
/** `Buffer`, as the installed `@types/node` writes it for outputs. */
type Bytes = Exclude<ReturnType<typeof cp.execSync>, string>;
type Outputs<Output> = { stdout: Output; stderr: Output };
type ExecCallback<Output> = (error: cp.ExecException | null, stdout: Output, stderr: Output) => void;
type ExecFileCallback<Output> = (error: cp.ExecFileException | null, stdout: Output, stderr: Output) => void;

/**
 * Starts the program `command` with the arguments `args` and returns at once. Everything is as in Node, and `options` may have
 * `killTree` and `killOnParentExit` too.
 *
 * Wrong arguments throw Node's errors (`ERR_INVALID_ARG_TYPE` and others). A start that fails with ENOENT, EACCES, EAGAIN, EMFILE or ENFILE
 * is told by the event 'error' of the child. Any other failure of the system is thrown.
 *
 * @see https://nodejs.org/api/child_process.html#child_processspawncommand-args-options
 * @example
 * ```js
 * const { spawn } = require('rs-child-process');
 *
 * const sort = spawn('sort', ['-n']);
 * sort.stdout.pipe(process.stdout);
 * sort.on('close', (code, signal) => console.log(code, signal));
 * sort.stdin.end('10\n9\n');
 * // prints 9
 * // prints 10
 * // prints 0 null
 * ```
 */
export function spawn(command: string, options?: SpawnOptionsWithoutStdio): ChildProcessWithoutNullStreams;
export function spawn<I extends Place, O extends Place, E extends Place>(
  command: string, options: SpawnOptionsWithStdioTuple<I, O, E>,
): ChildProcessByStdio<InputOf<I>, OutputOf<O>, OutputOf<E>>;
export function spawn(command: string, options: SpawnOptions): ChildProcess;
export function spawn(command: string, args?: readonly string[], options?: SpawnOptionsWithoutStdio): ChildProcessWithoutNullStreams;
export function spawn<I extends Place, O extends Place, E extends Place>(
  command: string, args: readonly string[], options: SpawnOptionsWithStdioTuple<I, O, E>,
): ChildProcessByStdio<InputOf<I>, OutputOf<O>, OutputOf<E>>;
export function spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;

/**
 * Runs `command` in a shell, collects both outputs, and calls back once when the child has ended. Everything is as in Node, and
 * `options` may have `killTree` and `killOnParentExit` too.
 *
 * When the command fails, the error of the callback has `code`, `signal`, `killed` and `cmd`. `util.promisify(exec)` gives a promise of
 * `{ stdout, stderr }`.
 *
 * @see https://nodejs.org/api/child_process.html#child_processexeccommand-options-callback
 * @example
 * ```js
 * const { exec } = require('rs-child-process');
 *
 * exec('echo one; echo two >&2', (error, stdout, stderr) => {
 *   console.log(error, [stdout, stderr]);   // prints null [ 'one\n', 'two\n' ]
 * });
 * ```
 */
export function exec(command: string, callback?: ExecCallback<string>): ChildProcess;
export function exec(command: string, options: ExecOptionsWithBufferEncoding, callback?: ExecCallback<Bytes>): ChildProcess;
export function exec(command: string, options: ExecOptionsWithStringEncoding, callback?: ExecCallback<string>): ChildProcess;
export function exec(command: string, options: ExecOptions | undefined | null, callback?: ExecCallback<string | Bytes>): ChildProcess;
export namespace exec {
  const __promisify__: PromisifiedExec;
}

/** What `util.promisify(exec)` gives, and the `exec` of `rs-child-process/promises`. */
export interface PromisifiedExec {
  (command: string): PromiseWithChild<Outputs<string>>;
  (command: string, options: ExecOptionsWithBufferEncoding): PromiseWithChild<Outputs<Bytes>>;
  (command: string, options: ExecOptionsWithStringEncoding): PromiseWithChild<Outputs<string>>;
  (command: string, options: ExecOptions | undefined | null): PromiseWithChild<Outputs<string | Bytes>>;
}

/**
 * As `exec`, but starts the program `file` itself, without a shell. Everything is as in Node, and `options` may have `killTree` and
 * `killOnParentExit` too.
 *
 * @see https://nodejs.org/api/child_process.html#child_processexecfilefile-args-options-callback
 * @example
 * ```js
 * const { execFile } = require('rs-child-process');
 *
 * // No shell reads the argument.
 * execFile('echo', ['$HOME'], (error, stdout) => console.log(stdout.trim()));   // prints $HOME
 * ```
 */
export function execFile(file: string, callback?: ExecFileCallback<string>): ChildProcess;
export function execFile(file: string, args: readonly string[] | undefined | null, callback?: ExecFileCallback<string>): ChildProcess;
export function execFile(file: string, options: ExecFileOptionsWithBufferEncoding, callback?: ExecFileCallback<Bytes>): ChildProcess;
export function execFile(
  file: string, args: readonly string[] | undefined | null, options: ExecFileOptionsWithBufferEncoding, callback?: ExecFileCallback<Bytes>,
): ChildProcess;
export function execFile(file: string, options: ExecFileOptionsWithStringEncoding, callback?: ExecFileCallback<string>): ChildProcess;
export function execFile(
  file: string, args: readonly string[] | undefined | null, options: ExecFileOptionsWithStringEncoding, callback?: ExecFileCallback<string>,
): ChildProcess;
export function execFile(
  file: string, options: ExecFileOptions | undefined | null, callback?: ExecFileCallback<string | Bytes> | null,
): ChildProcess;
export function execFile(
  file: string, args: readonly string[] | undefined | null, options: ExecFileOptions | undefined | null,
  callback?: ExecFileCallback<string | Bytes> | null,
): ChildProcess;
export namespace execFile {
  const __promisify__: PromisifiedExecFile;
}

/** What `util.promisify(execFile)` gives, and the `execFile` of `rs-child-process/promises`. */
export interface PromisifiedExecFile {
  (file: string, args?: readonly string[] | null): PromiseWithChild<Outputs<string>>;
  (file: string, options: ExecFileOptionsWithBufferEncoding): PromiseWithChild<Outputs<Bytes>>;
  (
    file: string, args: readonly string[] | undefined | null, options: ExecFileOptionsWithBufferEncoding,
  ): PromiseWithChild<Outputs<Bytes>>;
  (file: string, options: ExecFileOptionsWithStringEncoding): PromiseWithChild<Outputs<string>>;
  (
    file: string, args: readonly string[] | undefined | null, options: ExecFileOptionsWithStringEncoding,
  ): PromiseWithChild<Outputs<string>>;
  (file: string, options: ExecFileOptions | undefined | null): PromiseWithChild<Outputs<string | Bytes>>;
  (
    file: string, args: readonly string[] | undefined | null, options: ExecFileOptions | undefined | null,
  ): PromiseWithChild<Outputs<string | Bytes>>;
}

/**
 * Starts Node with the script `modulePath` and a channel for messages. Everything is as in Node, and `options` may have `accelerate`,
 * `killTree` and `killOnParentExit` too. Two ends of this package exchange messages faster; the script in the child need not know of it.
 *
 * @see https://nodejs.org/api/child_process.html#child_processforkmodulepath-args-options
 * @example
 * ```js
 * const { fork } = require('rs-child-process');
 *
 * if (process.send) {
 *   process.on('message', (number) => process.send(number * 2, () => process.disconnect()));
 * } else {
 *   const child = fork(__filename);
 *   child.on('message', (answer) => console.log(answer));   // prints 42
 *   child.send(21);
 * }
 * ```
 */
export function fork(modulePath: string | URL, options?: ForkOptions): ChildProcess;
export function fork(modulePath: string | URL, args?: readonly string[], options?: ForkOptions): ChildProcess;

/**
 * Runs a program to its end while this thread waits. Everything is as in Node, and `options` may have `killOnParentExit` too. A failed
 * start is told by `error` of the result.
 *
 * @see https://nodejs.org/api/child_process.html#child_processspawnsynccommand-args-options
 * @example
 * ```js
 * const { spawnSync } = require('rs-child-process');
 *
 * const { status, stdout } = spawnSync('sort', { input: 'b\na\n', encoding: 'utf8' });
 * console.log(status, [stdout]);   // prints 0 [ 'a\nb\n' ]
 * ```
 */
export function spawnSync(command: string, args?: readonly string[]): cp.SpawnSyncReturns<Bytes>;
export function spawnSync(command: string, options: SpawnSyncOptionsWithStringEncoding): cp.SpawnSyncReturns<string>;
export function spawnSync(command: string, options: SpawnSyncOptionsWithBufferEncoding): cp.SpawnSyncReturns<Bytes>;
export function spawnSync(command: string, options?: SpawnSyncOptions): cp.SpawnSyncReturns<string | Bytes>;
export function spawnSync(
  command: string, args: readonly string[], options: SpawnSyncOptionsWithStringEncoding,
): cp.SpawnSyncReturns<string>;
export function spawnSync(
  command: string, args: readonly string[], options: SpawnSyncOptionsWithBufferEncoding,
): cp.SpawnSyncReturns<Bytes>;
export function spawnSync(
  command: string, args?: readonly string[], options?: SpawnSyncOptions,
): cp.SpawnSyncReturns<string | Bytes>;

/**
 * Runs `command` in a shell while this thread waits, and returns its output. Everything is as in Node, and `options` may have
 * `killOnParentExit` too. Throws when the child does not end with code 0.
 *
 * @see https://nodejs.org/api/child_process.html#child_processexecsynccommand-options
 * @example
 * ```js
 * const { execSync } = require('rs-child-process');
 *
 * console.log(execSync('echo $((6 * 7))', { encoding: 'utf8' }).trim());   // prints 42
 * ```
 */
export function execSync(command: string): Bytes;
export function execSync(command: string, options: ExecSyncOptionsWithStringEncoding): string;
export function execSync(command: string, options: ExecSyncOptionsWithBufferEncoding): Bytes;
export function execSync(command: string, options?: ExecSyncOptions): string | Bytes;

/**
 * As `execSync`, but starts the program `file` itself, without a shell. Everything is as in Node, and `options` may have
 * `killOnParentExit` too. The error has `status`, `signal`, `stdout` and `stderr`.
 *
 * @see https://nodejs.org/api/child_process.html#child_processexecfilesyncfile-args-options
 * @example
 * ```js
 * const { execFileSync } = require('rs-child-process');
 *
 * try {
 *   execFileSync('sh', ['-c', 'exit 3']);
 * } catch (error) {
 *   console.log(error.status);   // prints 3
 * }
 * ```
 */
export function execFileSync(file: string, args?: readonly string[]): Bytes;
export function execFileSync(file: string, options: ExecFileSyncOptionsWithStringEncoding): string;
export function execFileSync(file: string, options: ExecFileSyncOptionsWithBufferEncoding): Bytes;
export function execFileSync(file: string, options?: ExecFileSyncOptions): string | Bytes;
export function execFileSync(file: string, args: readonly string[], options: ExecFileSyncOptionsWithStringEncoding): string;
export function execFileSync(file: string, args: readonly string[], options: ExecFileSyncOptionsWithBufferEncoding): Bytes;
export function execFileSync(file: string, args?: readonly string[], options?: ExecFileSyncOptions): string | Bytes;

/**
 * The class of children. `instanceof` is also true for children that Node's own functions started, so what it proves is only that a
 * value is a child as Node has it.
 *
 * @see https://nodejs.org/api/child_process.html#class-childprocess
 * @example
 * ```js
 * const { ChildProcess, spawn } = require('rs-child-process');
 * const stock = require('node:child_process');
 *
 * console.log(spawn('true') instanceof stock.ChildProcess);   // prints true
 * console.log(stock.spawn('true') instanceof ChildProcess);   // prints true
 * ```
 */
export const ChildProcess: Omit<typeof cp.ChildProcess, never> & (new () => ChildProcess);

// ------------------------------------------------------------------------------------------------ beyond Node

/**
 * A child that a function of this package started: all that Node's children have, and `resourceUsage()`, `kill()` for a whole tree, and
 * `send()` for more kinds of things. A child of Node's own functions is not of this type; code that takes both should name the type of
 * `node:child_process`, which this one extends.
 *
 * @see https://nodejs.org/api/child_process.html#class-childprocess
 */
export interface ChildProcess extends cp.ChildProcess {
  /**
   * Returns what this child used, as wait4(2) tells it; undefined before the exit, for a child whose start failed, and when other code in
   * this process took the exit status from the kernel first. There is no such function when `native` is false: `child.resourceUsage?.()`.
   *
   * @see https://man7.org/linux/man-pages/man2/wait4.2.html
   * @example
   * ```js
   * const { spawn } = require('rs-child-process');
   *
   * const child = spawn('true');
   * console.log(child.resourceUsage());   // prints undefined
   * child.on('exit', () => console.log(child.resourceUsage().maxRSS > 0));   // prints true
   * ```
   */
  resourceUsage?(): ChildResourceUsage | undefined;

  /**
   * Sends a signal: to this child, or, with `tree: true`, to it and to all its descendants. The default is 'SIGTERM'; 0 sends nothing and
   * asks whether the child is there. Returns true when the signal was sent, false when the child has ended. Other failures of the system
   * (EPERM) are the event 'error', as in Node.
   *
   * @throws ERR_UNKNOWN_SIGNAL for a signal that the system does not have
   * @throws ERR_INVALID_ARG_TYPE when `tree` is no boolean
   * @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM with `tree: true` when `native` is false (nobody gets the signal), and on a Linux without
   *   /proc (the child has got the signal, its descendants have not)
   * @see https://nodejs.org/api/child_process.html#subprocesskillsignal
   * @example
   * ```js
   * const { spawn } = require('rs-child-process');
   *
   * const child = spawn('sh', ['-c', 'sleep 60 & echo started; wait']);
   * child.stdout.once('data', () => child.kill('SIGTERM', { tree: true }));
   * // 'close' waits for all that hold the output: the sleep too.
   * child.on('close', (code, signal) => console.log(signal));   // prints SIGTERM
   * ```
   */
  kill(signal?: NodeJS.Signals | number, options?: KillOptions): boolean;

  /**
   * Sends bytes without a serializer, see `RawMessageOptions`.
   *
   * @example
   * ```js
   * const { fork } = require('rs-child-process');
   *
   * if (process.send) {
   *   process.on('message', (bytes) => process.send(bytes, { serialize: false }, () => process.disconnect()));
   * } else {
   *   const child = fork(__filename);
   *   child.on('message', (bytes) => console.log(bytes));   // prints Float64Array(1) [ 0.5 ]
   *   child.send(Float64Array.of(0.5), { serialize: false });
   * }
   * ```
   */
  send(message: ArrayBufferView | ArrayBuffer, options: RawMessageOptions, callback?: (error: Error | null) => void): boolean;
  /**
   * Sends a message, as in Node; the handle may also be an end of `createChannel()` or a `sharedMemory()`. Returns false when much is
   * waiting to be written, or when the channel is closed.
   *
   * A failure goes to the callback. Without a callback it is the event 'error' of this child. It throws only for wrong arguments, for a
   * message that cannot be encoded, and as `Sendable` says of its handles.
   *
   * @see https://nodejs.org/api/child_process.html#subprocesssendmessage-sendhandle-options-callback
   */
  send(message: cp.Serializable, callback?: (error: Error | null) => void): boolean;
  send(message: cp.Serializable, handle?: Sendable, callback?: (error: Error | null) => void): boolean;
  send(message: cp.Serializable, handle?: Sendable, options?: MessageOptions, callback?: (error: Error | null) => void): boolean;
}

/** A child whose three streams are pipes, as Node's type of this name. */
export interface ChildProcessWithoutNullStreams extends ChildProcess {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  readonly stdio: cp.ChildProcessWithoutNullStreams['stdio'];
}

/** A child whose streams are known from its option `stdio`, as Node's type of this name. */
export interface ChildProcessByStdio<I extends Writable | null, O extends Readable | null, E extends Readable | null> extends ChildProcess {
  stdin: I;
  stdout: O;
  stderr: E;
  readonly stdio: cp.ChildProcessByStdio<I, O, E>['stdio'];
}

/** The promise of a promisified `exec` or `execFile`, with its child. */
export interface PromiseWithChild<T> extends Promise<T> {
  child: ChildProcess;
}

/**
 * What one child used, together with those of its descendants that it waited for: seven of the fields of Node's
 * `process.resourceUsage()`, under the same names and in the same units.
 *
 * @see https://nodejs.org/api/process.html#processresourceusage
 * @see https://man7.org/linux/man-pages/man2/getrusage.2.html
 * @example
 * ```js
 * const { spawn } = require('rs-child-process');
 *
 * const child = spawn('true');
 * child.on('exit', () => console.log(Object.keys(child.resourceUsage()).join(' ')));
 * // prints userCPUTime systemCPUTime maxRSS minorPageFault majorPageFault voluntaryContextSwitches involuntaryContextSwitches
 * ```
 */
export interface ChildResourceUsage {
  /** Processor time in the programs' own code, in microseconds. */
  userCPUTime: number;
  /** Processor time in the kernel, in microseconds. */
  systemCPUTime: number;
  /**
   * The most memory that one of these processes held at a time, in kibibytes (1,024 bytes). On Linux it is never less than what the parent
   * held at the start, because the kernel counts the moment before the child's program replaces the parent's.
   */
  maxRSS: number;
  /** How often memory was missing and could be had without a disk. */
  minorPageFault: number;
  /** How often memory was missing and had to be read from a disk. */
  majorPageFault: number;
  /** How often these processes had to wait for something, and gave the processor away. */
  voluntaryContextSwitches: number;
  /** How often the kernel took the processor away from them. */
  involuntaryContextSwitches: number;
}

/** Options of `kill()`. */
export interface KillOptions {
  /**
   * True: all descendants of the child get the signal too, also those in process groups and sessions of their own. They are stopped for a
   * moment while they are looked for, so that none escapes by starting another. A process whose parent had ended before belongs to init
   * (POSIX, `_exit()`), so it is no descendant any more and is not found. Default: false.
   *
   * @see https://pubs.opengroup.org/onlinepubs/9799919799/functions/_exit.html
   * @example
   * ```js
   * const { spawn } = require('rs-child-process');
   *
   * const child = spawn('sh', ['-c', '(sleep 60; true) & echo started; wait']);
   * child.stdout.once('data', () => console.log(child.kill('SIGKILL', { tree: true })));   // prints true
   * child.on('close', (code, signal) => console.log(signal));   // prints SIGKILL
   * ```
   */
  tree?: boolean | undefined;
}

/** An option of `spawn`, `exec`, `execFile` and `fork`. */
export interface KillTreeOption {
  /**
   * True: what ends the child by itself (`timeout`, `signal`, `using`, and the `maxBuffer` of exec and execFile) ends all its descendants
   * too, as `kill()` with `tree: true` does. `kill()` itself does not change. Default: false.
   *
   * Starting throws `ERR_INVALID_ARG_TYPE` when it is no boolean, and `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` when it is true and `native`
   * is false.
   *
   * @example
   * ```js
   * const { spawn } = require('rs-child-process');
   *
   * const child = spawn('sh', ['-c', 'sleep 60; true'], { timeout: 100, killTree: true });
   * // 'close' waits for all that hold the output: the sleep too.
   * child.on('close', (code, signal) => console.log(signal));   // prints SIGTERM
   * ```
   */
  killTree?: boolean | undefined;
}

/** An option of all functions that start a child. */
export interface KillOnParentExitOption {
  /**
   * True: the kernel sends SIGKILL to the child when this process ends, however it ends. The end of a worker thread does not count.
   * Default: false. Linux only (PR_SET_PDEATHSIG). The kernel drops the tie when the child executes a program with set-user-ID, set-group-ID
   * or capabilities.
   *
   * Starting throws `ERR_INVALID_ARG_TYPE` when it is no boolean, and `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` when it is true on another
   * system than Linux, or where `native` is false.
   *
   * @see https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
   * @example
   * ```js
   * const { spawnSync } = require('rs-child-process');
   *
   * const program = `
   *   const { spawn } = require('rs-child-process');
   *   spawn('sleep', ['60'], { stdio: 'inherit', killOnParentExit: true });
   *   process.kill(process.pid, 'SIGKILL');`;
   * const begin = Date.now();
   * // It returns when nobody holds the output any more: not the sleep either.
   * console.log(spawnSync(process.execPath, ['-e', program]).signal, Date.now() - begin < 30_000);   // prints SIGKILL true
   * ```
   */
  killOnParentExit?: boolean | undefined;
}

/** Options of `send()`. */
export interface MessageOptions extends cp.MessageOptions {
  /** False: the message is bytes that go without a serializer, see `RawMessageOptions`. */
  serialize?: boolean | undefined;
}

/**
 * Options of a `send()` of bytes: a Buffer, typed array, DataView or ArrayBuffer arrives as the same kind of object, also where the
 * channel has `serialization: 'json'`. Both ends must be the same version of this package; `fork()` sees to that, see `accelerate`.
 *
 * `send()` throws `ERR_INVALID_ARG_TYPE` when the message is something else, and `ERR_INVALID_ARG_VALUE` when a handle goes with it.
 * `ERR_IPC_NOT_ACCELERATED` goes to the callback, or is the event 'error', when the other end is not this package. In a child that has
 * Node's own side of the channel `process.send()` is Node's, and throws `ERR_INVALID_HANDLE_TYPE`.
 *
 * @example
 * ```js
 * const { createChannel } = require('rs-child-process');
 *
 * const [left, right] = createChannel();
 * right.on('message', (bytes) => {
 *   console.log(bytes);   // prints <Buffer 01 02>
 *   right.disconnect();
 * });
 * left.send(Buffer.of(1, 2), { serialize: false });
 * ```
 */
export interface RawMessageOptions {
  /** Bytes go without a serializer. */
  serialize: false;
}

/** An option of `fork`. */
export interface AccelerateOption {
  /**
   * When the channel may leave Node's own form of messages, which is slower. By default it leaves it when many messages are sent in one
   * tick, or long ones. True: from the first message on. False, or `RS_CHILD_PROCESS_ACCELERATE=0` in the environment: never, and the child
   * has Node's own side of the channel. Nothing but speed depends on it, except what needs both ends to be this package: `serialize: false`,
   * ends of `createChannel()` and `sharedMemory()` as handles.
   *
   * @example
   * ```js
   * const { fork } = require('rs-child-process');
   *
   * if (process.send) process.send('ready', () => process.disconnect());
   * else fork(__filename, { accelerate: false }).on('message', (text) => console.log(text));   // prints ready
   * ```
   */
  accelerate?: boolean | undefined;
}

/**
 * Returns the two connected ends of a new channel that belongs to no child. Each end may be used here, or be sent once, before it is
 * used, as the handle of a message. There it is the handle of 'message', and here it is closed. So two children can talk without their
 * parent between them.
 *
 * @throws ERR_INVALID_ARG_TYPE when `options` is no object
 * @throws ERR_INVALID_ARG_VALUE when `serialization` is something else than it may be
 * @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM when `native` is false
 * @throws EMFILE and other errors of socketpair(2)
 * @example
 * ```js
 * const { createChannel, fork } = require('rs-child-process');
 *
 * if (process.send) {
 *   process.on('message', (text, end) => {
 *     end.send('hello');
 *     end.disconnect();
 *     process.disconnect();
 *   });
 * } else {
 *   const [here, there] = createChannel();
 *   here.on('message', (message) => console.log(message));   // prints hello
 *   fork(__filename).send('your end', there);
 * }
 * ```
 */
export function createChannel(options?: ChannelOptions): [ChannelEnd, ChannelEnd];

/** Options of `createChannel()`. */
export interface ChannelOptions {
  /**
   * How messages are encoded, as with `fork()`: 'json' as JSON, 'advanced' by the structured clone algorithm. Default: 'json'.
   *
   * @see https://nodejs.org/api/child_process.html#advanced-serialization
   * @example
   * ```js
   * const { createChannel } = require('rs-child-process');
   *
   * const [left, right] = createChannel({ serialization: 'advanced' });
   * right.on('message', (message) => {
   *   console.log(message);   // prints Map(1) { 'a' => 1n }
   *   right.disconnect();
   * });
   * left.send(new Map([['a', 1n]]));
   * ```
   */
  serialization?: 'json' | 'advanced' | undefined;
}

/**
 * One end of `createChannel()`. It has what a child has for messages. While 'message' or 'disconnect' is listened to it keeps its process
 * alive. It can be sent until it is used; its first `send()` and the first listener of 'message' or 'disconnect' are a use. An unused end
 * that the program does not hold any more is closed when its memory is collected.
 *
 * @example
 * ```js
 * const { createChannel } = require('rs-child-process');
 *
 * const [left, right] = createChannel();
 * right.on('message', (message, handle) => console.log(message, handle));   // prints { a: 1 } undefined
 * right.on('disconnect', () => console.log('the other end has left'));   // prints the other end has left
 * left.send({ a: 1 });
 * left.disconnect();
 * ```
 */
export interface ChannelEnd extends EventEmitter<ChannelEndEventMap> {
  /**
   * False after `disconnect()`, after the other end has left, and once this end was sent away.
   *
   * @example
   * ```js
   * const { createChannel } = require('rs-child-process');
   *
   * const [left] = createChannel();
   * console.log(left.connected);   // prints true
   * left.disconnect();
   * console.log(left.connected);   // prints false
   * ```
   */
  readonly connected: boolean;

  /** Sends bytes without a serializer, see `RawMessageOptions`. */
  send(message: ArrayBufferView | ArrayBuffer, options: RawMessageOptions, callback?: (error: Error | null) => void): boolean;
  /**
   * As `send()` of a child, handles included. Returns false when much is waiting to be written, or when the channel is closed. A failure
   * goes to the callback; without one it is the event 'error'.
   *
   * @example
   * ```js
   * const { createChannel } = require('rs-child-process');
   *
   * const [left, right] = createChannel();
   * console.log(left.send('hello', () => left.disconnect()));   // prints true
   * right.on('message', (message) => console.log(message));   // prints hello
   * ```
   */
  send(message: cp.Serializable, callback?: (error: Error | null) => void): boolean;
  send(message: cp.Serializable, handle?: Sendable, callback?: (error: Error | null) => void): boolean;
  send(message: cp.Serializable, handle?: Sendable, options?: MessageOptions, callback?: (error: Error | null) => void): boolean;

  /**
   * Closes the channel when all that was sent is written. 'disconnect' is emitted at both ends. When it is closed already the event
   * 'error' tells `ERR_IPC_DISCONNECTED`.
   *
   * @example
   * ```js
   * const { createChannel } = require('rs-child-process');
   *
   * const [left, right] = createChannel();
   * right.on('disconnect', () => console.log(right.connected));   // prints false
   * left.disconnect();
   * ```
   */
  disconnect(): void;

  /**
   * From its first use on, this end keeps this process alive until it is closed, also when nobody listens.
   *
   * @example
   * ```js
   * const { createChannel } = require('rs-child-process');
   *
   * const [left, right] = createChannel();
   * left.ref();
   * left.send('hello');
   * // This timer does not keep the process alive; the end does.
   * setTimeout(() => {
   *   console.log(right.connected);   // prints true
   *   left.disconnect();
   * }, 50).unref();
   * ```
   */
  ref(): void;

  /**
   * This end keeps this process alive no more, also when somebody listens.
   *
   * @example
   * ```js
   * const { createChannel } = require('rs-child-process');
   *
   * const [left] = createChannel();
   * left.on('message', () => {});
   * left.unref();
   * console.log('nothing is left to do');   // prints nothing is left to do
   * ```
   */
  unref(): void;
}

/** The events of an end, each with the arguments of its listeners. */
export interface ChannelEndEventMap {
  /** A message, and the handle that came with it, or undefined. */
  message: [message: any, handle: any];
  /** The channel is closed: by one of its ends, or because the process that held the other one has ended. */
  disconnect: [];
  /**
   * What came is no message (`ERR_IPC_MALFORMED_MESSAGE`), too much of that came (`ERR_IPC_TOO_MANY_FAULTS`), or a message that had no
   * callback could not be written.
   */
  error: [error: Error];
}

/**
 * What may be the handle of a message: what Node sends, ends of `createChannel()`, and `sharedMemory()`. The latter two travel only where
 * both ends of the channel are the same version of this package.
 *
 * `send()` throws `ERR_INVALID_STATE` for an end that is closed, in use, or one of the channel that it is to travel over. It throws
 * `ERR_IPC_NOT_ACCELERATED` when the other end is not this package; when that shows only later, because a forked child is still starting,
 * the error goes to the callback, or is the event 'error'. In a child that has Node's own side of the channel `process.send()` is Node's, and
 * throws `ERR_INVALID_HANDLE_TYPE`.
 *
 * TypeScript: Node's types name only Node's handles for the event 'message' of a child, so write the type in the listener:
 * `child.on('message', (message, end: ChannelEnd) => …)`.
 *
 * @see https://nodejs.org/api/child_process.html#subprocesssendmessage-sendhandle-options-callback
 * @example
 * ```js
 * const { createChannel } = require('rs-child-process');
 *
 * const [left, right] = createChannel();
 * left.disconnect();
 * try {
 *   createChannel()[0].send('too late', left);
 * } catch (error) {
 *   console.log(error.code);   // prints ERR_INVALID_STATE
 * }
 * ```
 */
export type Sendable = cp.SendHandle | ChannelEnd | SharedMemory;

/**
 * Returns `bytes` zero bytes of memory, which can be sent as the handle of messages: all processes that get it see the same memory.
 * All of it is allocated now, and the size never changes. In one thread the same memory is always the same object. It is freed when no
 * process holds the object or its buffer any more. Linux only (memfd_create(2)). Share memory only with processes that you trust.
 *
 * @param bytes from 1 to `buffer.constants.MAX_LENGTH`
 * @throws ERR_INVALID_ARG_TYPE when `bytes` is no number
 * @throws ERR_OUT_OF_RANGE when it is no integer, or too small or large
 * @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM on another system than Linux, and when `native` is false
 * @throws ENOMEM when there is not so much memory, EMFILE, and other errors of memfd_create(2) and mmap(2)
 * @see https://man7.org/linux/man-pages/man2/memfd_create.2.html
 * @example
 * ```js
 * const { fork, sharedMemory } = require('rs-child-process');
 *
 * if (process.send) {
 *   process.on('message', (text, memory) => {
 *     new Int32Array(memory.buffer)[0] = 42;
 *     process.disconnect();
 *   });
 * } else {
 *   const memory = sharedMemory(4096);
 *   const child = fork(__filename);
 *   child.send('yours too', memory);
 *   child.on('exit', () => console.log(new Int32Array(memory.buffer)[0]));   // prints 42
 * }
 * ```
 */
export function sharedMemory(bytes: number): SharedMemory;

/** Memory that all processes share which got this object by a message. Made by `sharedMemory()`. */
export interface SharedMemory {
  /**
   * The memory, as long as was asked for. `Atomics` on views of integers work across processes, except `Atomics.wait` and
   * `Atomics.notify`, for which JavaScript wants a SharedArrayBuffer.
   *
   * @see https://tc39.es/ecma262/#sec-atomics.wait
   * @example
   * ```js
   * const { sharedMemory } = require('rs-child-process');
   *
   * const words = new Int32Array(sharedMemory(8).buffer);
   * Atomics.add(words, 1, 5);
   * console.log(words);   // prints Int32Array(2) [ 0, 5 ]
   * ```
   */
  readonly buffer: ArrayBuffer;
}

/**
 * Starts children ahead, so that `pool.fork()` takes some milliseconds. Linux only.
 *
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE for options that are wrong
 * @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM on another system than Linux, and when `native` is false
 * @example
 * ```js
 * const { prefork } = require('rs-child-process');
 *
 * if (process.send) {
 *   process.send('from the child');
 *   process.disconnect();
 * } else {
 *   const pool = prefork({ size: 1 });
 *   const child = pool.fork(__filename);
 *   child.on('message', (message) => console.log(message));   // prints from the child
 *   child.on('exit', () => pool.close());
 * }
 * ```
 */
export function prefork(options?: PreforkOptions): PreforkPool;

/** Options of `prefork()`. */
export interface PreforkOptions {
  /**
   * How many children are to wait. Default: as many as the machine runs at a time.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 3 });
   * console.log(pool.size);   // prints 3
   * pool.close();
   * ```
   */
  size?: number | undefined;
  /**
   * Modules that each child loads ahead, found as by `--require`. Default: none.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 1, require: ['node:http'] });
   * pool.whenReady().then(() => {
   *   console.log(pool.ready);   // prints 1
   *   pool.close();
   * });
   * ```
   */
  require?: readonly string[] | undefined;
  /**
   * Options of Node for all children of the pool. Default: `process.execArgv`.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 1, execArgv: ['--no-warnings'] });
   * pool.whenReady().then(() => {
   *   console.log(pool.ready);   // prints 1
   *   pool.close();
   * });
   * ```
   */
  execArgv?: readonly string[] | undefined;
  /**
   * The environment in which children wait and load modules. Default: `process.env`.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 1, env: { ...process.env, NODE_ENV: 'production' } });
   * pool.whenReady().then(() => {
   *   console.log(pool.ready);   // prints 1
   *   pool.close();
   * });
   * ```
   */
  env?: NodeJS.ProcessEnv | undefined;
}

/** Children that wait for a script. Made by `prefork()`. It does not keep the process alive. */
export interface PreforkPool {
  /**
   * How many are to wait.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 2 });
   * console.log(pool.size);   // prints 2
   * pool.close();
   * ```
   */
  readonly size: number;
  /**
   * How many wait now.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 2 });
   * console.log(pool.ready);   // prints 0
   * pool.whenReady().then(() => {
   *   console.log(pool.ready);   // prints 2
   *   pool.close();
   * });
   * ```
   */
  readonly ready: number;
  /**
   * As `fork()`, by a child that waits where one can become what is asked for; otherwise an ordinary start.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * if (process.send) {
   *   process.send(process.argv[2]);
   *   process.disconnect();
   * } else {
   *   const pool = prefork({ size: 1 });
   *   pool.whenReady().then(() => {
   *     const child = pool.fork(__filename, ['a word']);
   *     child.on('message', (message) => console.log(message));   // prints a word
   *     child.on('exit', () => pool.close());
   *   });
   * }
   * ```
   */
  fork: typeof fork;
  /**
   * Resolves when `size` children wait. Rejects with ERR_INVALID_STATE when one ends before it is ready, and when the pool is closed.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 1, require: ['no-such-module'] });
   * pool.whenReady().catch((error) => {
   *   console.log(error.code);   // prints ERR_INVALID_STATE
   *   pool.close();
   * });
   * ```
   */
  whenReady(): Promise<void>;
  /**
   * Lets those that wait leave. Children that were handed over stay, and `fork()` goes on with ordinary starts.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 1 });
   * pool.whenReady().then(() => {
   *   pool.close();
   *   console.log(pool.ready);   // prints 0
   * });
   * ```
   */
  close(): void;
  /**
   * As `close()`.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * const pool = prefork({ size: 1 });
   * pool[Symbol.dispose]();
   * console.log(pool.ready);   // prints 0
   * ```
   */
  [Symbol.dispose](): void;
  /**
   * As `close()`; done when those that waited have gone.
   *
   * @example
   * ```js
   * const { prefork } = require('rs-child-process');
   *
   * (async () => {
   *   const pool = prefork({ size: 1 });
   *   await pool[Symbol.asyncDispose]();
   *   console.log(pool.ready);   // prints 0
   * })();
   * ```
   */
  [Symbol.asyncDispose](): Promise<void>;
}

// ------------------------------------------------------------------------------------------------ options
// Node's, each under Node's name, with the options above where the function takes them.

export interface CommonOptions extends cp.CommonOptions, KillOnParentExitOption {}
export interface CommonSpawnOptions extends cp.CommonSpawnOptions, KillOnParentExitOption {}
export interface CommonExecOptions extends cp.CommonExecOptions, KillOnParentExitOption {}

export interface SpawnOptions extends cp.SpawnOptions, KillTreeOption, KillOnParentExitOption {}
export interface SpawnOptionsWithoutStdio extends cp.SpawnOptionsWithoutStdio, KillTreeOption, KillOnParentExitOption {}
export interface SpawnOptionsWithStdioTuple<I extends Place, O extends Place, E extends Place>
  extends cp.SpawnOptionsWithStdioTuple<I, O, E>, KillTreeOption, KillOnParentExitOption {}

export interface ExecOptions extends cp.ExecOptions, KillTreeOption, KillOnParentExitOption {}
export interface ExecOptionsWithStringEncoding extends cp.ExecOptionsWithStringEncoding, KillTreeOption, KillOnParentExitOption {}
export interface ExecOptionsWithBufferEncoding extends cp.ExecOptionsWithBufferEncoding, KillTreeOption, KillOnParentExitOption {}

export interface ExecFileOptions extends cp.ExecFileOptions, KillTreeOption, KillOnParentExitOption {}
export interface ExecFileOptionsWithStringEncoding extends cp.ExecFileOptionsWithStringEncoding, KillTreeOption, KillOnParentExitOption {}
export interface ExecFileOptionsWithBufferEncoding extends cp.ExecFileOptionsWithBufferEncoding, KillTreeOption, KillOnParentExitOption {}
export interface ExecFileOptionsWithOtherEncoding extends cp.ExecFileOptionsWithOtherEncoding, KillTreeOption, KillOnParentExitOption {}

export interface ForkOptions extends cp.ForkOptions, AccelerateOption, KillTreeOption, KillOnParentExitOption {}

export interface SpawnSyncOptions extends cp.SpawnSyncOptions, KillOnParentExitOption {}
export interface SpawnSyncOptionsWithStringEncoding extends cp.SpawnSyncOptionsWithStringEncoding, KillOnParentExitOption {}
export interface SpawnSyncOptionsWithBufferEncoding extends cp.SpawnSyncOptionsWithBufferEncoding, KillOnParentExitOption {}

export interface ExecSyncOptions extends cp.ExecSyncOptions, KillOnParentExitOption {}
export interface ExecSyncOptionsWithStringEncoding extends cp.ExecSyncOptionsWithStringEncoding, KillOnParentExitOption {}
export interface ExecSyncOptionsWithBufferEncoding extends cp.ExecSyncOptionsWithBufferEncoding, KillOnParentExitOption {}

export interface ExecFileSyncOptions extends cp.ExecFileSyncOptions, KillOnParentExitOption {}
export interface ExecFileSyncOptionsWithStringEncoding extends cp.ExecFileSyncOptionsWithStringEncoding, KillOnParentExitOption {}
export interface ExecFileSyncOptionsWithBufferEncoding extends cp.ExecFileSyncOptionsWithBufferEncoding, KillOnParentExitOption {}

// ------------------------------------------------------------------------------------------------ what Node exports without documenting it

/**
 * Sets up this process's end of a channel (`process.send` and its like) on the descriptor `fd`, as Node does at its start for the
 * descriptor in NODE_CHANNEL_FD. Node exports it without documenting it; programs do not need it.
 */
export function _forkChild(fd: number, serializationMode: string | number): void;
