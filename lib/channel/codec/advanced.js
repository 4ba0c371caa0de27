'use strict';
// `serialization: 'advanced'` for one channel. V8's structured clone is what the other end expects on Node's own wire. Between
// two ends of this package the lane does what it can do exactly, and V8 the rest, message by message.

const { UpgradePolicy } = require('./upgrade-policy');
const { LARGE } = require('./internal-messages');
const { check, deserialize, serialize } = require('./v8-clone');
const { bufferReadUInt32BE, bufferSubarray } = require('../../node/primordials');

const LENGTH = 4;
// The first byte of a body in V8's format.
const V8_BODY = 0xff;

class Advanced {
  // Gives the memory beside the socket; set once the other end has shown that it is ours.
  #blocks = undefined;
  #lane = undefined;
  // Whether messages go by it once there is one.
  #isOn = false;
  #policy = new UpgradePolicy();

  accelerate(blocks, upgradeLine, isEager) {
    this.#blocks = blocks;
    this.#isOn = isEager;
  }

  // Needed from the first message by the lane on, in either direction.
  #madeLane() {
    this.#lane ??= require('./fast-lane').laneOfClones(check, this.#blocks());
    return this.#lane;
  }

  // -> the frame that tells where the body of `frame` is in shared memory; undefined where it is not.
  #block(frame, fd) {
    if (this.#blocks === undefined || frame.length < LARGE) return undefined;
    return this.#madeLane().block(bufferSubarray(frame, LENGTH), fd);
  }

  // Throws what sending this message would throw.
  check(message) {
    check(message);
  }

  // As in json.js; here the message has no form of its own until it is sent.
  envelope(outer, message) {
    outer.msg = message;
    return outer;
  }

  repetition(whole) {
    return { ...whole, again: true };
  }

  ready(cmd) {
    return { cmd };
  }

  send(port, message, fd) {
    const lane = this.#isOn ? this.#madeLane() : undefined;
    const sent = lane?.send(port, message, fd);
    if (sent !== undefined) return sent;
    // A getter of a message that is being encoded sends this one: the other must not lie where this is staged.
    lane?.leave();
    const frame = serialize(message);
    if (this.#blocks !== undefined && !this.#isOn) this.#isOn = this.#policy.isHeavyWith(port, frame.length);
    return port.sendBody(this.#block(frame, fd) ?? frame, fd);
  }

  // -> the frame of a message as it stands on Node's wire.
  whole(message) {
    return serialize(message);
  }

  // Bytes that somebody else has made: frames of V8's, which both forms allow.
  sendRaw(port, bytes, fd) {
    this.#lane?.leave();
    return port.sendBody(bytes, fd);
  }

  // Calls `each(message)` for every whole frame of `buffer`, and `failed(error)` for one that cannot be read: whether to go on.
  decodeBodies(buffer, each, failed) {
    let at = 0;
    while (at + LENGTH <= buffer.length) {
      const start = at + LENGTH;
      // From the greeting on, which is one of the messages, the others may come by the lane.
      if (this.#blocks !== undefined && (this.#lane !== undefined || buffer[start] !== V8_BODY)) {
        this.#madeLane().decodeBodies(buffer, at, deserialize, each, failed);
        return;
      }
      at = start + bufferReadUInt32BE(buffer, at);
      let message;
      try {
        message = deserialize(bufferSubarray(buffer, start, at));
      } catch (error) {
        if (failed(error)) continue;
        return;
      }
      each(message);
    }
  }
}

module.exports = { Advanced };
