// One measurement in a fresh process. A side is who is measured: stock, ours, a peer runtime's own child_process, or the limit.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const bench = fileURLToPath(new URL('..', import.meta.url));
const limitsFolder = path.join(bench, 'limits');
const limitsProgram = path.join(limitsFolder, 'target/release/limits');

export function buildLimits() {
  const sources = ['src/main.rs', 'src/spawn.rs', 'src/transfer.rs', 'Cargo.toml'].map((name) => statSync(path.join(limitsFolder, name)).mtimeMs);
  if (existsSync(limitsProgram) && statSync(limitsProgram).mtimeMs > Math.max(...sources)) return true;
  try {
    execFileSync('cargo', ['build', '--release', '--quiet'], { cwd: limitsFolder, stdio: ['ignore', 'ignore', 'inherit'] });
    return true;
  } catch {
    return false;
  }
}

function command(row, side, budget) {
  if (side.name === 'limit' && row.limit.program === 'limits') {
    return [limitsProgram, [...row.limit.args.map(String), '--budget', String(budget)]];
  }
  const spec = side.name === 'limit' ? row.limit : row;
  const params = { ...spec.params, impl: side.impl, budget, scale: budget / 1200 };
  return [side.runtime || process.execPath, [...(side.args || row.nodeArgs || []), path.join(bench, 'work', spec.work), JSON.stringify(params)]];
}

// `folder` holds the package as users have it; without one the checkout is measured. Resolves to { value } or { missing } or { error }; it never rejects, so that one broken row does not end the whole run.
export function measure(row, side, { budget, folder, timeout = 180000 }) {
  const [file, args] = command(row, side, budget);
  // NODE_OPTIONS could preload something into one side only; with NODE_EXTRA_CA_CERTS Node 20 reads certificates at each start for
  // longer than all else takes.
  const env = { ...process.env, NODE_OPTIONS: undefined, NODE_CHANNEL_FD: undefined, NODE_EXTRA_CA_CERTS: undefined, BENCH_NODE: process.execPath, BENCH_PACKAGE: folder };
  return new Promise((resolve) => {
    execFile(file, args, { timeout, killSignal: 'SIGKILL', env }, (error, stdout, stderr) => {
      const line = stdout.trim().split('\n').pop();
      try {
        const result = JSON.parse(line);
        if (typeof result.value === 'number' || result.missing) return resolve(result);
      } catch {}
      const reason = stderr.trim().split('\n').filter((text) => /error|panicked|not |ended/i.test(text))[0] || stderr.trim().split('\n')[0];
      resolve({ error: error && error.killed ? 'timed out' : reason || String(error || 'no answer') });
    });
  });
}
