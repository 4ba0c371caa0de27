'use strict';

// Tests of two processes that talk: `{ title, parent(ctx), child(tools), skip? }`. `parent` runs here; `child` closes over
// nothing and runs, as source, in the process that `ctx.start()` forks. Each conversation is had with stock and with our side at
// either end, and what the two see and note must be what stock and stock see. The child's side is one of three: 'stock', 'ours'
// (put on the channel by the tests, so that any parent can have it; an own parent then uses the faster form from the first
// message on), or 'preloaded', which is what our fork() makes of a child of its own Node when nobody keeps it from that.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { flatten, differing } = require('../../helpers/parity.js');
const { Recorder } = require('../../helpers/recorder.js');
const { load } = require('../../helpers/subject.js');
const { alive, descriptors, until } = require('../../helpers/tools.js');

const LIMIT_MS = 30_000;
const fixtures = path.join(__dirname, '..', 'fixtures');
const wrapper = path.join(fixtures, 'node-with-our-side.sh');
const runner = path.join(fixtures, 'run-child.js');

const EVENTS = ['spawn', 'error', 'message', 'disconnect', 'exit', 'close'];
const PAIRINGS = [['stock', 'stock'], ['stock', 'ours'], ['ours', 'stock'], ['ours', 'ours'], ['ours', 'preloaded']];

/** Options of fork that give the child the wanted side of the channel, in the wanted Node. */
function side(kind, { env, node = process.execPath, ...options } = {}) {
  if (kind === 'stock') return { ...options, execPath: node, env: env ?? process.env, accelerate: false };
  if (kind === 'preloaded') return { ...options, execPath: node, env: env ?? process.env };
  return { ...options, execPath: wrapper, env: { ...env ?? process.env, PEER_NODE: node }, accelerate: true };
}

/** The source of a function, a method's too, as an expression. */
function sourceOf(body) {
  const text = String(body);
  return /^(async )?(function|\()/.test(text) ? text : text.replace(/^(async )?/, '$1function ');
}

const threads = (pid) => {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
};

class Context {
  #children = [];
  #streams = [];

  constructor(scenario, [parent, child], tmp) {
    this.cp = load(parent);
    this.parent = parent;
    this.childKind = child;
    this.scenario = scenario;
    this.tmp = tmp;
    this.recorder = new Recorder([[tmp, '<tmp>']]);
    this.stderr = path.join(tmp, 'stderr');
    fs.writeFileSync(this.stderr, '');
    for (const name of ['note', 'fact']) this[name] = this.recorder[name].bind(this.recorder);
  }

  /** Forks the child function (or `options.body`); `options` are fork's, `args` go to the function. */
  start({ body = this.scenario.child, args = [], name = `child${this.#children.length || ''}`, kind = this.childKind, ...options } = {}) {
    const log = path.join(this.tmp, `${name}.log`);
    fs.writeFileSync(log, '');
    const err = fs.openSync(this.stderr, 'a');
    const stdio = options.stdio ?? ['ignore', err, err, 'ipc'];
    let child;
    try {
      child = this.cp.fork(runner, [log, sourceOf(body), ...args], side(kind, { ...options, stdio }));
    } finally {
      fs.closeSync(err);
    }
    this.#children.push({ child, log, name, left: new Promise((resolve) => { child.once('exit', resolve); }) });
    return child;
  }

  /** Notes the events of a child, or of anything else. */
  listen(emitter, events = EVENTS, name = 'parent') {
    for (const event of events) emitter.on(event, (...args) => this.note(name, event, ...args));
    return emitter;
  }

  attempt(name, attempt) {
    try {
      return attempt();
    } catch (error) {
      this.note('parent', `${name} throws`, error);
      return undefined;
    }
  }

  /** What a child has noted so far. */
  notes(name = 'child') {
    return fs.readFileSync(path.join(this.tmp, `${name}.log`), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** Until the child noted that (so and so many times). */
  noted(event, { name, times = 1 } = {}) {
    const seen = () => this.notes(name).filter((note) => note.event === event).length >= times;
    return until(() => {
      // Looked at before the log is: what an exiting process noted is there.
      const over = this.#children.every(({ child }) => child.exitCode !== null || child.signalCode !== null);
      if (seen()) return true;
      if (over) throw new Error(`the child left before it noted ${event}\n${fs.readFileSync(this.stderr, 'utf8')}`);
      return false;
    }, `${event} noted by the child`);
  }

  /** The same, without letting the event loop turn. -> whether it was noted. */
  busyUntilNoted(event, name) {
    const end = Date.now() + 20_000;
    const isNoted = () => this.notes(name).some((note) => note.event === event);
    while (!isNoted() && Date.now() < end);
    return isNoted();
  }

  /** Creates the file that `block()` in the child waits for. */
  unblock(name = 'go') {
    fs.writeFileSync(path.join(this.tmp, name), '');
  }

  file(name) {
    return path.join(this.tmp, name);
  }

  keep(stream) {
    this.#streams.push(stream);
    return stream;
  }

  /** Waits in this process without letting its event loop turn. */
  busy(ms) {
    const end = Date.now() + ms;
    while (Date.now() < end);
  }

  /** Keeps the event loop from turning until the process, with all its threads, is gone (though not waited for). */
  busyUntilDead({ pid }) {
    const end = Date.now() + 20_000;
    while ((alive(pid) || threads(pid) > 1) && Date.now() < end);
  }

  /** The next event, or the exit of a child, which may be over. */
  event(emitter, name) {
    const known = name === 'exit' && this.#children.find(({ child }) => child === emitter);
    if (known) return known.left;
    return new Promise((resolve) => { emitter.once(name, (...args) => resolve(args)); });
  }

  sleep(ms) {
    return new Promise((resolve) => { setTimeout(resolve, ms); });
  }

  turn() {
    return new Promise((resolve) => { setImmediate(resolve); });
  }

  /** Until every child has exited, and the events behind it came. */
  async over() {
    await Promise.all(this.#children.map(({ left }) => left));
    for (let turns = 0; turns < 5; turns++) await this.turn();
  }

  async result() {
    await this.over();
    const { emitters, facts } = this.recorder.result();
    const children = {};
    for (const { name } of this.#children) children[name] = this.notes(name);
    return { emitters, facts, children };
  }

  cleanUp() {
    for (const { child } of this.#children) {
      if (child.exitCode === null && child.signalCode === null) process.kill(child.pid, 'SIGKILL');
    }
    for (const stream of this.#streams) stream.destroy();
  }
}

/** Node forgets the 'close' of a child whose channel was closed by its parent; ours has it, at the very end. */
function withoutLateClose(actual, expected) {
  for (const [name, events] of Object.entries(actual.emitters)) {
    const closes = (list = []) => list.some(({ event }) => event === 'close');
    if (events.at(-1).event === 'close' && !closes(expected.emitters[name]) && events.some(({ event }) => event === 'exit')) events.pop();
  }
  return actual;
}

// Where a parent finds the end of a channel together with that of its child (it was busy, or the machine is), Node tells
// 'disconnect' before 'exit' until version 22. From 24 on it comes last, even after 'close', because newer libuv sees the
// end a turn later than what came before it. Ours keeps the one order on all; 'an orderly end' in last-words.test.js is its test.
const endsInOrder = Number(process.versions.node.split('.')[0]) < 24;

function withOneOrderOfEnds(trace) {
  if (endsInOrder) return trace;
  for (const events of Object.values(trace.emitters)) {
    const exit = events.findIndex(({ event }) => event === 'exit');
    const end = events.findIndex(({ event }) => event === 'disconnect');
    const onlyEnds = events.slice(exit, end).every(({ event }) => event === 'exit' || event === 'close');
    if (exit !== -1 && end > exit && onlyEnds) events.splice(exit, 0, ...events.splice(end, 1));
  }
  return trace;
}

function limited(promise, describe) {
  let timer;
  const limit = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), LIMIT_MS);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Has the conversation once. */
async function converse(scenario, pairing) {
  const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-ipc-'));
  const ctx = new Context(scenario, pairing, tmp);
  const before = descriptors();
  const text = () => `${pairing.join(' -> ')} did not end; seen: ${ctx.recorder.sequence().join(', ')}; `
    + `noted: ${fs.readdirSync(tmp).filter((file) => file.endsWith('.log')).map((file) => fs.readFileSync(path.join(tmp, file), 'utf8')).join()}`
    + `\n${fs.readFileSync(ctx.stderr, 'utf8')}`;
  try {
    const value = await limited(Promise.resolve(scenario.parent(ctx)).then(() => ctx.result()), text);
    value.stderr = fs.readFileSync(ctx.stderr, 'utf8');
    if (pairing[0] === 'ours') value.leaked = await leaked(before);
    return value;
  } finally {
    ctx.cleanUp();
    fs.rmSync(tmp, { recursive: true, force: true });
  }
}

/** The descriptors of this process that were not there before and do not go. */
async function leaked(before) {
  // The one that watches children is made by the first and stays.
  const kinds = (all) => Object.values(all).map((what) => what.replace(/\[\d+\]/, '')).filter((what) => !what.includes('eventpoll')).sort();
  let now;
  const settled = () => {
    now = descriptors();
    return kinds(now).length <= kinds(before).length;
  };
  return await until(settled, '', 3_000).then(() => undefined, () => ({ before: kinds(before), now: kinds(now) }));
}

function skipped(scenario) {
  const reason = scenario.skip?.();
  if (reason) test.skip(`${scenario.title} [skipped: ${reason}]`, () => {});
  return Boolean(reason);
}

/**
 * One test for each conversation: all pairings see what stock and stock see. `withoutLateClose` is the one difference that is
 * allowed everywhere; it has tests of its own.
 */
function conversations(scenarios) {
  for (const scenario of scenarios) {
    if (skipped(scenario)) continue;
    test.serial(scenario.title, async (t) => {
      t.timeout(PAIRINGS.length * LIMIT_MS + 10_000);
      const { stderr: _, ...expected } = await converse(scenario, ['stock', 'stock']);
      withOneOrderOfEnds(expected);
      for (const pairing of PAIRINGS.slice(1)) {
        const { stderr, leaked: left, ...actual } = await converse(scenario, pairing);
        t.is(left, undefined, 'descriptors were left open');
        const [ours, theirs] = differing(flatten(withoutLateClose(withOneOrderOfEnds(actual), expected), '', {}, 5), flatten(expected, '', {}, 5));
        t.deepEqual(ours, theirs, `${pairing.join(' parent, ')} child\n${stderr}`);
      }
    });
  }
}

/**
 * Tests of what is ours beyond or beside stock: `check(t, trace, pairing)` looks at the trace of each of the `pairings`
 * (written as 'ours-stock', parent first).
 */
function ourConversations(scenarios) {
  for (const scenario of scenarios) {
    if (skipped(scenario)) continue;
    for (const pairing of scenario.pairings ?? ['ours-stock', 'ours-ours', 'ours-preloaded']) {
      test.serial(`${scenario.title} (${pairing.replace('-', ' parent, ')} child)`, async (t) => {
        t.timeout(LIMIT_MS + 10_000);
        const trace = await converse(scenario, pairing.split('-'));
        t.is(trace.leaked, undefined, 'descriptors were left open');
        await scenario.check(t, trace, pairing);
      });
    }
  }
}

module.exports = { conversations, converse, endsInOrder, ourConversations, side, fixtures, wrapper };
