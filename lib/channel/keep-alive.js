'use strict';
// The object that users get as `child.channel` and `process.channel`. It decides whether the channel keeps the event loop alive.
// In a forked child it counts the reasons: listeners, and writes that wait for room in the socket. The channel keeps the child
// alive while there is a reason. When the user has called ref() or unref(), only that counts.

const EventEmitter = require('node:events');

const versions = require('../node/versions');
const { Symbol } = require('../node/primordials');

const kPendingMessages = Symbol('kPendingMessages');

class Control extends EventEmitter {
  #port;
  #count = 0;
  #decided = false;

  constructor(port) {
    super();
    this.#port = port;
    // Only there because Node's object has it. Messages that wait for a listener are in the inbox.
    this[kPendingMessages] = [];
  }

  refCounted() {
    if (++this.#count === 1 && !this.#decided) this.#port.ref(true);
  }

  unrefCounted() {
    if (--this.#count === 0 && !this.#decided) {
      this.#port.ref(false);
      if (versions.channelEmitsUnref) this.emit('unref');
    }
  }

  ref() {
    this.#decided = true;
    this.#port.ref(true);
  }

  unref() {
    this.#decided = true;
    this.#port.ref(false);
  }

  get fd() {
    return this.#port.fd;
  }
}

module.exports = { Control };
