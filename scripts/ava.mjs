// Runs the ava suite under a given Node and counts its results. ava speaks TAP here: its own reporter has no
// figures that a program can read. Passing tests are only counted, failing ones are shown whole.

import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root, run, say } from './run.mjs';

/** Counts TAP results line by line and passes on everything that belongs to a failure. */
export function tapCounter(show) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const names = new Set();
  let failing = false;
  return {
    count,
    names,
    line(text) {
      const [, not, rest] = /^(not )?ok \d+(.*)$/.exec(text) ?? [];
      if (rest !== undefined) {
        const skipped = /# (skip|todo)/i.test(rest);
        failing = Boolean(not) && !skipped;
        if (skipped) count.skipped += 1;
        else count[not ? 'failed' : 'passed'] += 1;
        if (failing) names.add(rest.replace(/^ - /, '').replace(/ %ava-dur=.*$/, ''));
        if (failing || skipped) show(text);
      } else if (/^(TAP version|1\.\.\d|# (?!tests|pass|fail|skip|todo))/.test(text)) {
        failing = false;
      } else if (failing || !/^(\s*$|# |\s+(---|\.\.\.)$)/.test(text)) {
        show(text);
      }
    },
  };
}

/** The test file behind a TAP name such as `ipc › ending › a title`; undefined where there is none. */
function fileOf(name) {
  const parts = name.split(' › ');
  for (let n = parts.length - 1; n > 0; n--) {
    const file = `__test__/${parts.slice(0, n).join('/')}.test.js`;
    if (existsSync(join(root, file))) return file;
  }
  return undefined;
}

async function runAva({ node, cwd, within }, words) {
  const counter = tapCounter((text) => say(`  ${text}`));
  const { count } = counter;
  const begun = Date.now();
  const progress = setInterval(() => {
    say(`  … ${count.passed + count.failed} tests done, ${count.failed} of them failed (${Math.round((Date.now() - begun) / 1000)} s)`);
  }, 15_000);
  const env = { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH };
  const cli = join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
  const [command, ...args] = [...within, node, cli, '--tap', ...words];
  const code = await run(command, args, { cwd, env, onLine: counter.line });
  clearInterval(progress);
  return { ...counter, code };
}

// Tests of processes race with whatever else the machine does. What failed beside other files is run once more,
// file by file; it has failed if it fails again, and is named in any case.
async function failedAgain(where, names) {
  const files = new Set([...names].map(fileOf));
  if (files.has(undefined) || names.size > 25) return names.size;
  say(`  ${names.size} failed beside others; once more, one file at a time`);
  const again = await runAva(where, ['--concurrency=1', ...files]);
  // ava leaves out of a name what all files of a run have in common.
  const fails = (name) => [...again.names].some((short) => name === short || name.endsWith(` › ${short}`));
  for (const name of names) if (!fails(name)) say(`  passed when run again: ${name}`);
  // A run that broke off, or failed otherwise, has cleared nobody.
  if (again.code !== 0 && again.count.failed === 0) return names.size;
  return Math.max(again.count.failed, [...names].filter(fails).length);
}

/**
 * @param {{ node?: string, files?: string[], cwd?: string, within?: string[] }} [options] `cwd`: the checkout to test, this one without it;
 *   `within`: a command that runs the command behind it in another world
 */
export async function ava({ node = process.execPath, files = [], cwd = root, within = [] } = {}) {
  const where = { node, cwd, within };
  const { count, names, code } = await runAva(where, files);
  // ava also fails for what no test owns: no files found, an import that throws, its own time limit.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  if (count.skipped) say(`  ${count.skipped} skipped (each gives its reason above)`);
  if (names.size === 0 || names.size !== count.failed) return { passed: count.passed, failed: count.failed };
  const failed = await failedAgain(where, names);
  return { passed: count.passed + count.failed - failed, failed };
}
