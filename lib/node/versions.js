'use strict';
// The differences between the supported Node releases. This package must behave as the Node that runs it, so each
// difference has a name here, and no other file compares version numbers.

const { Number, stringSplit } = require('./primordials');

const numbers = stringSplit(process.versions.node, '.', 2);
const major = Number(numbers[0]);
const minor = Number(numbers[1]);

module.exports = {
  // `timeout`, `maxBuffer`, `uid` and `gid` are checked by type first and by range second.
  typedNumbers: major >= 26,
  // The timer of the `timeout` option is cleared by 'close' and no longer by 'exit'.
  timerUntilClose: major >= 26,
  // The functions made for util.promisify carry the name of the original.
  namedPromisified: major >= 22,
  // In an asynchronous start an argument that cannot be converted to a string is passed as an empty string.
  emptiesOddArguments: major >= 22,
  // After a failed start `stdout` and `stderr` of the sync result are `undefined`. Before that they were `null`.
  missingOutputIsUndefined: major >= 22,
  // The inherited environment is a copy of the own properties of process.env. Before that it was process.env itself.
  copiesProcessEnv: major >= 22,
  // Without the option `env` the child gets the C library's environment entries unchanged, also when the program replaced
  // process.env; not under the permission model. Seen in 26.12, not yet in 26.10.
  inheritsEntries: major > 26 || (major === 26 && minor >= 11),
  // The child gets the flags of the permission model in its NODE_OPTIONS.
  permissionFlags: major >= 22,
  // A flag of the permission model that is already in NODE_OPTIONS is recognised only as a whole word.
  permissionFlagsByWord: major >= 24,
  // `channel` emits 'unref' when nothing counted (listeners, writes under way) keeps the process alive any more.
  channelEmitsUnref: major < 24,
  // The deprecated name `_channel`.
  hasChannelAlias: major < 26,
  // The tracing channel 'child_process.spawn'.
  tracesSpawn: major >= 24,
  // Arguments together with a shell warn with DEP0190.
  warnsShellArguments: major >= 24,
};
