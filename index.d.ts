// The declarations are Node's own (@types/node), so that they cannot drift from them; below stands only what we add.

import { EventEmitter } from 'node:events';
import type { SendHandle, Serializable } from 'node:child_process';

export * from 'node:child_process';

/** Whether the addon does the work. False where Node's own module is handed over, as on Windows. */
export const native: boolean;

/** Why the addon could not be had, where `native` is false. */
export const nativeError: Error | undefined;

/**
 * Sets up this process's end of a channel (`process.send` and its like) on a descriptor, as Node does for the
 * descriptor named by NODE_CHANNEL_FD.
 */
export function _forkChild(fd: number, serializationMode: string | number): void;

/** What a child used, itself and those of its descendants that it waited for. Units are those of `process.resourceUsage()`. */
export interface ChildResourceUsage {
  /** Microseconds. */
  userCPUTime: number;
  /** Microseconds. */
  systemCPUTime: number;
  /** Kibibytes. On Linux never less than what the parent held at the start, because the kernel counts that moment too. */
  maxRSS: number;
  minorPageFault: number;
  majorPageFault: number;
  voluntaryContextSwitches: number;
  involuntaryContextSwitches: number;
}

export interface KillOptions {
  /** The signal also goes to all descendants of the child. */
  tree?: boolean | undefined;
}

/** Options of `send` for bytes that no serializer is to look at. */
export interface RawMessageOptions {
  serialize: false;
}

export interface ChannelOptions {
  /** How messages are encoded, as with `fork()`. Default `'json'`. */
  serialization?: 'json' | 'advanced' | undefined;
}

export interface ChannelEndEventMap {
  /** A message, and the handle that came with it. */
  message: [message: any, handle: any];
  /** The channel is closed, by either end or with the process that held the other one. */
  disconnect: [];
  /** What came cannot be read (`ERR_IPC_MALFORMED_MESSAGE`), too much of it came (`ERR_IPC_TOO_MANY_FAULTS`), or a message without a callback could not be written. */
  error: [error: Error];
}

/** One end of `createChannel()`. It keeps its process alive while 'message' or 'disconnect' is listened to. */
export interface ChannelEnd extends EventEmitter<ChannelEndEventMap> {
  /** False after `disconnect()`, after the other end has gone, and once this end was sent away. */
  readonly connected: boolean;
  /** As `subprocess.send()`, handles included. False: enough is waiting. */
  send(message: Serializable, callback?: (error: Error | null) => void): boolean;
  send(message: Serializable, handle?: Sendable, callback?: (error: Error | null) => void): boolean;
  send(message: Serializable, handle?: Sendable, options?: object, callback?: (error: Error | null) => void): boolean;
  /** Closes the channel behind what was sent. */
  disconnect(): void;
  /** Keeps this process alive from now on, whoever listens. */
  ref(): void;
  /** Keeps it alive no more, whoever listens. */
  unref(): void;
}

/** Pages that all processes share which got this object by a message. */
export interface SharedMemory {
  /**
   * The pages. `Atomics` on integer views work across processes, but for `Atomics.wait` and `notify`, which want a
   * SharedArrayBuffer. The pages are freed when nobody holds this object or its buffer any more, in any process.
   */
  readonly buffer: ArrayBuffer;
}

/** What can be sent as the handle of a message. */
export type Sendable = SendHandle | ChannelEnd | SharedMemory;

/**
 * A channel that belongs to no child: two connected ends. Each may be sent once, before it is used, to a forked child (or over
 * another channel) as the handle of a message; there it arrives as the handle of 'message', and is closed here.
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE; EMFILE and the like as system errors. Sending throws
 *   ERR_INVALID_STATE for an end that is closed, in use, or part of the very channel, and ERR_IPC_NOT_ACCELERATED where the
 *   child's side is not of this package.
 */
export function createChannel(options?: ChannelOptions): [ChannelEnd, ChannelEnd];

/**
 * Zeroed memory that can be sent as the handle of a message. Linux only.
 * @param bytes its size for ever; all of it is allocated now
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM; ENOMEM, EMFILE and the like as system errors
 */
export function sharedMemory(bytes: number): SharedMemory;

declare module 'node:child_process' {
  interface MessageOptions {
    /**
     * `false`: the message is a Buffer, typed array, DataView or ArrayBuffer and arrives as the same, in any
     * serialization mode. Throws ERR_INVALID_ARG_TYPE for anything else and ERR_INVALID_ARG_VALUE together with a handle;
     * ERR_IPC_NOT_ACCELERATED goes to the callback, or is emitted as 'error', where the other end is not this package.
     */
    serialize?: boolean | undefined;
  }

  interface ChildProcess {
    /** Sends bytes as they are, see `MessageOptions`. */
    send(message: ArrayBufferView | ArrayBuffer, options: RawMessageOptions, callback?: (error: Error | null) => void): boolean;
    /** With `tree` the signal also goes to all descendants of the child. @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM where `native` is false */
    kill(signal?: NodeJS.Signals | number, options?: KillOptions): boolean;
    send(message: Serializable, handle: Sendable, callback?: (error: Error | null) => void): boolean;
    send(message: Serializable, handle: Sendable, options?: MessageOptions, callback?: (error: Error | null) => void): boolean;
    /** What the child used; undefined before its exit. Only where `native` is true, and for children of this package. */
    resourceUsage?(): ChildResourceUsage | undefined;
  }

  interface KillTreeOption {
    /** `timeout`, `signal`, dispose, and exec's `maxBuffer`, kill the child with all its descendants. Refused where `native` is false. */
    killTree?: boolean | undefined;
  }

  interface CommonOptions {
    /** The child gets SIGKILL when this process ends, however it ends. Linux only; refused elsewhere, and where `native` is false. */
    killOnParentExit?: boolean | undefined;
  }

  interface SpawnOptions extends KillTreeOption {}
  interface ExecOptions extends KillTreeOption {}
  interface ExecFileOptions extends KillTreeOption {}
  interface ForkOptions extends KillTreeOption {
    /**
     * Whether the channel of a child with this package on its end may leave Node's own form. By default it does where many
     * messages are sent in one tick, or long ones; `true`: from the first one on; `false`: never.
     */
    accelerate?: boolean | undefined;
  }
}

declare global {
  namespace NodeJS {
    interface Process {
      /** Sends bytes as they are to the parent, see `MessageOptions`. */
      send?(message: ArrayBufferView | ArrayBuffer, options: RawMessageOptions, callback?: (error: Error | null) => void): boolean;
    }
  }
}
