'use strict';
// `serialization: 'advanced'` for one channel. V8's structured clone is what the other end expects on Node's own wire. Between
// two ends of this package the lane does what it can do exactly, and V8 the rest, message by message.

const v8 = require('node:v8');

const late = require('./late');
const { Traffic } = require('./traffic');
const { malformedMessage } = require('../errors');
const { LARGE } = require('./commands');

const VIEW = 0;
const PLAIN = 1;

// Objects of the host travel as their own enumerable properties, as in JSON; only views of bytes keep their kind.
class MessageSerializer extends v8.DefaultSerializer {
  _writeHostObject(object) {
    if (ArrayBuffer.isView(object)) {
      this.writeUint32(VIEW);
      return super._writeHostObject(object);
    }
    this.writeUint32(PLAIN);
    this.writeValue({ ...object });
  }
}

class MessageDeserializer extends v8.DefaultDeserializer {
  _readHostObject() {
    if (this.readUint32() === VIEW) return super._readHostObject();
    return this.readValue();
  }
}

const lengthPlace = Buffer.alloc(4);
const LENGTH = 4;
// The first byte of a body in V8's format.
const V8_BODY = 0xff;

class Advanced {
  // Gives the memory beside the socket; set once the other end has shown that it is ours.
  #blocks = undefined;
  #lane = undefined;
  // Whether messages go by it once there is one.
  #isOn = false;
  #traffic = new Traffic();

  accelerate(blocks, turn, isEager) {
    this.#blocks = blocks;
    this.#isOn = isEager;
  }

  // Needed from the first message by the lane on, in either direction.
  #madeLane() {
    this.#lane ??= late.lane.laneOfClones(refuse, this.#blocks());
    return this.#lane;
  }

  // -> the frame that tells where the body of `frame` is in shared memory; undefined where it is not.
  #block(frame, fd) {
    if (this.#blocks === undefined || frame.length < LARGE) return undefined;
    return this.#madeLane().block(frame.subarray(LENGTH), fd);
  }

  // Throws what sending this message would throw.
  check(message) {
    new MessageSerializer().writeValue(message);
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
    const serializer = new MessageSerializer();
    serializer.writeRawBytes(lengthPlace);
    serializer.writeHeader();
    serializer.writeValue(message);
    const frame = serializer.releaseBuffer();
    frame.writeUInt32BE(frame.length - LENGTH);
    if (this.#blocks !== undefined && !this.#isOn) this.#isOn = this.#traffic.isHeavyWith(port, frame.length);
    return port.sendBody(this.#block(frame, fd) ?? frame, fd);
  }

  // Calls `each(message)` for every whole frame of `buffer`, and `failed(error)` for one that cannot be read.
  decodeBodies(buffer, each, failed) {
    let at = 0;
    while (at + LENGTH <= buffer.length) {
      const start = at + LENGTH;
      // From the greeting on, which is one of the messages, the others may come by the lane.
      if (this.#blocks !== undefined && (this.#lane !== undefined || buffer[start] !== V8_BODY)) {
        this.#madeLane().decodeBodies(buffer, at, deserialize, each, failed);
        return;
      }
      at = start + buffer.readUInt32BE(at);
      let message;
      try {
        message = deserialize(buffer.subarray(start, at));
      } catch (error) {
        failed(malformedMessage(error));
        continue;
      }
      each(message);
    }
  }
}

function deserialize(body) {
  const deserializer = new MessageDeserializer(body);
  deserializer.readHeader();
  return deserializer.readValue();
}

// Throws what V8 throws for a function, a symbol or a Proxy, so that it need not go through the message again.
function refuse(value) {
  new MessageSerializer().writeValue(value);
}

module.exports = { Advanced };
