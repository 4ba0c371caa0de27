'use strict';

// That the pairings of conversations are what they are called: a test that means a stock child and talks to ours proves nothing.

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const test = require('ava');
const { converse } = require('./helpers/conversation.js');
const { load, stockOnly } = require('../helpers/subject.js');

const fixtures = path.join(__dirname, 'fixtures');
const ourTest = stockOnly ? test.skip : test.serial;

const scenario = {
  async parent(ctx) {
    const child = ctx.start();
    ctx.fact('source', await ctx.event(child, 'message'));
    child.disconnect();
  },
  child() {
    process.on('message', () => {});
    process.send([String(process._send), process.execArgv, Object.keys(process.env).filter((key) => /CHANNEL/.test(key))]);
  },
};

const told = async (parent, child) => {
  const { facts: { source: [[source, ...traces]] } } = await converse(scenario, [parent, child]);
  return { source, traces };
};

for (const parent of ['stock', 'ours']) {
  ourTest(`the child's side is the wanted one under a parent that is ${parent}`, async (t) => {
    const stock = await told('stock', 'stock');
    const kinds = parent === 'ours' ? ['stock', 'ours', 'preloaded'] : ['stock', 'ours'];
    for (const kind of kinds) {
      const { source, traces } = await told(parent, kind);
      t[kind === 'stock' ? 'deepEqual' : 'notDeepEqual'](source, stock.source, kind);
      t.deepEqual(traces[1], [], kind);
      if (kind !== 'ours') t.deepEqual(traces, stock.traces, kind);
    }
  });
}

for (const options of [['-r'], ['-r', '--require'], ['--import', '-r'], ['-r', '--import'], ['--import']]) {
  ourTest(`files that a program preloads into a forked child run in it: ${options.join(' and ')}`, async (t) => {
    const execArgv = options.flatMap((option, i) => [option, path.join(fixtures, i === 0 ? 'preloaded.js' : 'preloaded-too.js')]);
    const tellFrom = (subject) => new Promise((resolve) => {
      load(subject).fork(path.join(fixtures, 'tell-preloaded.js'), [], { execArgv }).once('message', resolve);
    });
    const expected = await tellFrom('stock');
    t.is(expected[0].length, options.length, 'stock itself preloads all of them');
    t.deepEqual(await tellFrom('ours'), expected);
  });
}

for (const [place, name] of [[1, 'stdout'], [2, 'stderr']]) {
  ourTest(`where ${name} is the channel, what a forked child writes to it is a message`, async (t) => {
    const heardFrom = (subject) => new Promise((resolve) => {
      const stdio = ['ignore', 'ignore', 'ignore'];
      stdio[place] = 'ipc';
      const heard = [];
      const child = load(subject).fork(path.join(fixtures, 'print-message.js'), [name], { stdio });
      child.on('message', (message) => heard.push(message));
      child.on('exit', (...args) => resolve([...heard, args]));
    });
    const expected = await heardFrom('stock');
    t.deepEqual(expected, [{ writes: 'Socket' }, 'sent', [0, null]]);
    t.deepEqual(await heardFrom('ours'), expected);
  });
}

const register = path.join(__dirname, '..', '..', 'register.js');
const folder = path.dirname(register);

const side = (subject, nodeOptions, options) => new Promise((resolve, reject) => {
  const child = load(subject).fork(path.join(fixtures, 'tell-side.js'), [], {
    execArgv: [], ...options, env: { ...process.env, NODE_OPTIONS: nodeOptions },
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`no word from the child, which left with ${code}`)));
  child.once('message', resolve);
});

for (const nodeOptions of [
  `--require ${register}`, `-r ${register.slice(0, -3)}`, `--require="${register}"`, `--import=${pathToFileURL(register)}`,
  `--no-warnings --import ${register} --no-deprecation`, '-r ./register',
]) {
  ourTest(`register by NODE_OPTIONS leaves a forked child our side of the channel: ${nodeOptions.replaceAll(folder, '…')}`, async (t) => {
    const stock = await side('stock', nodeOptions, { cwd: folder });
    const plain = await side('ours', '', { cwd: folder });
    const seen = await side('ours', nodeOptions, { cwd: folder });
    t.not(plain.send, stock.send, 'the two sides can be told apart');
    t.deepEqual(seen, { ...stock, send: plain.send });
    t.not(seen.spawn, plain.spawn, 'the child has registered');
  });
}
