'use strict';
// Starts a daemon and ends at once: the daemon has its own session, its own working directory, its own log and nothing
// of this terminal. Its pid is printed, for `kill`.

const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('rs-child-process');

const folder = path.resolve(process.argv[2] ?? '.');
const log = fs.openSync(path.join(folder, 'daemon.log'), 'a');

const daemon = spawn(process.execPath, [path.join(__dirname, 'daemon.js')], {
  cwd: folder,
  detached: true,
  stdio: ['ignore', log, log],
});
// Without this the parent would wait for the daemon's end.
daemon.unref();
fs.closeSync(log);
console.log(daemon.pid);
