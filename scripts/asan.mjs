// Runs tests under AddressSanitizer: the tests of the Rust core, then some JavaScript tests with the addon.
//   node scripts/asan.mjs [test files]
// Needs Linux on x64, a nightly toolchain and gcc's libasan (code that LLVM has compiled works with it). If something is missing,
// this says so and does not fail. It does not look for leaks: Node keeps memory until it exits.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nightlyMissing, printed } from './nightly.mjs';
import { root, say } from './run.mjs';
import { addonFile } from './setup.mjs';

const target = 'x86_64-unknown-linux-gnu';
// No tests that compare the output of children with stock: the preloaded sanitizer may write to it.
const files = process.argv.length > 2 ? process.argv.slice(2) : [
  '__test__/channel/arena.test.js', '__test__/channel/arena-lies.test.js', '__test__/channel/unserialized.test.js', '__test__/channel/shared-memory.test.js', '__test__/channel/races.test.js',
];

const library = printed('gcc', ['-print-file-name=libasan.so']);

function missing() {
  if (process.arch !== 'x64' || process.platform !== 'linux') return 'this is written for Linux on x64';
  return nightlyMissing() ?? (library.includes('/') ? undefined : 'gcc has no libasan here');
}

function step(name, command, args, env) {
  say(`> ${name}`);
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) say(`  ${name}: ended with ${signal ?? status}`);
  return status === 0;
}

function run() {
  const flags = { RUSTFLAGS: '-Zsanitizer=address', CARGO_TARGET_DIR: join(root, 'target', 'asan') };
  const cargo = (words) => ['+nightly', ...words, '--locked', '--target', target];
  // Children are made by clone() with a stack of their own. The sanitizer would report that as a fault.
  const options = { ASAN_OPTIONS: 'detect_leaks=0:detect_stack_use_after_return=0:handle_segv=0' };
  if (!step('the tests of the Rust core', 'cargo', cargo(['test', '--lib', '--tests']), { ...flags, ...options })) return false;
  if (!step('building the addon', 'cargo', cargo(['build', '--lib']), flags)) return false;

  const addon = addonFile();
  const folder = mkdtempSync(join(tmpdir(), 'rs-child-process-asan-'));
  const kept = join(folder, 'addon.node');
  copyFileSync(addon, kept);
  try {
    // Copy to a new file and rename it: the old file may be mapped, and must not be written to.
    copyFileSync(join(flags.CARGO_TARGET_DIR, target, 'debug', 'librs_child_process.so'), `${addon}.new`);
    renameSync(`${addon}.new`, addon);
    const ava = join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
    return step('the addon in Node', process.execPath, [ava, '--timeout=5m', '--concurrency=1', ...files], { ...options, LD_PRELOAD: library });
  } finally {
    copyFileSync(kept, `${addon}.new`);
    renameSync(`${addon}.new`, addon);
    rmSync(folder, { recursive: true });
  }
}

const reason = missing();
if (reason) say(`skipped: ${reason}`);
else if (!existsSync(addonFile() ?? '')) say('skipped: build the addon first (node scripts/setup.mjs)');
else process.exitCode = run() ? 0 : 1;
