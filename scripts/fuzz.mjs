// Runs every fuzz target for some seconds (20 by default).
//   node scripts/fuzz.mjs [seconds for each]
// Needs a nightly toolchain and cargo-fuzz. If one is missing, this says so and does not fail.

import { spawnSync } from 'node:child_process';
import { nightlyMissing, printed } from './nightly.mjs';
import { root, say } from './run.mjs';

const seconds = Number(process.argv[2] ?? 20);

function missing() {
  const hasFuzz = () => printed('cargo', ['fuzz', '--version']).includes('fuzz');
  return nightlyMissing() ?? (hasFuzz() ? undefined : 'cargo-fuzz is not installed (cargo install cargo-fuzz)');
}

const reason = missing();
if (reason) {
  say(`fuzzing skipped: ${reason}`);
} else {
  const cargo = (args, options) => spawnSync('cargo', ['+nightly', 'fuzz', ...args], { cwd: root, encoding: 'utf8', ...options });
  const targets = cargo(['list']).stdout.split('\n').filter(Boolean);
  let failed = targets.length === 0;
  for (const target of targets) {
    say(`> fuzzing ${target} for ${seconds} s`);
    const { status, stderr } = cargo(['run', target, '--', `-max_total_time=${seconds}`, '-max_len=4096', '-timeout=10', '-rss_limit_mb=2048'], {
      stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 256 * 1024 * 1024,
    });
    const runs = /Done (\d+) runs/.exec(stderr ?? '')?.[1];
    if (status === 0 && runs) say(`  ${runs} runs, no fault`);
    else {
      failed = true;
      say(`  failed\n${(stderr ?? '').split('\n').slice(-60).join('\n')}`);
    }
  }
  process.exitCode = failed ? 1 : 0;
}
