// Runs the ava suite under a given Node and counts the results. Passing tests are only counted; failing ones are shown in full.
// ava prints TAP here, because a program cannot read the counts of its own reporter.

import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root, run, say } from './run.mjs';

/** Counts TAP results line by line, and gives `show` every line that belongs to a failure. */
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

/** -> the test file of a TAP name such as `ipc › ending › a title`, or undefined if there is none. */
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

// Tests of processes depend on what else the machine does. So files with failures run once more, one at a time. A test that passes
// then counts as passed, and is named. -> how many have failed
async function failedAgain(where, names) {
  const files = new Set([...names].map(fileOf));
  if (files.has(undefined) || names.size > 25) return names.size;
  say(`  ${names.size} failed beside others; once more, one file at a time`);
  const again = await runAva(where, ['--concurrency=1', ...files]);
  // ava leaves out of a name what all files of a run have in common.
  const fails = (name) => [...again.names].some((short) => name === short || name.endsWith(` › ${short}`));
  for (const name of names) if (!fails(name)) say(`  passed when run again: ${name}`);
  // The second run failed as a whole, so it says nothing about the tests.
  if (again.code !== 0 && again.count.failed === 0) return names.size;
  return Math.max(again.count.failed, [...names].filter(fails).length);
}

/**
 * @param {{ node?: string, files?: string[], cwd?: string, within?: string[] }} [options] `cwd`: the checkout to test, this one without it;
 *   `within`: a command, with its arguments, that runs the rest of the command line in another environment (a container, for example)
 */
export async function ava({ node = process.execPath, files = [], cwd = root, within = [] } = {}) {
  const where = { node, cwd, within };
  const { count, names, code } = await runAva(where, files);
  // ava can also fail without a failed test: no files found, an import that throws, its own time limit.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  if (count.skipped) say(`  ${count.skipped} skipped (each gives its reason above)`);
  if (names.size === 0 || names.size !== count.failed) return { passed: count.passed, failed: count.failed };
  const failed = await failedAgain(where, names);
  return { passed: count.passed + count.failed - failed, failed };
}
