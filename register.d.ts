// Loading this module puts rs-child-process in the place of Node's `child_process` for the whole process.

/** Done by loading this module; wanted again only after `unregister()`. */
export function register(): void;

/** Puts Node's own functions back. */
export function unregister(): void;
