'use strict';
// A readable stream line by line, as an async iterator. The stream is read no faster than lines are taken. Lines end with
// \n or \r\n, which are not part of them; what follows the last one is a line if there is anything. Leaving the loop
// early destroys the stream, as it does for streams themselves.

const { StringDecoder } = require('node:string_decoder');

const withoutReturn = (text) => (text.endsWith('\r') ? text.slice(0, -1) : text);

async function* split(stream) {
  const decoder = new StringDecoder('utf8');
  // Pieces of one line, joined once: a long line may come in thousands of them.
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

// `begun` is called when the first line is asked for, or the lines are left before that; `failure` tells, after the last line, why
// the child failed as a whole.
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
    // The child's own error says more than that of a stream that it cut short.
    const failure = await this.#failure?.() ?? cut;
    this.#failure = null;
    // Who leaves while a line is waited for has cut the stream short: that is the end of the lines, not a failure.
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
    // The generator would leave the stream open if it never began.
    this.#stream?.destroy();
    if (source !== null) await source.return();
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

module.exports = { Lines };
