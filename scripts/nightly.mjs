// What the sanitizer and the fuzzer have in common: both need a nightly toolchain, and what they lack is no failure.

import { execFileSync } from 'node:child_process';

/** What a command prints, or '' where it cannot be run or fails. */
export function printed(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/** Why there is no nightly toolchain; undefined where there is one. */
export function nightlyMissing() {
  if (/^nightly/m.test(printed('rustup', ['toolchain', 'list']))) return undefined;
  return 'there is no nightly toolchain (rustup toolchain install nightly)';
}
