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

const advanced = {
  // Throws what sending this message would throw.
  check(message) {
    new MessageSerializer().writeValue(message);
  },

  send(port, message, fd) {
    const serializer = new MessageSerializer();
    serializer.writeRawBytes(lengthPlace);
    serializer.writeHeader();
    serializer.writeValue(message);
    const frame = serializer.releaseBuffer();
    frame.writeUInt32BE(frame.length - 4);
    return port.sendBody(frame, fd);
  },

  // Calls `each(message)` for every whole frame of `buffer`, and `failed(error)` for one that cannot be read.
  decode(buffer, count, each, failed) {
    let at = 0;
    while (at + 4 <= buffer.length) {
      const end = at + 4 + buffer.readUInt32BE(at);
      let message;
      try {
        const deserializer = new MessageDeserializer(buffer.subarray(at + 4, end));
        deserializer.readHeader();
        message = deserializer.readValue();
      } catch (error) {
        failed(malformedMessage(error));
        at = end;
        continue;
      }
      at = end;
      each(message);
    }
  },
};

const json = {
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

module.exports = { advanced, json };
