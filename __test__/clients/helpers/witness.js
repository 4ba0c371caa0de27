'use strict';

// Preloaded into a program: notes whose children it started, ours or Node's own. A comparison in which the program went
// past us unnoticed would prove nothing.

const diagnostics = require('node:diagnostics_channel');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..', '..');
const file = process.env.RS_TEST_WITNESS;
// The program's own children have no business with it.
delete process.env.RS_TEST_WITNESS;

if (file) {
  const started = { ours: 0, stock: 0 };
  diagnostics.subscribe('child_process', ({ process: child }) => {
    const { ChildProcess } = require(root);
    started[Object.hasOwn(ChildProcess.prototype, 'spawn') && child.spawn === ChildProcess.prototype.spawn ? 'ours' : 'stock'] += 1;
  });
  process.on('exit', () => fs.writeFileSync(file, JSON.stringify(started)));
}
