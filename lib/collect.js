'use strict';
// Gathers what a child writes, for exec and execFile. Output begins on the ordinary way of streams: every chunk is pushed
// into the socket and comes out as 'data'. Only when much has come and it is plain that nobody but us looks (no listener,
// pipe, pause or encoding of the user's) further bytes are read straight into a block and stay there until the end, which
// spares a string for every chunk and the joining of all. The moment that somebody does look, the rest goes the ordinary
// way again, for good.
//
// What counts against maxBuffer is what Node counts: for text, the bytes of each decoded chunk.

const { isUtf8 } = require('node:buffer');

const { Block } = require('./blocks');
const { stdioMaxBuffer } = require('./errors');

const kGather = Symbol('gather');

const READ_SIZE = 64 * 1024;
// Bytes that take the ordinary way in any case.
const ORDINARY = 128 * 1024;

// Filled by a read and emptied in its callback, in one go, so one serves all streams of a thread.
let scratch;

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

class Gatherer {
  // `overflow(error)` is called once, when maxBuffer is passed.
  constructor(name, encoding, maxBuffer, overflow) {
    this.name = name;
    this.encoding = encoding;
    // Node compares with what it was given: null is nothing at all, undefined no limit.
    this.maxBuffer = maxBuffer === undefined ? Infinity : Number(maxBuffer);
    this.overflow = overflow;
    this.length = 0;
    this.parts = [];
    this.stream = null;

    // Chunks as they were read, in step with `parts`; null once the ordinary way is the only one.
    this.raw = [];
    this.pushed = 0;
    this.block = null;
    this.expecting = false;
    // Bytes at the end of the block that begin a character.
    this.tail = 0;
  }

  // The `onread` option of net.Socket.
  reader() {
    return {
      buffer: () => {
        if (this.block !== null) return this.block.room(READ_SIZE);
        return (scratch ??= Buffer.allocUnsafeSlow(READ_SIZE));
      },
      callback: (size, bytes) => this.read(size, bytes),
    };
  }

  attach(stream) {
    this.stream = stream;
    if (this.encoding) stream.setEncoding(this.encoding);
    this.streamEncoding = stream.readableEncoding;
    // Others need to see every chunk as Node cuts it.
    const { streamEncoding } = this;
    if (streamEncoding !== null && streamEncoding !== 'utf8' && streamEncoding !== 'latin1') this.raw = null;
    stream.on('data', (chunk) => this.take(chunk));
  }

  alone() {
    const { stream } = this;
    return stream.readableFlowing === true &&
      stream.readableLength === 0 &&
      stream.readableEncoding === this.streamEncoding &&
      stream.listenerCount('data') === 1 &&
      stream.listenerCount('readable') === 0 &&
      !stream.destroyed;
  }

  read(size, bytes) {
    const { stream } = this;
    if (stream === null) return true;
    if (this.block !== null) return this.keep(size);

    const chunk = Buffer.from(bytes.subarray(0, size));
    if (this.raw === null) return stream.push(chunk);

    this.expecting = true;
    const more = stream.push(chunk);
    const delivered = !this.expecting;
    this.expecting = false;
    if (this.raw === null) return more;

    if (!delivered || !this.alone()) {
      this.raw = null;
      return more;
    }
    this.raw.push(chunk);
    this.pushed += size;
    // The stream's own decoder must hold nothing back when it is left out from here on.
    if (this.pushed >= ORDINARY && (this.streamEncoding !== 'utf8' || unfinished(chunk, size) === 0)) this.begin();
    return more;
  }

  begin() {
    this.block = new Block(this.maxBuffer + 2 * READ_SIZE);
    for (const chunk of this.raw) this.block.append(chunk);
    this.raw = null;
    this.parts = [];
  }

  // `size` bytes were just read behind the used part of the block.
  keep(size) {
    const { block } = this;
    const start = block.used - this.tail;
    const end = block.used + size;
    const tail = this.streamEncoding === 'utf8' ? unfinished(block.bytes, end) : 0;
    const fresh = end - tail - start;
    if (this.alone() && this.length + fresh <= this.maxBuffer &&
        (this.streamEncoding !== 'utf8' || isUtf8(block.bytes.subarray(start, end - tail)))) {
      this.length += fresh;
      this.tail = tail;
      block.used = end;
      return true;
    }
    // What is not plain goes the ordinary way, from the last whole character on.
    const chunk = Buffer.from(block.bytes.subarray(start, end));
    block.used = start;
    this.parts = [block];
    this.block = null;
    return this.stream.push(chunk);
  }

  take(chunk) {
    if (this.expecting) this.expecting = false;
    if (this.block !== null) {
      // Pushed by somebody else.
      this.block.used -= this.tail;
      this.parts = [this.block];
      this.block = null;
    }
    if (this.maxBuffer === Infinity) {
      this.parts.push(chunk);
      return;
    }
    const encoding = this.stream.readableEncoding;
    const length = encoding ? Buffer.byteLength(chunk, encoding) : chunk.length;
    this.length += length;
    if (this.length > this.maxBuffer) {
      this.parts.push(chunk.slice(0, this.maxBuffer - (this.length - length)));
      this.raw = null;
      this.overflow(stdioMaxBuffer(this.name));
    } else {
      this.parts.push(chunk);
    }
  }

  // `asText`: the result is a string whatever the option said, because the user set an encoding.
  result(asText) {
    if (this.block !== null) {
      this.parts = [this.block];
      this.block = null;
    }
    const { parts } = this;
    if (asText) {
      const encoding = this.streamEncoding ?? 'utf8';
      const texts = parts.map((part) => (part instanceof Block ? part.toText(encoding) : part));
      return texts.length === 1 && typeof texts[0] === 'string' ? texts[0] : texts.join('');
    }
    if (parts.length === 1 && parts[0] instanceof Block) return parts[0].toBuffer();
    return Buffer.concat(parts.map((part) => (part instanceof Block ? part.toBuffer() : part)));
  }
}

module.exports = { Gatherer, kGather };
