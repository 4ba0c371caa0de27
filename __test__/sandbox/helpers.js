'use strict';

// Small C programs that make a sandbox, or an older kernel; compiled on the host where it has a compiler.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const test = require('ava');

/** The compiled program, or undefined where it cannot be had, or cannot do its work: run with `args` it fails then. */
function compiled(name, args) {
  const program = made(name, []);
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return program;
  } catch {
    return undefined;
  }
}

/** The compiled library, or undefined. */
const library = (name) => made(name, ['-shared', '-fPIC'], ['-ldl']);

function made(name, flags, libraries = []) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-sandbox-'));
  test.after.always(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.chmodSync(folder, 0o755);
  const program = path.join(folder, name);
  try {
    execFileSync('cc', [...flags, '-o', program, path.join(__dirname, 'fixtures', `${name}.c`), ...libraries], { stdio: 'ignore' });
    return program;
  } catch {
    return undefined;
  }
}

module.exports = { compiled, library };
