'use strict';

// Records the events of a scenario. They are kept separately for each emitter: the order between two emitters (for example 'end' of
// stdout and 'exit' of the child) varies in stock Node too. run-scenario.js checks the orders between emitters that are certain.
// Each event has a phase: 'sync' (while the scenario's function runs), 'tick' (after it, in the same tick) or 'later'.

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

  /** Records every event of a child. `streams`: 'read' also reads its output to the end, 'none' ignores its streams. */
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

  /** -> the trace as plain data. The chunks of an output are joined: the kernel decides how it is divided. */
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

  /** -> the position of the first event with the label `emitter event`, or -1. */
  indexOf(label) {
    return this.events.findIndex(({ emitter, event }) => `${emitter} ${event}` === label);
  }
}

module.exports = { Recorder };
