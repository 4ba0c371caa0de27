'use strict';
// Runs a command as a user with fewer rights, nobody by default. Needs root, as every change of user does.
// Try: sudo node lower-privileges.js 65534 65534 id

const { spawn } = require('rs-child-process');

const [uid = '65534', gid = uid, command = 'id', ...args] = process.argv.slice(2);

const child = spawn(command, args, { uid: Number(uid), gid: Number(gid), cwd: '/', stdio: 'inherit' });
child.on('error', (error) => {
  console.error(`cannot run ${command} as ${uid}:${gid}: ${error.code}`);
  process.exitCode = 1;
});
child.on('close', (code) => {
  if (code === 0) console.log(`done by ${uid}:${gid}, while this process is still ${process.getuid()}:${process.getgid()}`);
  else process.exitCode = 1;
});
