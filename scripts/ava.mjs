// Runs the ava suite under a given Node and counts its results. ava speaks TAP here: its own reporter has no
// figures that a program can read. Passing tests are only counted, failing ones are shown whole.

import { delimiter, dirname, join } from 'node:path';
import { root, run, say } from './run.mjs';

/** Counts TAP results line by line and passes on everything that belongs to a failure. */
export function tapCounter(show) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  let failing = false;
  return {
    count,
    line(text) {
      const [, not, rest] = /^(not )?ok \d+(.*)$/.exec(text) ?? [];
      if (rest !== undefined) {
        const skipped = /# (skip|todo)/i.test(rest);
        failing = Boolean(not) && !skipped;
        if (skipped) count.skipped += 1;
        else count[not ? 'failed' : 'passed'] += 1;
        if (failing || skipped) show(text);
      } else if (/^(TAP version|1\.\.\d|# (?!tests|pass|fail|skip|todo))/.test(text)) {
        failing = false;
      } else if (failing || !/^(\s*$|# |\s+(---|\.\.\.)$)/.test(text)) {
        show(text);
      }
    },
  };
}

export async function ava({ node = process.execPath, files = [] } = {}) {
  const { count, line } = tapCounter((text) => say(`  ${text}`));
  const begun = Date.now();
  const progress = setInterval(() => {
    say(`  … ${count.passed + count.failed} tests done, ${count.failed} of them failed (${Math.round((Date.now() - begun) / 1000)} s)`);
  }, 15_000);
  const env = { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH };
  const cli = join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
  const code = await run(node, [cli, '--tap', ...files], { env, onLine: line });
  clearInterval(progress);
  // ava also fails for what no test owns: no files found, an import that throws, its own time limit.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  if (count.skipped) say(`  ${count.skipped} skipped (each gives its reason above)`);
  return { passed: count.passed, failed: count.failed };
}
