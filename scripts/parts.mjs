// Which modules of lib/ are compiled together in the installed package (scripts/bundle.mjs puts them into dist/). When a module of a
// part is first required, the whole part is compiled: that is faster than to compile many modules one by one. A module that is in
// no list is a part by itself. In a checkout every module is compiled by itself.

/** In dist/start.js: compiled when the package is loaded. */
export const AT_LOAD = [
  'package.json',
  'lib/node/primordials.js',
  'lib/node/versions.js',
  'lib/node/internals.js',
  'lib/node/builtin.js',
  'lib/node/errors.js',
  'lib/node/replaceable-exports.js',
  'lib/addon/native.js',
  'lib/addon/thread-state.js',
  'lib/addon/node-handles.js',
  'lib/arguments/validate.js',
  'lib/arguments/native-request.js',
  'lib/arguments/normalize.js',
  'lib/arguments/environment.js',
  'lib/preload/accelerate.js',
  'lib/process/child-process.js',
  'lib/process/output-gatherer.js',
  'lib/process/process-handle.js',
  'lib/process/active-resources.js',
  'lib/process/stdio.js',
  'lib/public/node-api.js',
  'lib/public/exec.js',
  'lib/public/spawn.js',
  'lib/public/spawn-sync.js',
  'lib/public/fork.js',
  'lib/public/patched-class.js',
  'lib/public/extensions.js',
];

/** In dist/modules.js. */
export const TOGETHER = {
  // Needed for the first child of a parent, and also for the channel of a child.
  base: [
    'package.json',
    'lib/node/primordials.js',
    'lib/node/versions.js',
    'lib/node/internals.js',
    'lib/addon/native.js',
    'lib/addon/thread-state.js',
    'lib/addon/node-handles.js',
  ],
  // Needed for the first channel, of a parent or of a child, and for its first message.
  channel: [
    'lib/channel/channel.js',
    'lib/channel/channel-handle.js',
    'lib/channel/link.js',
    'lib/channel/inbox.js',
    'lib/channel/port.js',
    'lib/channel/keep-alive.js',
    'lib/channel/async-scope.js',
    'lib/channel/end-of-tick.js',
    'lib/channel/codec/index.js',
    'lib/channel/codec/internal-messages.js',
    'lib/channel/codec/upgrade-policy.js',
    'lib/channel/codec/json.js',
  ],
  // Needed for the first message in V8's format (serialization 'advanced').
  advanced: [
    'lib/channel/codec/advanced.js',
    'lib/channel/codec/v8-clone.js',
    'lib/channel/codec/fast/records.js',
  ],
};
