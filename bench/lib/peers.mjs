// Brings the npm packages of other runtimes into a scratch folder. Their install scripts may be blocked by npm, so the binary is
// looked up in the platform package and called directly.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const folder = fileURLToPath(new URL('../.peers', import.meta.url));
const peers = [
  { name: 'bun', package: 'bun', scope: '@oven', binary: ['bin/bun', 'bun'], args: [] },
  { name: 'deno', package: 'deno', scope: '@deno', binary: ['deno', 'bin/deno'], args: ['run', '-A', '--v8-flags=--expose-gc'] },
];

function find(peer) {
  const scope = path.join(folder, 'node_modules', peer.scope);
  if (!existsSync(scope)) return null;
  for (const name of readdirSync(scope)) {
    for (const binary of peer.binary) {
      const file = path.join(scope, name, binary);
      if (!existsSync(file)) continue;
      chmodSync(file, 0o755);
      // A musl build lies beside the glibc one; only one of them starts here.
      try {
        return { file, version: execFileSync(file, ['--version'], { encoding: 'utf8' }).trim().split('\n')[0] };
      } catch {}
    }
  }
  return null;
}

export function bringPeers(say) {
  mkdirSync(folder, { recursive: true });
  if (!peers.every(find)) {
    say('installing bun and deno into bench/.peers ...');
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...peers.map((peer) => peer.package)], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return peers.flatMap((peer) => {
    const found = find(peer);
    if (!found) {
      say(`${peer.name}: no binary for this platform`);
      return [];
    }
    return [{ name: peer.name, impl: 'stock', runtime: found.file, args: peer.args, version: found.version }];
  });
}
