'use strict';
// The faster way of messages between two ends of this package, in both modes of `serialization`: bodies in the fast form,
// written straight into the block that the addon shares, and large ones in shared memory. Whatever is not for this way is
// left to the codec, whose bodies begin with other bytes.

const { missingBlock } = require('../../node/errors');
const { LARGE } = require('./internal-messages');
const { FastDecoder, FastEncoder, HEAD, JsonEncoder } = require('./fast');
const {
  bufferAllocUnsafe, bufferFrom, bufferReadUInt32LE, bufferSubarray, bufferWriteUInt32BE, bufferWriteUInt32LE, getTypedArrayBuffer,
  getTypedArrayByteOffset,
} = require('../../node/primordials');

// The first byte of a body. V8's format begins with 0xff.
const FAST = 1;
// The whole body is in a block: its first byte if that is one of these, u32 generation, u32 page, u32 length.
const BLOCK = 2;
const BLOCK_SIZE = 14;
const LENGTH = 4;

class Lane {
  #encoder;
  #decoder;
  #blocks;
  #isEncoded = false;
  // The losses of the port that the encoder knows of.
  #losses = 0;
  // Whether a message may have been given up after its encoding, as on a full stack.
  #isUncertain = false;
  #encode = (block, at, limit, message) => this.#encodeInto(block, at, limit, message);

  constructor(encoder, blocks) {
    this.#encoder = encoder;
    this.#decoder = new FastDecoder(blocks.in);
    this.#blocks = blocks;
  }

  // -> 0 or -errno; undefined where the message is not for this way.
  send(port, message, fd) {
    if (port.losses !== this.#losses || this.#isUncertain) {
      this.#losses = port.losses;
      this.#encoder.reset();
    }
    this.#isUncertain = true;
    const sent = this.#send(port, message, fd);
    this.#isUncertain = false;
    return sent;
  }

  #send(port, message, fd) {
    const encoder = this.#encoder;
    // Encoded once, whatever becomes of it: getters may do things, and what the bytes define counts as told.
    this.#isEncoded = false;
    if (fd < 0) {
      const sent = port.stage(this.#encode, message);
      if (sent !== undefined) return sent;
    }
    const body = this.#isEncoded ? encoder.takeBody() : encoder.encode(message);
    if (body === undefined) return undefined;
    return port.sendBody(this.#block(body, FAST, fd) ?? framed(body), fd);
  }

  // Whether the last message had keys that no earlier one had.
  get hasDefined() {
    return this.#encoder.definitions > 0;
  }

  // A getter of a message that is being encoded sends another: the first must not lie where that one is staged.
  leave() {
    if (this.#encoder.isBusy) this.#encoder.leave();
  }

  // -> the frame of a message whose body is in shared memory; undefined where it cannot be.
  block(body, fd) {
    return this.#block(body, 0, fd);
  }

  #block(body, kind, fd) {
    if (body.length < LARGE || fd >= 0) return undefined;
    const { out } = this.#blocks;
    const page = out.put(body);
    if (page < 0) return undefined;
    const frame = bufferAllocUnsafe(LENGTH + BLOCK_SIZE);
    bufferWriteUInt32BE(frame, BLOCK_SIZE);
    frame[LENGTH] = BLOCK;
    frame[LENGTH + 1] = kind;
    bufferWriteUInt32LE(frame, out.generation, LENGTH + 2);
    bufferWriteUInt32LE(frame, page, LENGTH + 6);
    bufferWriteUInt32LE(frame, body.length, LENGTH + 10);
    return frame;
  }

  // Writes one frame into the staging block; a negative number where it does not fit or cannot be told this way.
  #encodeInto(block, at, limit, message) {
    const end = this.#encoder.encodeInto(block, at + LENGTH + 1, limit, message);
    this.#isEncoded = true;
    if (end < 0) return end;
    const length = end - at - LENGTH;
    block[at] = length >>> 24;
    block[at + 1] = length >>> 16;
    block[at + 2] = length >>> 8;
    block[at + 3] = length;
    block[at + LENGTH] = FAST;
    return end;
  }

  // Calls `each(message)` for every frame of `buffer` from `at` on, and `failed(error)` for one that cannot be read: whether to
  // go on.
  // `read(body)` is for what did not come this way.
  decodeBodies(buffer, at, read, each, failed) {
    const size = buffer.length;
    while (at + LENGTH <= size) {
      const start = at + LENGTH;
      const end = start + (buffer[at] * 0x1000000 + (buffer[at + 1] << 16 | buffer[at + 2] << 8 | buffer[at + 3]));
      at = end;
      let message;
      try {
        if (end > start && buffer[start] === FAST) message = this.#decoder.decode(buffer, start + 1, end);
        else if (end === start + BLOCK_SIZE && buffer[start] === BLOCK) message = this.#fetch(buffer, start, read);
        else message = read(bufferSubarray(buffer, start, end));
      } catch (error) {
        if (failed(error)) continue;
        return;
      }
      each(message);
    }
  }

  #fetch(buffer, start, read) {
    const at = (place) => bufferReadUInt32LE(buffer, start + place);
    const body = this.#blocks.in.take(at(2), at(6), at(10));
    if (body === undefined) throw missingBlock();
    return buffer[start + 1] === FAST ? this.#decoder.decode(body, 0, body.length) : read(body);
  }
}

// The encoder has left room in front of the body.
function framed(body) {
  const frame = bufferFrom(getTypedArrayBuffer(body), getTypedArrayByteOffset(body) - HEAD, HEAD + body.length);
  bufferWriteUInt32BE(frame, body.length + 1);
  frame[LENGTH] = FAST;
  return frame;
}

module.exports = {
  // `refuse(value)` throws what sending a function or a symbol throws.
  laneOfClones: (refuse, blocks) => new Lane(new FastEncoder(refuse, blocks.out), blocks),
  laneOfJson: (blocks) => new Lane(new JsonEncoder(blocks.out), blocks),
};
