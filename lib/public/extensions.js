'use strict';
// The functions that Node's child_process does not have. This file is loaded when one of them is first used. Without the
// addon each throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM.

const { binding } = require('../addon/native');
const { featureUnavailable, systemError } = require('../node/errors');
const { Int32Array } = require('../node/primordials');

function need(feature) {
  if (binding === null) throw featureUnavailable(feature);
}

// Returns the two connected ends of a new channel.
function createChannel(options = undefined) {
  need('createChannel');
  const check = require('../arguments/validate');
  // Loaded first: it sets how ends are opened, which channel-end.js needs.
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
