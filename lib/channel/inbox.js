'use strict';
// Messages that have arrived and are not emitted yet. They are emitted by nextTick, in the order of arrival. If a listener
// throws, the messages behind are still emitted, by a later nextTick. While nobody listens to 'message', messages for the user
// are kept. When somebody does, they are emitted one at a time, as long as somebody still listens: a program that calls
// once('message') in a loop misses none.

// This nextTick was taken when the package was loaded. Fake timers of test tools replace process.nextTick and hold its callbacks
// back; then 'exit', which waits for the messages, would not come.
const { mathMin, nextTick, stringStartsWith } = require('../node/primordials');
const endOfTick = require('./end-of-tick');
const { hadStorages, hasStorages } = require('./async-scope');

// Loaded with the first error.
const errors = () => require('../node/errors');

// At most so many errors about malformed messages wait at a time, each at its place between the messages. After that, the last
// error counts the further ones.
const MOST_GROUPS = 16;

class Special {
  constructor(isInternal, message, handle) {
    this.isInternal = isInternal;
    this.message = message;
    this.handle = handle;
  }
}

// An error, at the place of the message that could not be read.
class Failure {
  constructor(error) {
    this.error = error;
    // How many such errors this one stands for.
    this.count = 1;
  }
}

function append(list, item) {
  list[list.length] = item;
}

const PREFIX = 'NODE_';

function isInternal(message) {
  return message !== null && typeof message === 'object' && typeof message.cmd === 'string' &&
    message.cmd.length > PREFIX.length && stringStartsWith(message.cmd, PREFIX);
}

class Inbox {
  #target;
  #onFailure;
  #beforeHandle;
  // What has arrived, and how far it has been emitted.
  #arrived = [];
  #next = 0;
  // The last error about malformed messages that is not reported yet, and how many such errors wait.
  #malformed = undefined;
  #groups = 0;
  // How many calls of emitArrived() by nextTick are still to come.
  #ticks = 0;
  // Messages for which there was no listener, and how far they have been emitted.
  #kept = [];
  #nextKept = 0;

  // `onFailure(error)` reports an error. `beforeHandle()` is called before a listener gets a handle.
  constructor(target, onFailure, beforeHandle) {
    this.#target = target;
    this.#onFailure = onFailure;
    this.#beforeHandle = beforeHandle;
  }

  // A message as it came from the wire.
  add(message) {
    this.addForUser(isInternal(message) ? new Special(true, message, undefined) : message);
  }

  // A message that is certainly not internal.
  addForUser(message) {
    append(this.#arrived, message);
    this.#schedule();
  }

  // A message that came with a handle.
  addWithHandle(message, handle) {
    append(this.#arrived, new Special(isInternal(message), message, handle));
    this.#schedule();
  }

  addFailure(error) {
    append(this.#arrived, new Failure(error));
    this.#schedule();
  }

  // Something arrived that is not a message; `cause` says why. Several in a row are reported as one error.
  addMalformed(cause) {
    const arrived = this.#arrived;
    const last = this.#malformed;
    if (last !== undefined && (this.#groups === MOST_GROUPS || arrived[arrived.length - 1] === last)) {
      last.count++;
      return;
    }
    if (this.#groups < MOST_GROUPS) this.#groups++;
    this.#malformed = new Failure(errors().malformedMessage(cause));
    append(arrived, this.#malformed);
    this.#schedule();
  }

  // Whether something has arrived that will still be emitted.
  get isUnderWay() {
    return this.#ticks > 0 && this.#arrived.length > 0;
  }

  #schedule() {
    if (this.#ticks === 0) this.#askForTick();
  }

  #askForTick() {
    nextTick(emitArrived, this);
    this.#ticks++;
  }

  emitArrived() {
    this.#ticks--;
    const arrived = this.#arrived;
    // Node emits each message in its own nextTick, so what a listener puts into a storage with enterWith() does not reach the
    // next message. If the program uses storages, this does the same. nextTick copies the storages when it is called, so all
    // calls are made here, before the first listener runs.
    const others = arrived.length - this.#next - 1;
    const wanted = hadStorages() ? others : mathMin(others, 1);
    while (this.#ticks < wanted) this.#askForTick();
    let isWhole = false;
    endOfTick.begin();
    try {
      for (let i = 0; this.#arrived === arrived && this.#next < arrived.length; i++) {
        if (i === 1 && hasStorages()) break;
        const item = arrived[this.#next];
        arrived[this.#next++] = undefined;
        this.#emit(item);
      }
      isWhole = true;
    } finally {
      // `#arrived` is another list if a listener ran the event loop: then the rest was emitted before the listener returned.
      if (this.#arrived === arrived) {
        if (this.#next < arrived.length) {
          this.#schedule();
        } else {
          this.#arrived = [];
          this.#next = 0;
          this.#groups = 0;
        }
      }
      endOfTick.end(isWhole);
    }
  }

  #emit(item) {
    const target = this.#target;
    if (item instanceof Special && item.isInternal) {
      if (typeof item.handle === 'object') this.#beforeHandle();
      target.emit('internalMessage', item.message, item.handle);
    } else if (item instanceof Failure) {
      if (item === this.#malformed) this.#malformed = undefined;
      this.#onFailure(item.count === 1 ? item.error : errors().repeated(item.error, item.count));
    } else if (this.#kept.length > 0 || target.listenerCount('message') === 0) {
      append(this.#kept, item);
    } else {
      this.#emitMessage(item);
    }
  }

  #emitMessage(item) {
    if (item instanceof Special) {
      if (item.handle !== undefined) this.#beforeHandle();
      this.#target.emit('message', item.message, item.handle);
    } else {
      this.#target.emit('message', item, undefined);
    }
  }

  // A listener was added, of whatever event.
  listenerAdded() {
    if (this.#kept.length > 0) this.emitKept();
  }

  emitKept() {
    const target = this.#target;
    const kept = this.#kept;
    try {
      while (this.#nextKept < kept.length && target.listenerCount('message') > 0) {
        const item = kept[this.#nextKept];
        kept[this.#nextKept++] = undefined;
        this.#emitMessage(item);
      }
    } finally {
      if (this.#nextKept === kept.length) {
        this.#kept = [];
        this.#nextKept = 0;
      } else if (target.listenerCount('message') > 0) {
        nextTick(emitKept, this);
      }
    }
  }
}

function emitArrived(inbox) {
  inbox.emitArrived();
}

function emitKept(inbox) {
  inbox.emitKept();
}

module.exports = { Inbox };
