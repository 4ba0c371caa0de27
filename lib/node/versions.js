'use strict';
// What differs between the Node releases that are supported, decided in this one place: a caller must see what the
// Node that runs would do, so every difference is a named fact here and never a version number elsewhere.

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
  // An argument of an asynchronous start that cannot be made a string is passed as an empty one.
  emptiesOddArguments: major >= 22,
  // A start that failed leaves `undefined` and no longer `null` as stdout and stderr of the sync result.
  missingOutputIsUndefined: major >= 22,
  // The inherited environment is a copy of the own variables; before that it was process.env itself.
  copiesProcessEnv: major >= 22,
  // A child that inherits the environment gets the entries that the process has, whatever they are and whatever has become of
  // process.env, unless the permission model is on. Seen in 26.12, not yet in 26.10.
  inheritsEntries: major > 26 || (major === 26 && minor >= 11),
  // Flags of the permission model travel to the child in its NODE_OPTIONS.
  permissionFlags: major >= 22,
  // Those flags are recognised in NODE_OPTIONS as whole words, not anywhere in the text.
  permissionFlagsByWord: major >= 24,
  // `channel` emits 'unref' when nothing counted holds it any more.
  channelEmitsUnref: major < 24,
  // The deprecated name `_channel`.
  hasChannelAlias: major < 26,
  // The tracing channel 'child_process.spawn'.
  tracesSpawn: major >= 24,
  // Arguments together with a shell warn with DEP0190.
  warnsShellArguments: major >= 24,
};
