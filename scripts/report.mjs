// Prints how many tests passed and failed in each step, and sets the exit code. If RS_TEST_REPORT names a file, one line
// `<step> <passed> <failed>` for each step is added to it (.ci/run sums them up).

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
  // Not under .ci/run: there only the sum over all steps may have this form.
  if (!process.env.RS_TEST_REPORT) process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed ? 1 : 0;
}

/** Runs `job`, which gives `{ passed, failed }`, or nothing if it has no tests. A job that throws counts as one failure. */
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
