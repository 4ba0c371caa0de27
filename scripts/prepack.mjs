// Runs before `npm pack` and `npm publish`. It makes the bundles in dist/.
// - npm pack: the tarball must work where it is installed, so it contains the addon of this machine.
// - npm publish: the tarball must contain no addon. Each platform has its own package, and an addon in the root package would be
//   loaded instead.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { isMain, root, say } from './run.mjs';
import { setup } from './setup.mjs';

const manifest = (...path) => JSON.parse(readFileSync(join(root, ...path, 'package.json'), 'utf8'));

/** -> the reasons not to publish, checked before any package is published. */
export function publishProblems() {
  const problems = [];
  const { version } = manifest();
  for (const platform of readdirSync(join(root, 'npm'))) {
    for (const name of [`rs-child-process.${platform}.node`, 'LICENSE']) {
      if (!existsSync(join(root, 'npm', platform, name))) problems.push(`npm/${platform} has no ${name}`);
    }
    if (manifest('npm', platform).version !== version) problems.push(`npm/${platform} is not version ${version}`);
  }
  const stray = readdirSync(root).filter((name) => name.endsWith('.node'));
  if (stray.length) problems.push(`${stray.join(', ')} would be published in the root package`);
  if (!existsSync(join(root, 'native.js'))) problems.push('native.js, which a build generates, is missing');
  if (manifest().repository === undefined) problems.push('package.json names no repository: `npm run artifacts` in the release workflow writes it');
  return problems;
}

/** The same for the root package, which is published last: it must name the platform packages. `napi prepublish` writes them in. */
function rootProblems() {
  const { optionalDependencies = {}, version } = manifest();
  const unnamed = readdirSync(join(root, 'npm')).map((platform) => `rs-child-process-${platform}`)
    .filter((name) => optionalDependencies[name] !== version);
  return [...publishProblems(), ...unnamed.map((name) => `optionalDependencies does not name ${name}@${version}`)];
}

/** Prints the problems, and fails if there are any. */
export function refuse(problems) {
  for (const problem of problems) say(`not fit to publish: ${problem}`);
  if (problems.length) process.exitCode = 1;
}

if (isMain(import.meta)) {
  bundle();
  if (process.env.npm_command === 'publish') {
    refuse(rootProblems());
  } else {
    await setup().catch((error) => {
      say(`set-up failed: ${error.message}`);
      process.exitCode = 1;
    });
  }
}
