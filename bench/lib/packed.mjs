// The package as users have it, in a folder of its own that goes with this process.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packedCopy } from '../../scripts/bundle.mjs';
import { root } from '../../scripts/run.mjs';

/** @returns {string} the folder */
export function packedForBench() {
  mkdirSync(join(root, 'target'), { recursive: true });
  const folder = mkdtempSync(join(root, 'target', 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  return packedCopy(folder);
}
