'use strict';
// What the module has beyond Node's, loaded by its first use. Without the addon there is none of it.

const { binding } = require('../addon/native');
const { featureUnavailable } = require('../node/errors');

function need(feature) {
  if (binding === null) throw featureUnavailable(feature);
}

function createChannel(options = undefined) {
  need('createChannel');
  return require('../channel/create-channel').createChannel(options);
}

function sharedMemory(bytes) {
  need('sharedMemory');
  return require('../channel/handles/shared-memory').sharedMemory(bytes);
}

module.exports = { createChannel, sharedMemory };
