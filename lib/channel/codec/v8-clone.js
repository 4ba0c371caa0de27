'use strict';
// Structured clone by V8's own serializer, as Node's channels use it.

const { DefaultDeserializer, DefaultSerializer } = require('node:v8');

const { arrayBufferIsView, bufferAlloc, bufferWriteUInt32BE } = require('../../node/primordials');

const VIEW = 0;
const PLAIN = 1;

// Objects of the host travel as their own enumerable properties, as in JSON; only views of bytes keep their kind.
class MessageSerializer extends DefaultSerializer {
  _writeHostObject(object) {
    if (arrayBufferIsView(object)) {
      this.writeUint32(VIEW);
      return super._writeHostObject(object);
    }
    this.writeUint32(PLAIN);
    this.writeValue({ ...object });
  }
}

class MessageDeserializer extends DefaultDeserializer {
  _readHostObject() {
    if (this.readUint32() === VIEW) return super._readHostObject();
    return this.readValue();
  }
}

const lengthPlace = bufferAlloc(4);

// -> the frame of a message.
function serialize(message) {
  const serializer = new MessageSerializer();
  serializer.writeRawBytes(lengthPlace);
  serializer.writeHeader();
  serializer.writeValue(message);
  const frame = serializer.releaseBuffer();
  bufferWriteUInt32BE(frame, frame.length - lengthPlace.length);
  return frame;
}

function deserialize(body) {
  const deserializer = new MessageDeserializer(body);
  deserializer.readHeader();
  return deserializer.readValue();
}

// Throws what V8 throws for what it does not clone, as a function, a symbol or a Proxy.
function check(value) {
  new MessageSerializer().writeValue(value);
}

module.exports = { check, deserialize, serialize };
