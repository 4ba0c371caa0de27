'use strict';
// Named channels over one IPC channel, in the manner of event emitters: `send` tells, `invoke` asks and gives a promise.
// Works the same on a ChildProcess and on `process` in the child.

const EventEmitter = require('node:events');

class Endpoint extends EventEmitter {
  #peer;
  #handlers = new Map();
  #waiting = new Map();
  #lastId = 0;

  constructor(peer) {
    super();
    this.#peer = peer;
    peer.on('message', (message) => this.#arrived(message));
    peer.on('disconnect', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the other side has gone'));
      this.#waiting.clear();
      this.emit('gone');
    });
  }

  /** Tells the other side; it hears an event of that name with these arguments. */
  send(channel, ...args) {
    this.#peer.send({ kind: 'event', channel, args });
  }

  /** Asks the other side; settles with what its handler gives. */
  invoke(channel, ...args) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#peer.send({ kind: 'question', id, channel, args });
    });
  }

  /** Answers what the other side asks by `invoke`. */
  handle(channel, handler) {
    this.#handlers.set(channel, handler);
  }

  #arrived({ kind, id, channel, args, value, error }) {
    if (kind === 'event') {
      this.emit(channel, { reply: (name, ...rest) => this.send(name, ...rest) }, ...args);
    } else if (kind === 'question') {
      this.#answer(id, channel, args);
    } else if (kind === 'answer') {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    }
  }

  async #answer(id, channel, args) {
    const answer = { kind: 'answer', id };
    try {
      const handler = this.#handlers.get(channel);
      if (!handler) throw new Error(`nobody handles '${channel}'`);
      answer.value = await handler(...args);
    } catch (error) {
      answer.error = error.message;
    }
    this.#peer.send(answer);
  }
}

module.exports = { Endpoint };
