// Prepares a fresh clone: installs the development packages and builds the release addon. If both are up to date it does nothing: it
// compares the packages with the lock file, and a hash of the addon's sources with the hash of the last build. It uses only Node,
// because nothing else is installed when it runs.

import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, npm, root, run, say } from './run.mjs';

const stampFile = join(root, 'target', 'release-addon.json');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** -> the packages of the lock file that are not installed, or in another version. */
export function stalePackages(wanted, installed) {
  return Object.entries(wanted.packages)
    .filter(([path, { version, optional, peer, link }]) => {
      if (path === '' || link) return false;
      const there = installed.packages?.[path];
      // npm leaves out optional packages for other platforms. So a missing one is right, and only a wrong version counts.
      return there ? there.version !== version : !optional && !peer;
    })
    .map(([path]) => path);
}

function packagesUpToDate() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  return existsSync(hidden)
    && stalePackages(readJson(join(root, 'package-lock.json')), readJson(hidden)).length === 0;
}

function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) return void (yield path);
  for (const name of readdirSync(path).sort()) yield* filesBelow(join(path, name));
}

/** One hash over all sources of the addon. */
function sourceHash() {
  const hash = createHash('sha256');
  for (const name of ['src', 'Cargo.toml', 'Cargo.lock', 'build.rs', '.cargo', 'rust-toolchain.toml']) {
    for (const file of filesBelow(join(root, name))) {
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  const { napi, version } = readJson(join(root, 'package.json'));
  return hash.update(JSON.stringify([napi, version])).digest('hex');
}

/** -> the file of the addon for this machine, or null if there is none. */
export function addonFile() {
  const prefix = `rs-child-process.${process.platform}-${process.arch}`;
  const name = readdirSync(root).find((entry) => entry.startsWith(prefix) && entry.endsWith('.node'));
  return name ? join(root, name) : null;
}

// Describes the present addon. Size and time are part of it: a debug build that somebody put in its place is then noticed.
function fingerprint() {
  const addon = addonFile();
  if (!addon || !existsSync(join(root, 'native.js'))) return null;
  const { size, mtimeMs } = statSync(addon);
  return { hash: sourceHash(), compiler: compiler(), size, mtimeMs };
}

function compiler() {
  try {
    return execFileSync('rustc', ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error('Rust is needed to build the addon: see https://rustup.rs, then run this again');
  }
}

function addonUpToDate() {
  const now = fingerprint();
  return now !== null && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === JSON.stringify(now);
}

export async function setup() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`Node 20.19 or newer is needed, this is ${process.version}`);

  if (!packagesUpToDate()) {
    say('> installing development packages (npm ci)');
    const code = await npm(['ci', '--include=dev', '--no-audit', '--no-fund'], { label: 'npm ci' });
    if (code !== 0) throw new Error(`npm ci failed with code ${code}`);
  }
  if (!['linux', 'darwin'].includes(process.platform)) {
    return say('> no addon for this platform: Node\'s own child_process is used');
  }
  if (!addonUpToDate()) {
    say('> building the release addon (a first build takes a few minutes)');
    // Not `npm run build`: npm prints lines of its own, which would get into the output of `npm pack`.
    const cli = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js');
    const { build } = readJson(join(root, 'package.json')).scripts;
    const code = await run(process.execPath, [cli, ...build.split(' ').slice(1)], { label: 'building' });
    if (code !== 0) throw new Error(`the build failed with code ${code}`);
    mkdirSync(join(root, 'target'), { recursive: true });
    writeFileSync(stampFile, JSON.stringify(fingerprint()));
  }
}

if (isMain(import.meta)) {
  setup().catch((error) => {
    say(`set-up failed: ${error.message}`);
    process.exitCode = 1;
  });
}
