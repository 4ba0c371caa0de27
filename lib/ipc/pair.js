'use strict';
// createChannel(): two connected ends.

const check = require('../validate');
// How an end is opened is told there.
require('./channel');
const { ChannelEnd } = require('./channel-end');
const { binding } = require('../native');
const { systemError } = require('../errors');

function createChannel(options = undefined) {
  if (options !== undefined) check.object(options, 'options');
  const serialization = options?.serialization;
  check.oneOf(serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const fds = new Int32Array(2);
  const failure = binding.channelPair(fds);
  if (failure !== 0) throw systemError(failure, 'socketpair');
  const pair = {};
  return [...fds].map((fd) => new ChannelEnd(fd, serialization ?? 'json', pair));
}

module.exports = { createChannel };
