'use strict';
// Gathers what a child writes, for exec and execFile. Output begins on the ordinary way of streams: every chunk is pushed
// into the socket and comes out as 'data'. Only when much has come and it is plain that nobody but us looks (no listener,
// pipe, pause or encoding of the user's) further bytes go from the read straight to the addon's memory and stay there
// until the end, which spares a string for every chunk and the joining of all. The moment that somebody does look, the
// rest goes the ordinary way again, for good.
//
// What counts against maxBuffer is what Node counts: for text, the bytes of each decoded chunk.

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

// Short output is read as Node reads it; long output by more at once, which the pipes are made for.
const SHORT_READ = 64 * 1024;
const LONG_READ = 256 * 1024;
// Bytes that take the ordinary way in any case.
const ORDINARY = 128 * 1024;

// In other encodings the text depends on where the chunks were cut.
const OF_WHOLE_CHARACTERS = setOf([null, 'utf8', 'latin1']);

const NOTHING = bufferAlloc(0);

// A block is filled by a read and emptied in its callback, in one go, so one serves all streams of a thread.
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
    // Node compares with what it was given: null is nothing at all, undefined no limit.
    this.maxBuffer = maxBuffer === undefined ? Infinity : Number(maxBuffer);
    this.overflow = overflow;
    this.stream = null;
    this.streamEncoding = null;
    this.streamEmit = undefined;
    this.streamPush = undefined;
    // What counts against maxBuffer so far.
    this.length = 0;
    // In order: chunks as they came out of the stream, and Stores.
    this.parts = [];

    // The chunks once more, as they were read, while they might still go to a Store; null when they will not.
    this.raw = [];
    this.rawSize = 0;
    this.isPushing = false;
    this.store = null;
    // The last bytes, if they begin a character; not in the store yet.
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
    // Whoever replaces one of these wants to see what passes.
    this.streamEmit = stream.emit;
    this.streamPush = stream.push;
    if (this.encoding) stream.setEncoding(this.encoding);
    this.streamEncoding = stream.readableEncoding;
    if (!OF_WHOLE_CHARACTERS.has(this.streamEncoding)) this.raw = null;
    stream.on('data', (chunk) => this.take(chunk));
  }

  // Does nobody but us see what is read?
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
    // The stream's own decoder must hold nothing back when it is left out from here on.
    if (this.rawSize >= ORDINARY && (this.streamEncoding !== 'utf8' || unfinished(chunk, chunk.length) === 0)) {
      this.begin();
    }
    return more;
  }

  // What came so far is put first, so that it all becomes one string without a joint.
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
    // What is not plain goes the ordinary way, from the last whole character on.
    this.close();
    return this.stream.push(bufferOf(bytes, 0, end));
  }

  // Nothing goes to the store any more.
  close() {
    this.parts = [this.store];
    this.store = null;
    this.tail = NOTHING;
  }

  // Something came out of the stream.
  take(chunk) {
    this.isPushing = false;
    // Pushed by somebody else.
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
    // A character that never became whole.
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
