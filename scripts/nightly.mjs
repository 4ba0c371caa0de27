// Helpers of asan.mjs and fuzz.mjs: both need a nightly toolchain of Rust, and do not fail without one.

import { execFileSync } from 'node:child_process';

/** -> what a command prints, or '' if it cannot be run or fails. */
export function printed(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/** -> undefined if there is a nightly toolchain, else a text that says what is missing. */
export function nightlyMissing() {
  if (/^nightly/m.test(printed('rustup', ['toolchain', 'list']))) return undefined;
  return 'there is no nightly toolchain (rustup toolchain install nightly)';
}
