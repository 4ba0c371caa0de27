'use strict';
// Messages between their arrival and their listeners. They are emitted on a tick, in the order of arrival, each to
// listeners of its own: one that throws takes nothing away from those behind it. What users are to get waits while nobody
// listens, and comes one at a time when somebody does, so that `once` in a loop misses none.

// Not process.nextTick, which clocks of tests hold back: an exit waits for the messages before it.
const { mathMin, nextTick, stringStartsWith } = require('../node/primordials');
const endOfTick = require('./end-of-tick');
const { hadStorages, hasStorages } = require('./async-scope');

// Loaded by the first of them.
const errors = () => require('../node/errors');

// So many times it is told in its place that something was malformed; all that comes before a listener runs is then told together.
const MOST_GROUPS = 16;

class Special {
  constructor(isInternal, message, handle) {
    this.isInternal = isInternal;
    this.message = message;
    this.handle = handle;
  }
}

// A failure to be told in the place of the message that it kept from arriving.
class Failure {
  constructor(error) {
    this.error = error;
    // How many it stands for.
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
  // The last of these that tells of something malformed and is still to be told, and how many there were.
  #malformed = undefined;
  #groups = 0;
  // Ticks asked for.
  #ticks = 0;
  // Messages that nobody listened to, and how far they have been emitted.
  #kept = [];
  #nextKept = 0;

  // `beforeHandle`: what must be done before a listener gets a handle.
  constructor(target, onFailure, beforeHandle) {
    this.#target = target;
    this.#onFailure = onFailure;
    this.#beforeHandle = beforeHandle;
  }

  // A message as it came off the wire.
  add(message) {
    this.addForUser(isInternal(message) ? new Special(true, message, undefined) : message);
  }

  // One that is certain not to be internal.
  addForUser(message) {
    append(this.#arrived, message);
    this.#schedule();
  }

  // A message that a handle came with.
  addWithHandle(message, handle) {
    append(this.#arrived, new Special(isInternal(message), message, handle));
    this.#schedule();
  }

  addFailure(error) {
    append(this.#arrived, new Failure(error));
    this.#schedule();
  }

  // For what is no message, because of `cause`. Those that follow one another are told together.
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

  // Whether some of it is still to be emitted, and will be.
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
    // In Node each message has a tick of its own, and what a listener leaves in a storage is gone with it. Where there are
    // storages it is so here. The ticks are asked for before a listener can leave something that they would take over.
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
      // A listener that turned the loop had the rest emitted, and maybe more, before it returned.
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

  // Somebody may listen now.
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
