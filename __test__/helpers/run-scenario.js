'use strict';

// Runs one scenario with one implementation. -> its trace. A scenario is
// `{ title, run(cp, ctx), order?, before?, skip? }`:
// - `run` may return a promise; the trace ends when it settles;
// - `order: 'total'` also compares the sequence of all events, and not only that of each emitter;
// - `before` lists pairs of labels (`emitter event`): if both events occur, the first must come before the second;
// - `skip()` returns the reason why the scenario cannot run here, or a falsy value.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Recorder } = require('./recorder.js');

const LIMIT_MS = 60_000;
const fixtures = path.join(__dirname, '..', 'fixtures');

// Pairs as in `before`, for every scenario.
const ALWAYS = [
  ['child spawn', 'child exit'],
  ['child exit', 'child close'],
  ['child error', 'child close'],
  ['child.stdout end', 'child close'],
];

/** -> a function that gives a promise for an event of an emitter. From its first call on it remembers the event, so a later call gets it too. */
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
    /** Calls `attempt` and records what it throws under `name`. -> what it returned */
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

/** Calls `run` in an immediate. A second immediate right behind it sets the phase 'later', so the phase 'tick' is exact. */
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
    // 'close' of a stream may come some turns after 'close' of its child.
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
