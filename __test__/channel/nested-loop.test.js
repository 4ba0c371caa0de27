'use strict';

// Programs that run the event loop from inside a listener (deasync and its like) and wait there for what only another turn of it
// can bring. Node's own channels and children can be waited for so.

const { execFile, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

const test = require('ava');

const fixtures = path.join(__dirname, 'fixtures');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nested-loop-'));
const addon = path.join(folder, 'run-loop.node');
let compiler = 'cc';
try {
  const flags = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-fPIC'];
  execFileSync(compiler, [...flags, '-o', addon, path.join(fixtures, 'run-loop.c')], { stdio: 'ignore' });
} catch {
  compiler = undefined;
}

test.after.always(() => fs.rmSync(folder, { recursive: true, force: true }));

// Only native code can run the loop, and it has to be compiled on the host.
const whereCompiled = compiler === undefined ? test.skip : test;

for (const pace of ['usual', 'eager']) {
  whereCompiled(`a listener that runs the loop gets what it waits for (${pace})`, async (t) => {
    const program = path.join(fixtures, 'loop-in-listener.js');
    const seen = async (subject) => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, subject, addon, pace], { timeout: 55_000 });
      return JSON.parse(stdout);
    };
    const [stock, ours] = await Promise.all(['node:child_process', path.join(__dirname, '..', '..')].map(seen));
    t.is(Object.keys(stock).length, 8);
    t.true(Object.values(stock).every(Boolean));
    t.deepEqual(ours, stock);
  });
}
