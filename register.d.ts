// Loading this module puts rs-child-process in the place of Node's `child_process` for the whole process.

/** Puts Node's own functions back. */
export function unregister(): void;
