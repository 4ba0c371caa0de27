'use strict';

// The stacks of errors: those that this package makes name none of its files, and those that users' code throws through it are as they were.

const path = require('node:path');
const test = require('ava');
const { root, stockOnly } = require('../helpers/subject.js');
const { freshValue } = require('../helpers/fresh.js');

const ourTest = stockOnly ? test.skip : test;
const lib = path.join(root, 'lib');

async function gather(cp, tools) {
  const errors = {};
  const attempt = (name, call) => {
    try {
      call();
    } catch (error) {
      errors[name] = error;
    }
  };
  attempt('argument', () => cp.spawn(1));
  attempt('value', () => cp.spawn(''));
  attempt('range', () => cp.spawnSync('true', { timeout: -1 }));
  attempt('exec', () => cp.exec(1));
  attempt('fork', () => cp.fork('nowhere.js', { stdio: ['pipe', 'pipe', 'pipe'] }));
  attempt('folder', () => cp.execFileSync('true', { cwd: '/nowhere' }));
  attempt('command', () => cp.execSync('exit 3', { stdio: 'ignore' }));
  attempt('start', () => cp.spawn('/', { cwd: 'x\0' }));
  attempt('thrown start', () => cp.spawn('true', { stdio: [99_999] }));
  attempt('signal', () => cp.spawn('true').kill('NO'));
  attempt('prototype', () => new cp.ChildProcess().spawn(1));
  attempt('channel', () => cp.createChannel({ serialization: 1 }));
  errors.sync = cp.spawnSync('no-such-program').error;
  const later = (name, start) => new Promise((resolve) => {
    start((error) => {
      errors[name] = error;
      resolve();
    });
  });
  await later('missing', (done) => cp.spawn('no-such-program').on('error', done));
  await later('failed exec', (done) => cp.exec('echo "    at x ($FILE:1:1)" >&2; exit 3', { env: { FILE: `${tools.root}/lib/node/errors.js` } }, done));
  await later('maxBuffer', (done) => cp.exec('echo 12345', { maxBuffer: 2 }, done));
  await later('abort', (done) => cp.spawn('sleep', ['60'], { signal: AbortSignal.abort() }).on('error', done));
  const child = cp.fork(tools.path.join(tools.root, '__test__/fixtures/one-answer.js'));
  attempt('send', () => child.send());
  attempt('handle', () => child.send('x', {}));
  child.send('x');
  await tools.once(child, 'close');
  await later('closed', (done) => child.send('x', done));
  await later('disconnected', (done) => {
    child.on('error', done);
    child.disconnect();
  });
  return Object.fromEntries(Object.entries(errors).map(([name, error]) => [
    name, { stack: error.stack, enumerable: Object.keys(error).includes('stack'), head: `${error.name}: ${error.message}` }]));
}

ourTest('no error names a file of this package, and each names the caller\'s where it is thrown', async (t) => {
  const errors = await freshValue(t, gather);
  t.is(Object.keys(errors).length, 21);
  for (const [name, { stack, enumerable, head }] of Object.entries(errors)) {
    t.false(enumerable, name);
    const frames = stack.slice(stack.indexOf(head.split(': ').slice(1).join(': ')) + head.length);
    t.false(frames.includes(lib), `${name}: ${stack}`);
  }
  for (const name of ['argument', 'value', 'range', 'exec', 'fork', 'folder', 'command', 'signal', 'prototype', 'send', 'sync']) {
    t.regex(errors[name].stack, /^.*\n(.*\n)?\s+at .*(attempt|gather|eval)/, name);
  }
  t.true(errors['failed exec'].stack.includes(`at x (${lib}/node/errors.js:1:1)`), 'what the child wrote stays');
});

ourTest('what users\' code throws through a call stays as it is', async (t) => {
  const seen = await freshValue(t, (cp) => {
    const told = {};
    const mine = new Error('mine');
    const { stack } = mine;
    try {
      cp.spawn('true', [], { get cwd() { throw mine; } });
    } catch (error) {
      told.same = error === mine && error.stack === stack;
    }
    try {
      cp.spawn('true', [], { get cwd() { throw new Error('made there'); } });
    } catch (error) {
      told.frames = /at get cwd/.test(error.stack) && error.stack.includes('/lib/');
    }
    return told;
  });
  t.deepEqual(seen, { same: true, frames: true });
});

ourTest('errors are made where Error.prepareStackTrace gives no text, or throws', async (t) => {
  const codes = await freshValue(t, (cp) => {
    const told = [];
    cp.spawnSync('no-such-program');
    for (const prepare of [(error, sites) => sites, () => 7, () => { throw new Error('no stack'); }]) {
      Error.prepareStackTrace = prepare;
      try {
        cp.spawn(1);
      } catch (error) {
        told.push(error.code);
        if (prepare.length === 2) told.push(Array.isArray(error.stack));
      }
      told.push(cp.spawnSync('no-such-program').error.code);
    }
    Error.prepareStackTrace = undefined;
    return told;
  });
  t.deepEqual(codes, ['ERR_INVALID_ARG_TYPE', true, 'ENOENT', ...Array(2).fill(['ERR_INVALID_ARG_TYPE', 'ENOENT']).flat()]);
});
