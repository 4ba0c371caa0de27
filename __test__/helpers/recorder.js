'use strict';

// Records what a scenario sees. Events are kept per emitter, because the order between two emitters (say, the 'end' of
// stdout and the 'exit' of the child) is a race in stock Node too; the orders across emitters that do hold are checked
// apart. Each event also has its order class: 'sync' (inside the scenario's own synchronous part), 'tick' (before the
// event loop turned), or 'later'.

const { describe } = require('./describe.js');

const CHILD_EVENTS = ['spawn', 'error', 'exit', 'close', 'disconnect', 'message'];
const STREAM_EVENTS = ['error', 'end', 'finish', 'close'];
const SLOTS = ['stdin', 'stdout', 'stderr'];

class Recorder {
  constructor(replacements = []) {
    this.phase = 'sync';
    this.events = [];
    this.facts = {};
    this.replacements = replacements;
    this.collected = new Map();
  }

  describe(value) {
    return describe(value, this.replacements);
  }

  note(emitter, event, ...args) {
    this.events.push({ emitter, event, phase: this.phase, args: args.map((arg) => this.describe(arg)) });
  }

  fact(name, value) {
    this.facts[name] = this.describe(value);
  }

  /** Records every event of a child and, unless `streams` says otherwise, reads its output to the end. */
  watch(child, { name = 'child', streams = 'read', encoding } = {}) {
    for (const event of CHILD_EVENTS) child.on(event, (...args) => this.note(name, event, ...args));
    if (streams === 'none') return child;
    const all = child.stdio ?? SLOTS.map((slot) => child[slot]);
    for (let i = 0; i < all.length; i++) {
      if (all[i]) this.watchStream(all[i], `${name}.${SLOTS[i] ?? `fd${i}`}`, { read: streams === 'read' && i > 0, encoding });
    }
    return child;
  }

  watchStream(stream, name, { read = true, encoding } = {}) {
    for (const event of STREAM_EVENTS) stream.on(event, (...args) => this.note(name, event, ...args));
    if (!read) return stream;
    if (encoding) stream.setEncoding(encoding);
    const chunks = [];
    this.collected.set(name, chunks);
    stream.on('data', (chunk) => chunks.push(chunk));
    return stream;
  }

  /** The trace as plain data. Chunk boundaries are left out: they are the kernel's choice. */
  result() {
    const emitters = {};
    for (const { emitter, event, phase, args } of this.events) {
      (emitters[emitter] ??= []).push({ event, phase, args });
    }
    const output = {};
    for (const [name, chunks] of this.collected) {
      const strings = chunks.every((chunk) => typeof chunk === 'string');
      output[name] = strings ? this.describe(chunks.join('')) : this.describe(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))));
    }
    return { emitters, output, facts: this.facts };
  }

  sequence() {
    return this.events.map(({ emitter, event, phase }) => `${emitter} ${event} (${phase})`);
  }

  /** Position of the first `emitter event`, or -1. */
  indexOf(label) {
    return this.events.findIndex(({ emitter, event }) => `${emitter} ${event}` === label);
  }
}

module.exports = { Recorder };
