// `npm run lint`: all checks of the sources. Each counts as one test.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { report, timed } from './report.mjs';
import { isMain, root, run, say } from './run.mjs';

const script = (name) => [process.execPath, [join(root, 'scripts', name)]];
const tool = (...path) => (args) => [process.execPath, [join(root, 'node_modules', ...path), ...args]];

const checks = {
  'imports point down': script('check-imports.mjs'),
  'unsafe and napi stay in their rooms': script('check-unsafe.mjs'),
  'every file opens with its reason': script('check-files.mjs'),
  'primordials that are taken are there': script('primordials-rules.mjs'),
  'the checks can fail': script('check-checks.mjs'),
  'README figures are the measured ones': script('readme-figures.mjs'),
  eslint: tool('eslint', 'bin', 'eslint.js')(['--max-warnings=0', '.']),
  rustfmt: ['cargo', ['fmt', '--check']],
  clippy: ['cargo', ['clippy', '--locked', '--all-targets', '--quiet', '--', '-D', 'warnings']],
};

export async function lint() {
  const count = { passed: 0, failed: 0 };
  for (const [name, [command, args]] of Object.entries(checks)) {
    const code = await run(command, args, { label: name });
    count[code === 0 ? 'passed' : 'failed'] += 1;
    say(`  ${code === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  }
  return count;
}

if (isMain(import.meta)) {
  if (existsSync(join(root, 'node_modules'))) report([await timed('lint', lint)]);
  else say('run `npm ci` first, or `npm test`, which does it itself');
}
