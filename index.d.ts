// The declarations are Node's own (@types/node), so that they cannot drift from them; below stands only what we add.

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
    /** With `tree` the signal also goes to all descendants of the child. */
    kill(signal?: NodeJS.Signals | number, options?: KillOptions): boolean;
    /** What the child used; undefined before its exit. */
    resourceUsage(): ChildResourceUsage | undefined;
  }

  interface KillTreeOption {
    /** `timeout`, `signal`, dispose, and exec's `maxBuffer`, kill the child with all its descendants. */
    killTree?: boolean | undefined;
  }

  interface CommonOptions {
    /** The child gets SIGKILL when this process ends, however it ends. Linux only. */
    killOnParentExit?: boolean | undefined;
  }

  interface SpawnOptions extends KillTreeOption {}
  interface ExecOptions extends KillTreeOption {}
  interface ExecFileOptions extends KillTreeOption {}
  interface ForkOptions extends KillTreeOption {}
}

declare global {
  namespace NodeJS {
    interface Process {
      /** Sends bytes as they are to the parent, see `MessageOptions`. */
      send?(message: ArrayBufferView | ArrayBuffer, options: RawMessageOptions, callback?: (error: Error | null) => void): boolean;
    }
  }
}
