// Counts what passed and failed in one step of the tests, and hands the figures to whoever started us:
// RS_TEST_REPORT names a file that gets one line `<step> <passed> <failed>` for each step (.ci/run sums them).

import { appendFileSync } from 'node:fs';
import { say } from './run.mjs';

/** @param {{ step: string, passed: number, failed: number, seconds?: number }[]} results */
export function report(results) {
  const total = { passed: 0, failed: 0 };
  say('');
  for (const { step, passed, failed, seconds = 0 } of results) {
    say(`  ${failed ? 'FAILED' : 'ok    '} ${step.padEnd(22)} ${passed} of ${passed + failed} (${seconds.toFixed(0)} s)`);
    total.passed += passed;
    total.failed += failed;
    if (process.env.RS_TEST_REPORT) {
      appendFileSync(process.env.RS_TEST_REPORT, `${step.replaceAll(' ', '-')} ${passed} ${failed}\n`);
    }
  }
  // Under .ci/run the sum over all steps is the only line of this form.
  if (!process.env.RS_TEST_REPORT) process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed ? 1 : 0;
}

/** Runs `job`, which answers `{ passed, failed }`, or nothing where it holds no tests; one that throws counts as one failure. */
export async function timed(step, job) {
  const begun = Date.now();
  say(`> ${step}`);
  try {
    return { step, passed: 0, failed: 0, ...await job(), seconds: (Date.now() - begun) / 1000 };
  } catch (error) {
    say(`  ${step}: ${error.stack}`);
    return { step, passed: 0, failed: 1, seconds: (Date.now() - begun) / 1000 };
  }
}
