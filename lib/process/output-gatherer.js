'use strict';
// Gathers the output of a child for exec() and execFile(). There are two ways:
// - The ordinary way: every chunk is pushed into the socket and comes out as 'data', as in Node. All output begins so.
// - The direct way, for long output: bytes go from the read straight into the addon's memory (a Store). This saves one
//   string for each chunk and the joining of all chunks at the end.
// The direct way begins after ORDINARY bytes, and only if nobody but this file uses the stream (the user has added no
// listener, pipe, pause or encoding). As soon as the user does one of these, the rest goes the ordinary way.
//
// maxBuffer counts what Node counts: for text, the bytes of each decoded chunk.

const { constants: { MAX_STRING_LENGTH }, isUtf8 } = require('node:buffer');
const { EventEmitter } = require('node:events');

const { binding } = require('../addon/native');
const {
  Number, Symbol, arrayJoin, arrayMap, arrayPush, bufferAlloc, bufferAllocUnsafeSlow, bufferByteLength, bufferConcat, bufferOf, bufferSubarray,
  bufferToString, setOf, stringSlice, withSelf,
} = require('../node/primordials');
const { stdioMaxBuffer } = require('../node/errors');

const listenerCount = withSelf(EventEmitter.prototype.listenerCount);

const kGather = Symbol('gather');

// Bytes for each read: on the ordinary way the same as Node; on the direct way more, because our pipes hold more.
const SHORT_READ = 64 * 1024;
const LONG_READ = 256 * 1024;
// The first bytes always go the ordinary way: at least so many.
const ORDINARY = 128 * 1024;

// Encodings that can go the direct way. In the others the text can depend on where the chunks were cut.
const OF_WHOLE_CHARACTERS = setOf([null, 'utf8', 'latin1']);

const NOTHING = bufferAlloc(0);

// The memory that reads fill. The callback of a read empties it at once, so all streams of a thread can share it.
let shortBlock;
let longBlock;

const start = (chunk, length) => (typeof chunk === 'string' ? stringSlice(chunk, 0, length) : bufferSubarray(chunk, 0, length));

// How many bytes at the end of `bytes` begin a UTF-8 sequence that is not complete.
function unfinished(bytes, end) {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

// Bytes in the addon's memory.
class Store {
  #gather = new binding.Gather();
  #length = 0;

  append(bytes, from, to) {
    if (!this.#gather.append(bytes, from, to)) return false;
    this.#length += to - from;
    return true;
  }

  toBuffer() {
    return this.#gather.takeBuffer();
  }

  toText(encoding) {
    if (this.#length > MAX_STRING_LENGTH) return bufferToString(this.toBuffer(), encoding);
    return this.#gather.takeAscii() ?? bufferToString(this.toBuffer(), encoding);
  }
}

class Gatherer {
  // `overflow(error)` is called when maxBuffer is passed.
  constructor(name, encoding, maxBuffer, overflow) {
    this.name = name;
    this.encoding = encoding;
    // As in Node, null means 0 and undefined means no limit.
    this.maxBuffer = maxBuffer === undefined ? Infinity : Number(maxBuffer);
    this.overflow = overflow;
    this.stream = null;
    this.streamEncoding = null;
    this.streamEmit = undefined;
    this.streamPush = undefined;
    // The bytes counted against maxBuffer so far.
    this.length = 0;
    // The output in order: chunks that came out of the stream, and Stores.
    this.parts = [];

    // The same chunks as they were read, for a Store that may begin later; null when none will begin.
    this.raw = [];
    this.rawSize = 0;
    this.isPushing = false;
    this.store = null;
    // An incomplete character at the end of what was read. It is not in the store yet.
    this.tail = NOTHING;
  }

  // The `onread` option of net.Socket.
  reader() {
    return {
      buffer: () => {
        if (this.store === null) return (shortBlock ??= bufferAllocUnsafeSlow(SHORT_READ));
        return (longBlock ??= bufferAllocUnsafeSlow(LONG_READ));
      },
      callback: (size, block) => this.read(size, block),
    };
  }

  attach(stream) {
    this.stream = stream;
    // If the user replaces one of these, isAlone() becomes false.
    this.streamEmit = stream.emit;
    this.streamPush = stream.push;
    if (this.encoding) stream.setEncoding(this.encoding);
    this.streamEncoding = stream.readableEncoding;
    if (!OF_WHOLE_CHARACTERS.has(this.streamEncoding)) this.raw = null;
    stream.on('data', (chunk) => this.take(chunk));
  }

  // Whether nobody but this file uses the stream.
  isAlone() {
    const { stream } = this;
    return stream.readableFlowing === true &&
      stream.readableLength === 0 &&
      stream.readableEncoding === this.streamEncoding &&
      listenerCount(stream, 'data') === 1 &&
      listenerCount(stream, 'readable') === 0 &&
      stream.emit === this.streamEmit && stream.push === this.streamPush &&
      !stream.destroyed;
  }

  read(size, block) {
    if (this.store !== null) return this.keep(size, block);
    const chunk = bufferOf(block, 0, size);
    return this.push(chunk);
  }

  push(chunk) {
    const { stream } = this;
    if (this.raw === null) return stream.push(chunk);

    this.isPushing = true;
    const more = stream.push(chunk);
    const wasSeenAtOnce = !this.isPushing;
    this.isPushing = false;
    if (this.raw === null) return more;

    if (!wasSeenAtOnce || !this.isAlone()) {
      this.raw = null;
      return more;
    }
    arrayPush(this.raw, chunk);
    this.rawSize += chunk.length;
    // Change ways only where a character is complete. Else the stream's decoder would hold back the beginning of one.
    if (this.rawSize >= ORDINARY && (this.streamEncoding !== 'utf8' || unfinished(chunk, chunk.length) === 0)) {
      this.begin();
    }
    return more;
  }

  // Begins the direct way. The store also gets what came so far, so that the result is one string and nothing is joined.
  begin() {
    const store = new Store();
    for (let i = 0; i < this.raw.length; i++) {
      const chunk = this.raw[i];
      if (!store.append(chunk, 0, chunk.length)) {
        this.raw = null;
        return;
      }
    }
    this.store = store;
    this.raw = null;
    this.parts = [];
  }

  keep(size, block) {
    const isUtf8Text = this.streamEncoding === 'utf8';
    let bytes = block;
    let end = size;
    if (this.tail.length > 0) {
      bytes = bufferConcat([this.tail, bufferSubarray(block, 0, size)]);
      end = bytes.length;
    }
    const whole = isUtf8Text ? end - unfinished(bytes, end) : end;
    if (this.isAlone() && this.length + whole <= this.maxBuffer &&
        (!isUtf8Text || isUtf8(bufferSubarray(bytes, 0, whole))) && this.store.append(bytes, 0, whole)) {
      this.length += whole;
      this.tail = whole < end ? bufferOf(bytes, whole, end) : NOTHING;
      return true;
    }
    // Back to the ordinary way, beginning with the first byte that is not in the store.
    this.close();
    return this.stream.push(bufferOf(bytes, 0, end));
  }

  // Ends the direct way: nothing is added to the store any more.
  close() {
    this.parts = [this.store];
    this.store = null;
    this.tail = NOTHING;
  }

  // A chunk came out of the stream.
  take(chunk) {
    this.isPushing = false;
    // We push nothing while there is a store, so somebody else has pushed this chunk.
    if (this.store !== null) this.close();
    if (this.maxBuffer === Infinity) {
      arrayPush(this.parts, chunk);
      return;
    }
    const encoding = this.stream.readableEncoding;
    const length = encoding ? bufferByteLength(chunk, encoding) : chunk.length;
    this.length += length;
    if (this.length > this.maxBuffer) {
      arrayPush(this.parts, start(chunk, this.maxBuffer - (this.length - length)));
      this.raw = null;
      this.overflow(stdioMaxBuffer(this.name));
    } else {
      arrayPush(this.parts, chunk);
    }
  }

  // `asText`: a string is wanted, because the option or the user set an encoding.
  result(asText) {
    const { tail } = this;
    if (this.store !== null) this.close();
    // The output ended within a character.
    if (tail.length > 0) arrayPush(this.parts, asText ? bufferToString(tail) : tail);
    const { parts } = this;
    if (asText) {
      const encoding = this.streamEncoding ?? 'utf8';
      const texts = arrayMap(parts, (part) => (part instanceof Store ? part.toText(encoding) : part));
      return texts.length === 1 && typeof texts[0] === 'string' ? texts[0] : arrayJoin(texts, '');
    }
    const buffers = arrayMap(parts, (part) => (part instanceof Store ? part.toBuffer() : part));
    return buffers.length === 1 && parts[0] instanceof Store ? buffers[0] : bufferConcat(buffers);
  }
}

module.exports = { Gatherer, kGather };
