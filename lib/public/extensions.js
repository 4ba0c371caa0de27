'use strict';
// What the module has beyond Node's, loaded by its first use. Without the addon there is none of it.

const { binding } = require('../addon/native');
const { featureUnavailable, systemError } = require('../node/errors');
const { Int32Array } = require('../node/primordials');

function need(feature) {
  if (binding === null) throw featureUnavailable(feature);
}

// Two connected ends.
function createChannel(options = undefined) {
  need('createChannel');
  const check = require('../arguments/validate');
  // How an end is opened is told there.
  require('../channel/channel');
  const { ChannelEnd } = require('../channel/handles/channel-end');
  if (options !== undefined) check.object(options, 'options');
  const serialization = options?.serialization;
  check.oneOf(serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const fds = new Int32Array(2);
  const failure = binding.channelPair(fds);
  if (failure !== 0) throw systemError(failure, 'socketpair');
  const pair = {};
  const end = (fd) => new ChannelEnd(fd, serialization ?? 'json', pair);
  return [end(fds[0]), end(fds[1])];
}

function prefork(options = undefined) {
  need('prefork');
  // Linux has what it takes.
  if (binding.standbyWait === undefined) throw featureUnavailable('prefork');
  return require('./prefork').prefork(options);
}

function sharedMemory(bytes) {
  need('sharedMemory');
  return require('../channel/handles/shared-memory').sharedMemory(bytes);
}

module.exports = { createChannel, prefork, sharedMemory };
