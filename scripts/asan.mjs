// The Rust core under AddressSanitizer: its own tests, and then the addon in Node with a selection of the JavaScript tests.
// `node scripts/asan.mjs [test files]`. It needs a nightly toolchain and gcc's libasan (both ends of its interface are the same in LLVM
// and gcc); without them this says so and is no failure. Leaks are not looked for: Node keeps memory until its end.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nightlyMissing, printed } from './nightly.mjs';
import { root, say } from './run.mjs';
import { addonFile } from './setup.mjs';

const target = 'x86_64-unknown-linux-gnu';
// Tests that compare what children of stock and ours write are no use here: the preloaded library may write, too.
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
  // Children are made by clone on stacks of their own, which the sanitizer takes for a fault of no-return functions.
  const options = { ASAN_OPTIONS: 'detect_leaks=0:detect_stack_use_after_return=0:handle_segv=0' };
  if (!step('the tests of the Rust core', 'cargo', cargo(['test', '--lib', '--tests']), { ...flags, ...options })) return false;
  if (!step('building the addon', 'cargo', cargo(['build', '--lib']), flags)) return false;

  const addon = addonFile();
  const folder = mkdtempSync(join(tmpdir(), 'rs-child-process-asan-'));
  const kept = join(folder, 'addon.node');
  copyFileSync(addon, kept);
  try {
    // Beside and then in place of the old one: a mapped file must not be written over.
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
