'use strict';
// Bodies behind lengths, as the addon hands them over: many at a time, each whole.

const { malformedMessage } = require('../errors');

const LENGTH = 4;

// Calls `each(read(body))` for every frame of `buffer`, and `failed(error)` for one that `read` throws for.
function decodeBodies(buffer, read, each, failed) {
  let at = 0;
  while (at + LENGTH <= buffer.length) {
    const start = at + LENGTH;
    at = start + buffer.readUInt32BE(at);
    let message;
    try {
      message = read(buffer.subarray(start, at));
    } catch (error) {
      failed(malformedMessage(error));
      continue;
    }
    each(message);
  }
}

module.exports = { decodeBodies };
