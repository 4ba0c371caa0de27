'use strict';

// Runs one scenario against one implementation and gives its trace. A scenario is
// `{ title, run(cp, ctx), order?, before?, skip? }`:
// - `run` may return a promise; the trace ends when it settles;
// - `order: 'total'` compares the whole sequence of events instead of that of each emitter;
// - `before` lists pairs of `emitter event` labels, of which the first must come first wherever both occur;
// - `skip()` gives the reason why it cannot run here, or a falsy value.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Recorder } = require('./recorder.js');

const LIMIT_MS = 60_000;
const fixtures = path.join(__dirname, '..', 'fixtures');

// These hold in every trace, for every child.
const ALWAYS = [
  ['child spawn', 'child exit'],
  ['child exit', 'child close'],
  ['child error', 'child close'],
  ['child.stdout end', 'child close'],
];

/** Gives a promise for an event that also settles when the event came before anybody asked. */
function memory() {
  const known = new WeakMap();
  return (emitter, event) => {
    const events = known.get(emitter) ?? known.set(emitter, {}).get(emitter);
    events[event] ??= new Promise((resolve) => { emitter.once(event, resolve); });
    return events[event];
  };
}

function context(recorder, tmp) {
  const remember = memory();
  return {
    recorder,
    tmp,
    node: process.execPath,
    note: recorder.note.bind(recorder),
    fact: recorder.fact.bind(recorder),
    watch(child, options) {
      remember(child, 'exit');
      remember(child, 'close');
      return recorder.watch(child, options);
    },
    watchStream: recorder.watchStream.bind(recorder),
    fixture: (name) => path.join(fixtures, name),
    /** Runs `attempt` and notes what it throws under `name`; gives what it returned. */
    attempt(name, attempt) {
      try {
        return attempt();
      } catch (error) {
        recorder.note(name, 'throws', error);
        return undefined;
      }
    },
    closed: async (child) => { await remember(child, 'close'); },
    exited: async (child) => { await remember(child, 'exit'); },
    event: (emitter, name) => new Promise((resolve) => emitter.once(name, resolve)),
    sleep: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
    turn: () => new Promise((resolve) => { setImmediate(resolve); }),
  };
}

function withLimit(promise, recorder, title) {
  let timer;
  const limit = new Promise((resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`"${title}" did not end; seen so far: ${recorder.sequence().join(', ') || 'nothing'}`));
    }, LIMIT_MS);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Starts `run` inside an immediate with a second one right behind it, so that "before the loop turned" is exact. */
function start(scenario, cp, ctx, recorder) {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      recorder.phase = 'sync';
      try {
        const value = scenario.run(cp, ctx);
        recorder.phase = 'tick';
        resolve(value);
      } catch (error) {
        reject(error);
      }
    });
    setImmediate(() => { recorder.phase = 'later'; });
  });
}

async function runScenario(scenario, cp) {
  const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-test-'));
  const recorder = new Recorder([[tmp, '<tmp>']]);
  try {
    await withLimit(start(scenario, cp, context(recorder, tmp), recorder), recorder, scenario.title);
    // 'close' of a stream may come in the turns after the 'close' of its child.
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => { setImmediate(resolve); });
    const result = recorder.result();
    if (scenario.order === 'total') result.sequence = recorder.sequence();
    result.broken = [];
    for (const [first, second] of [...ALWAYS, ...scenario.before ?? []]) {
      const a = recorder.indexOf(first);
      const b = recorder.indexOf(second);
      if (a !== -1 && b !== -1 && a > b) result.broken.push(`${second} came before ${first}`);
    }
    return result;
  } finally {
    fs.rmSync(tmp, { recursive: true, force: true });
  }
}

module.exports = { runScenario };
