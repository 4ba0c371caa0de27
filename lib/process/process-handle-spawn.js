'use strict';
// `child._handle.spawn()`. Node's own ChildProcess.prototype.spawn calls it for a child of ours when somebody has wrapped
// that function. Our addon starts the child; Node makes its streams and its channel, on the handles in `stdio`.

const { constants: { errno } } = require('node:os');

const { binding } = require('../addon/native');
const { opened } = require('../addon/node-handles');
const { cString, joined, joinedArguments, startFlags } = require('../arguments/native-request');
const { SOCKET, descriptors, isShort } = require('./stdio');

const isPipe = ({ type }) => type === 'pipe' || type === 'overlapped';

// The bit for `detached` in the flags that newer Nodes pass.
const DETACHED = 1;

function named({ 0: file, 1: args, 2: cwd, 3: envPairs, 4: stdio, 5: flags, 6: uid, 7: gid }) {
  return { file, args, cwd, envPairs, stdio, detached: (flags & DETACHED) !== 0, uid, gid };
}

// `whenStarted(id, pid)` is called after a successful start. -> 0, or a negative errno.
function spawn(given, killOnParentExit, whenStarted) {
  const { file, args, cwd, envPairs, stdio, detached, uid, gid } = given.length === 1 ? given[0] : named(given);
  const io = descriptors(stdio);
  if (isShort(io)) return -errno.EINVAL;
  for (let i = 0; i < stdio.length; i++) if (isPipe(stdio[i])) io[i] = SOCKET;
  const pid = binding.spawn(
    cString(file),
    args === undefined ? '' : joinedArguments(args),
    envPairs === undefined ? null : joined(envPairs),
    typeof cwd !== 'string' || cwd === '' ? null : cString(cwd),
    startFlags({ detached, uid, gid, killOnParentExit }),
    uid ?? 0,
    gid ?? 0,
    io);
  for (let i = 0; i < stdio.length; i++) {
    // If Node's handle cannot open our end of the socket, close it: the child then sees the end of the stream.
    if (isPipe(stdio[i]) && io[i] >= 0 && opened(stdio[i].handle, io[i])) binding.closeFd(io[i]);
  }
  if (pid < 0) return pid;
  whenStarted(io[io.length - 2], pid);
  return 0;
}

module.exports = { spawn };
