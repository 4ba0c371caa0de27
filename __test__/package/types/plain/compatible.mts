// Compiled by types.test.js, never run: the same for ES modules.

import stock from 'node:child_process';
import ours, { spawn, spawnSync, native } from 'rs-child-process';
import type { SpawnOptions } from 'rs-child-process';

const asStock: typeof stock = ours;
const one: typeof ours.spawn = spawn;
const flag: boolean = native;
const options: SpawnOptions = { cwd: '/' };
const output: string = spawnSync('true', { ...options, encoding: 'utf8' }).stdout;

// @ts-expect-error there is no such export
import { spwan } from 'rs-child-process';

export { asStock, one, flag, output, spwan };
