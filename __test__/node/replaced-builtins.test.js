'use strict';

// Everything built in is replaced by functions that throw, all at once, but for what Node's own child_process uses itself: then every
// form of a start must go on as if nothing had happened. What that is comes from a run of stock in which nothing is broken.

const path = require('node:path');
const { once } = require('node:events');
const { execFileSync } = require('node:child_process');
const test = require('ava');
const { root } = require('../helpers/subject.js');

const fixture = path.join(__dirname, '..', 'fixtures', 'start-while-replaced.js');
const echo = path.join(__dirname, '..', 'channel', 'fixtures', 'echo.js');
const register = path.join(root, 'register.js');

/** -> { ends: how each form ended, used: what was used } */
function run(subject, env = {}, execArgv = []) {
  const output = execFileSync(process.execPath, [...execArgv, fixture], {
    env: { PATH: process.env.PATH, ECHO: echo, SUBJECT: subject, ...env }, timeout: 100_000, stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(String(output).trimEnd().split('\n').at(-1));
}

const failed = ({ ends }) => Object.entries(ends).filter(([, end]) => end !== true);

test.serial('what stock does without may be replaced: every form of a start goes on', (t) => {
  t.timeout(300_000);
  const { used, ...run0 } = run('stock');
  t.deepEqual(failed(run0), []);
  // Were it longer, the test would say less.
  t.true(used.length < 60, `stock uses ${used}`);
  const env = { KEEP: JSON.stringify(used) };
  t.deepEqual(failed(run('stock', env)), [], 'stock itself does not go on');
  t.deepEqual(failed(run(root, env)), []);
  t.deepEqual(failed(run('stock', env, ['--require', register])), [], 'with register');
});

const messages = {
  json: [{ a: 1, wide: 'é' }, { text: 'z'.repeat(100_000) }],
  advanced: [{ a: 1, wide: 'é' }, { date: new Date(5), map: new Map([[1, 'a']]), set: new Set([1]), bytes: Buffer.alloc(200_000), re: /a/g, big: 1n }],
};

/** A child that answers messages while what it has is replaced. -> { code, answers, output } */
async function exchange(cp, serialization, env) {
  const child = cp.fork(fixture, [], { serialization, silent: true, env: { PATH: process.env.PATH, SUBJECT: 'stock', CHILD: '1', ...env } });
  const all = [...messages[serialization], ...Array.from({ length: 40 }, (_, i) => ({ i, list: [1, null] }))];
  let answers = 0;
  let output = '';
  child.stdout.on('data', (chunk) => { output += chunk; });
  child.stderr.on('data', (chunk) => { output += chunk; });
  child.on('message', () => { if (++answers === all.length) child.disconnect(); });
  for (const message of all) child.send(message);
  // Not 'close': with stock it does not come behind a disconnect of one's own.
  const [[code]] = await Promise.all([once(child, 'exit'), once(child.stdout, 'close'), once(child.stderr, 'close')]);
  return { code, missing: all.length - answers, output };
}

for (const serialization of Object.keys(messages)) {
  test.serial(`what a stock child does without a child's script may replace: its messages go on, ${serialization}`, async (t) => {
    t.timeout(120_000);
    const stock = require('node:child_process');
    const { output } = await exchange(stock, serialization, {});
    const env = { KEEP: output.trim() };
    t.like(await exchange(stock, serialization, env), { code: 0, missing: 0 }, 'stock itself does not go on');
    t.like(await exchange(require(root), serialization, env), { code: 0, missing: 0 });
  });
}

for (const flag of ['--frozen-intrinsics', '--disable-proto=throw', '--disable-proto=delete', '--disallow-code-generation-from-strings']) {
  test.serial(`every form of a start goes on under ${flag}`, (t) => {
    t.timeout(120_000);
    t.deepEqual(failed(run('stock', { PLAIN: '1' }, [flag])), [], 'stock itself does not go on');
    t.deepEqual(failed(run(root, { PLAIN: '1' }, [flag])), []);
  });
}

test.serial('every form of a start goes on where nothing about stacks can be written', (t) => {
  t.timeout(120_000);
  const code = 'Object.defineProperty(Error, "stackTraceLimit", { writable: false, value: 0 });' +
    'Object.defineProperty(Error, "prepareStackTrace", { writable: false, value: undefined }); Object.freeze(Error);';
  const execArgv = ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
  t.deepEqual(failed(run('stock', { PLAIN: '1' }, execArgv)), [], 'stock itself does not go on');
  t.deepEqual(failed(run(root, { PLAIN: '1' }, execArgv)), []);
});
