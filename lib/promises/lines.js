'use strict';
// An async iterator over the lines of a readable stream. It reads the stream only as fast as the caller takes lines. A line
// ends with \n or \r\n, which is not part of it. Text after the last line end is a line too. Leaving the loop early
// destroys the stream, as when one iterates over the stream itself.

const { StringDecoder } = require('node:string_decoder');

const withoutReturn = (text) => (text.endsWith('\r') ? text.slice(0, -1) : text);

async function* split(stream) {
  const decoder = new StringDecoder('utf8');
  // The pieces of an unfinished line. They are joined only once, because a long line may come in thousands of pieces.
  let parts = [];
  for await (const chunk of stream) {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      let line = text.slice(from, to);
      if (parts.length > 0) {
        parts.push(line);
        line = parts.join('');
        parts = [];
      }
      yield withoutReturn(line);
      from = to + 1;
    }
    if (from < text.length) parts.push(text.slice(from));
  }
  parts.push(decoder.end());
  const last = parts.join('');
  if (last !== '') yield last;
}

// `begun` is called once: when the first line is asked for, or when the caller leaves before that. `failure` is called after
// the last line. It resolves to the error of the child, or null.
class Lines {
  #stream;
  #source;
  #begun;
  #failure;
  #isLeft = false;

  constructor(stream, begun, failure) {
    this.#stream = stream;
    this.#source = stream === null ? null : split(stream);
    this.#begun = begun;
    this.#failure = failure;
  }

  async next() {
    this.#begin();
    let result = { value: undefined, done: true };
    let cut = null;
    try {
      if (this.#source !== null) result = await this.#source.next();
    } catch (error) {
      cut = error;
    }
    if (cut === null && !result.done) return result;

    this.#source = null;
    // If the child failed, its error is thrown and not that of the stream: it says more.
    const failure = await this.#failure?.() ?? cut;
    this.#failure = null;
    // The caller left while this call waited for a line. return() destroyed the stream, so its error is not a failure.
    if (this.#isLeft) return { value: undefined, done: true };
    if (failure) throw failure;
    return { value: undefined, done: true };
  }

  #begin() {
    this.#begun?.();
    this.#begun = null;
  }

  async return(value) {
    this.#begin();
    const source = this.#source;
    this.#isLeft = true;
    this.#source = null;
    this.#failure = null;
    // A generator that never began does not destroy its stream.
    this.#stream?.destroy();
    if (source !== null) await source.return();
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

module.exports = { Lines };
