// Before `npm pack` and `npm publish`. A tarball that somebody packs from a clone must work where it is
// installed, so it carries the release addon of this machine. A published one carries none: there each platform
// has a package of its own, and a stray addon in the root would shadow it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { root, say } from './run.mjs';
import { setup } from './setup.mjs';

function checkForPublishing() {
  const problems = [];
  const { optionalDependencies = {}, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const platform of readdirSync(join(root, 'npm'))) {
    const name = `rs-child-process-${platform}`;
    if (!existsSync(join(root, 'npm', platform, `rs-child-process.${platform}.node`))) problems.push(`no addon in npm/${platform}`);
    if (optionalDependencies[name] !== version) problems.push(`optionalDependencies does not name ${name}@${version}`);
  }
  const stray = readdirSync(root).filter((name) => name.endsWith('.node'));
  if (stray.length) problems.push(`${stray.join(', ')} would be published in the root package`);
  if (!existsSync(join(root, 'native.js'))) problems.push('native.js, which a build generates, is missing');
  for (const problem of problems) say(`not fit to publish: ${problem}`);
  if (problems.length) process.exitCode = 1;
}

if (process.env.npm_command === 'publish') {
  bundle();
  checkForPublishing();
} else {
  await setup().catch((error) => {
    say(`set-up failed: ${error.message}`);
    process.exitCode = 1;
  });
}
