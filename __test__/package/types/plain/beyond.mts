// Compiled by types.test.js, never run: the promises for ES modules.

import promises, { execFile, spawn } from 'rs-child-process/promises';
import type { Run, RunError } from 'rs-child-process/promises';

const run: Run = spawn('true', { stdio: 'ignore' });
const same: typeof spawn = promises.spawn;
const text: Promise<{ stdout: string; stderr: string }> = execFile('true');
const codeOf = (error: RunError): number | null => error.code;

export { run, same, text, codeOf };
