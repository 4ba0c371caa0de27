'use strict';

// What a stock channel makes of a value: V8's structured clone, views of bytes by their kind, other host objects by their own
// properties.

const v8 = require('node:v8');

class Writer extends v8.DefaultSerializer {
  _writeHostObject(object) {
    const isView = ArrayBuffer.isView(object);
    this.writeUint32(isView ? 0 : 1);
    if (isView) super._writeHostObject(object);
    else this.writeValue({ ...object });
  }
}

class Reader extends v8.DefaultDeserializer {
  _readHostObject() {
    return this.readUint32() === 0 ? super._readHostObject() : this.readValue();
  }
}

/** Throws what sending the value throws. */
function stockClone(value) {
  const writer = new Writer();
  writer.writeHeader();
  writer.writeValue(value);
  const reader = new Reader(writer.releaseBuffer());
  reader.readHeader();
  return reader.readValue();
}

module.exports = { stockClone };
