'use strict';
// Messages <-> what goes over the wire, for the two modes of `serialization`. V8 does the real work in both: its JSON is
// faster than anything that walks objects from outside, and its structured clone is what the other end expects.

const v8 = require('node:v8');

const { Port } = require('./port');
const { stringify } = require('./json-text');
const { malformedMessage } = require('../errors');

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
// The first byte of a body: V8's format begins with 0xff.
const FAST = 1;
const LENGTH = 4;

let fast;

// `serialization: 'advanced'` for one channel. Between two ends of this package most messages take the fast form; what
// that cannot tell exactly goes by V8's serializer, message by message.
class Advanced {
  #encoder = undefined;
  #decoder = undefined;
  #isEncoded = false;
  #encode = (block, at, limit, message) => this.#encodeInto(block, at, limit, message);

  // While a greeting is only expected: when it comes there may be no descriptor left to read a file with, and a child's
  // script would find the files in require.cache.
  prepare() {
    fast ??= require('./fast');
  }

  accelerate() {
    this.#encoder = new fast.FastEncoder();
    this.#decoder = new fast.FastDecoder();
  }

  // Throws what sending this message would throw.
  check(message) {
    new MessageSerializer().writeValue(message);
  }

  send(port, message, fd) {
    if (this.#encoder !== undefined) {
      // Encoded once, whatever becomes of it: getters may do things, and what the bytes define counts as told.
      this.#isEncoded = false;
      if (fd < 0) {
        const sent = port.stage(this.#encode, message);
        if (sent !== undefined) return sent;
      }
      const body = this.#isEncoded ? this.#encoder.takeBody() : this.#encoder.encode(message);
      if (body !== undefined) return port.sendBody(framed(body), fd);
    }
    // A getter of a message that is being encoded sends this one: the other must not lie where this is staged.
    if (this.#encoder?.isBusy) this.#encoder.leave();
    const serializer = new MessageSerializer();
    serializer.writeRawBytes(lengthPlace);
    serializer.writeHeader();
    serializer.writeValue(message);
    const frame = serializer.releaseBuffer();
    frame.writeUInt32BE(frame.length - LENGTH);
    return port.sendBody(frame, fd);
  }

  // Writes one frame into the staging block; a negative number where it does not fit or cannot be told this way.
  #encodeInto(block, at, limit, message) {
    const end = this.#encoder.encodeInto(block, at + LENGTH + 1, limit, message);
    this.#isEncoded = true;
    if (end < 0) return end;
    block.writeUInt32BE(end - at - LENGTH, at);
    block[at + LENGTH] = FAST;
    return end;
  }

  // Calls `each(message)` for every whole frame of `buffer`, and `failed(error)` for one that cannot be read.
  decode(buffer, count, each, failed) {
    let at = 0;
    while (at + LENGTH <= buffer.length) {
      const start = at + LENGTH;
      const end = start + buffer.readUInt32BE(at);
      let message;
      try {
        message = this.#read(buffer, start, end);
      } catch (error) {
        failed(malformedMessage(error));
        at = end;
        continue;
      }
      at = end;
      each(message);
    }
  }

  #read(buffer, start, end) {
    if (this.#decoder !== undefined && end > start && buffer[start] === FAST) {
      return this.#decoder.decode(buffer, start + 1, end);
    }
    const deserializer = new MessageDeserializer(buffer.subarray(start, end));
    deserializer.readHeader();
    return deserializer.readValue();
  }
}

function framed(body) {
  const frame = Buffer.allocUnsafeSlow(LENGTH + 1 + body.length);
  frame.writeUInt32BE(body.length + 1);
  frame[LENGTH] = FAST;
  frame.set(body, LENGTH + 1);
  return frame;
}

const json = {
  // JSON is what V8 does best as it is.
  prepare() {},

  accelerate() {},

  check(message) {
    JSON.stringify(message);
  },

  send(port, message, fd) {
    // The text "undefined" of a toJSON() that returns nothing goes out as Node sends it.
    const text = `${stringify(message, port.recent)}`;
    port.recent = text.length;
    return port.sendText(text, fd);
  },

  decode(text, count, each, failed) {
    if (count === 1) {
      let message;
      try {
        message = JSON.parse(text);
      } catch (error) {
        failed(malformedMessage(error));
        return;
      }
      each(message);
      return;
    }
    const messages = parseJoined(text, count);
    if (messages !== undefined) {
      for (let i = 0; i < messages.length; i += 2) each(messages[i]);
      return;
    }
    // Some line is broken: each for itself then. No line can hold the separator, for no peer knows it.
    for (const line of text.slice(1, -1).split(`,${Port.nonce},`)) json.decode(line, 1, each, failed);
  },
};

// Many lines in one parse, see `join_lines` in src/ipc/frame.rs; undefined when they are not what they should be.
function parseJoined(text, count) {
  let messages;
  try {
    messages = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (messages.length !== 2 * count - 1) return undefined;
  const { nonce } = Port;
  for (let i = 1; i < messages.length; i += 2) {
    if (messages[i] !== nonce) return undefined;
  }
  return messages;
}

module.exports = { advanced: () => new Advanced(), json: () => json };
