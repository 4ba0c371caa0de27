'use strict';
// createChannel(): two connected ends.

const check = require('../arguments/validate');
// How an end is opened is told there.
require('./channel');
const { ChannelEnd } = require('./handles/channel-end');
const { binding } = require('../addon/native');
const { systemError } = require('../node/errors');
const { Int32Array } = require('../node/primordials');

function createChannel(options = undefined) {
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

module.exports = { createChannel };
