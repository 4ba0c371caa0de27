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
