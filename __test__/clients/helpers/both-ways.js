'use strict';

// Runs an unmodified program twice, on Node's own child_process and through register, and compares all that it said and
// how it ended.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');
const test = require('ava');

const root = path.join(__dirname, '..', '..', '..');
const fixtures = path.join(__dirname, '..', 'fixtures');
const LIMIT = 60_000;

function run(words, { registered, env = {}, cwd = fixtures }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-clients-'));
  const witness = path.join(folder, 'witness.json');
  const preloads = ['--require', path.join(__dirname, 'witness.js')];
  if (registered) preloads.unshift('--require', path.join(root, 'register.js'));
  return new Promise((resolve) => {
    const out = { stdout: '', stderr: '' };
    const child = spawn(process.execPath, [...preloads, ...words], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env, RS_TEST_WITNESS: witness },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { out[name] += text; });
    // The whole group, so that nothing is left when a program hangs.
    const killAll = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nobody is left.
      }
    };
    const timer = setTimeout(killAll, LIMIT);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      killAll();
      let started = null;
      try {
        started = JSON.parse(fs.readFileSync(witness, 'utf8'));
      } catch {
        // It did not come to its end.
      }
      fs.rmSync(folder, { recursive: true, force: true });
      resolve({ ...out, code, signal, started });
    });
  });
}

/**
 * A test that a program does the same on both.
 * @param {string[]} words node's own options, the file, its arguments
 * @param {object} [options] `check(t, run)`: what must hold of each run; `code`: 0 unless told; `starts`: how many
 *   children at least; `normal(text)`: the output without what differs from run to run
 */
function bothWays(title, words, { check, code = 0, starts = 1, normal = (text) => text, skip, ...options } = {}) {
  if (skip) {
    test.skip(`${title} [skipped: ${skip}]`, () => {});
    return;
  }
  test.serial(title, async (t) => {
    t.timeout(2.5 * LIMIT);
    const stock = await run(words, { ...options, registered: false });
    const ours = await run(words, { ...options, registered: true });
    for (const [name, out] of Object.entries({ stock, ours })) {
      t.deepEqual([out.code, out.signal], [code, null], `${name}: ${out.stdout}\n${out.stderr}`);
      await check?.(t, { name, ...out });
      t.is(out.started?.[name === 'ours' ? 'stock' : 'ours'], 0, `${name}: ${JSON.stringify(out.started)}`);
      t.true(out.started[name] >= starts, `${name}: ${JSON.stringify(out.started)}`);
    }
    t.is(normal(ours.stdout), normal(stock.stdout));
    t.is(normal(ours.stderr), normal(stock.stderr));
    t.deepEqual(ours.started.ours, stock.started.stock);
  });
}

module.exports = { bothWays, run, fixtures, root };
