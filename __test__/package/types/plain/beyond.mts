// Compiled by types.test.js, never run: the promises for ES modules.

import promises, { execFile, spawn } from 'rs-child-process/promises';
import type { ChildProcessWithoutNullStreams } from 'rs-child-process';
import type { Run, RunError } from 'rs-child-process/promises';

const run: Run = spawn('true', { stdio: 'ignore' });
const fed: Run<ChildProcessWithoutNullStreams> = spawn('sort');
const sorted: Run<ChildProcessWithoutNullStreams> = spawn('sort', ['-n'], { killTree: true });
const shown: Run = spawn('sort', ['-n'], { stdio: 'inherit' });
// @ts-expect-error no pipe, perhaps
spawn('true', { stdio: 'ignore' }).child.stdin.end();
const same: typeof spawn = promises.spawn;
const text: Promise<{ stdout: string; stderr: string }> = execFile('true');
const codeOf = (error: RunError): number | null => error.code;

export { fed, run, shown, sorted, same, text, codeOf };
