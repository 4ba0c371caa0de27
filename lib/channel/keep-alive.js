'use strict';
// `child.channel` and `process.channel`: what users see of a channel. A forked child's channel keeps it alive only while
// somebody listens or writes are under way, which is counted here, until the user says ref() or unref() and so decides.

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
    // As Node's has it; what waits for a listener is the inbox's.
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
