// The types of `rs-child-process/register`. Loading that module puts this package in the place of `node:child_process`, for the
// program and for all that it loads. So whoever imports it also gets, here, what the package adds to the types of
// `node:child_process`; all of it is optional, because it is there only while the package is registered.
//
// A program that is registered from outside (`node --require rs-child-process/register`), and the script of a forked child, get the same
// types, and load nothing, by `import type {} from 'rs-child-process/register'`.
//
// __test__/package/docs.test.js runs every @example.

import type { Serializable } from 'node:child_process';
import type {
  AccelerateOption, ChildResourceUsage, KillOnParentExitOption, KillOptions, KillTreeOption, RawMessageOptions, Sendable,
} from './index.js';

/**
 * Exchanges the functions of Node's own module object for those of this package, and brings the names that ES modules imported up to date.
 * Loading this module does it, so a call is needed only after `unregister()`. A second call does nothing. Each worker thread has modules of
 * its own and registers for itself; in a worker thread the package is loaded with its first start of a child. Where `native` is false
 * nothing changes.
 *
 * @example
 * ```js
 * const { register, unregister } = require('rs-child-process/register');
 * const ours = require('rs-child-process');
 * const stock = require('node:child_process');
 *
 * unregister();
 * register();
 * console.log(stock.spawn === ours.spawn);   // prints true
 * ```
 */
export function register(): void;

/**
 * Puts Node's own functions back. What others have put over the functions of this package since then stays.
 *
 * @example
 * ```js
 * const { unregister } = require('rs-child-process/register');
 * const ours = require('rs-child-process');
 * const stock = require('node:child_process');
 *
 * console.log(stock.spawn === ours.spawn);   // prints true
 * unregister();
 * console.log(stock.spawn === ours.spawn);   // prints false
 * ```
 */
export function unregister(): void;

declare module 'node:child_process' {
  interface ChildProcess {
    /** See `resourceUsage` of the `ChildProcess` of rs-child-process. */
    resourceUsage?(): ChildResourceUsage | undefined;
    /** See `kill` of the `ChildProcess` of rs-child-process. */
    kill(signal?: NodeJS.Signals | number, options?: KillOptions): boolean;
    /** See `RawMessageOptions` of rs-child-process. */
    send(message: ArrayBufferView | ArrayBuffer, options: RawMessageOptions, callback?: (error: Error | null) => void): boolean;
    /** See `Sendable` of rs-child-process. */
    send(message: Serializable, handle: Sendable, callback?: (error: Error | null) => void): boolean;
    send(message: Serializable, handle: Sendable, options?: MessageOptions, callback?: (error: Error | null) => void): boolean;
  }

  interface MessageOptions {
    /** False: the message is bytes that go without a serializer, see `RawMessageOptions` of rs-child-process. */
    serialize?: boolean | undefined;
  }

  interface CommonOptions extends KillOnParentExitOption {}
  interface SpawnOptions extends KillTreeOption {}
  interface ExecOptions extends KillTreeOption {}
  interface ExecFileOptions extends KillTreeOption {}
  interface ForkOptions extends AccelerateOption, KillTreeOption {}
}

declare global {
  namespace NodeJS {
    interface Process {
      /** Sends bytes to the parent without a serializer, see `RawMessageOptions` of rs-child-process. */
      send?(message: ArrayBufferView | ArrayBuffer, options: RawMessageOptions, callback?: (error: Error | null) => void): boolean;
      /** Sends an end of `createChannel()` or `sharedMemory()` to the parent, see `Sendable` of rs-child-process. */
      send?(message: any, handle: Sendable, callback?: (error: Error | null) => void): boolean;
    }
  }
}
