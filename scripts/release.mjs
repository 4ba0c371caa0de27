// The two steps of a release that npm's own scripts call:
//   node scripts/release.mjs gather   (`npm run artifacts`) puts the built addons into the platform packages
//   node scripts/release.mjs check    (`prepublishOnly`) fails if something is missing, before any package is published
// docs: CONTRIBUTING.md, "Releasing".

import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishProblems, refuse } from './prepack.mjs';
import { root, run } from './run.mjs';

/** The built addons lie in artifacts/, in any subfolders. Afterwards each package in npm/ is complete, and the root holds no addon. */
async function gather() {
  const cli = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js');
  if (await run(process.execPath, [cli, 'artifacts']) !== 0) throw new Error('napi artifacts failed');
  // The command copies each addon into the root as well, where it would be published with the root package.
  for (const name of readdirSync(root)) if (name.endsWith('.node')) rmSync(join(root, name));

  const folders = readdirSync(join(root, 'npm')).map((platform) => join(root, 'npm', platform));
  for (const folder of folders) copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  for (const folder of [root, ...folders]) nameTheRepository(join(folder, 'package.json'));
}

/** Writes the repository into a package.json: npm's provenance needs it, and only the workflow that publishes knows it. */
function nameTheRepository(file) {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
  if (!GITHUB_REPOSITORY) return;
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.repository = { type: 'git', url: `git+${url}.git` };
  manifest.bugs = { url: `${url}/issues` };
  manifest.homepage = `${url}#readme`;
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

const steps = { gather, check: () => refuse(publishProblems()) };
await (steps[process.argv[2]] ?? (() => Promise.reject(new Error('release.mjs gather | check'))))();
