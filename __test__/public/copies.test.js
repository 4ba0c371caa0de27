'use strict';

// Two copies of the package in one program, as two dependencies may have brought them: the addon of each is a library of its own.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFile } = require('node:child_process');
const { once } = require('node:events');
const test = require('ava');
const { root, stockOnly } = require('../helpers/subject.js');

const ourTest = stockOnly ? test.skip : test.serial;

function copy(t, version) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'rs-copy-')));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const entry of ['index.js', 'lib', 'native.js', 'package.json']) fs.cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
  // No links: one file is one library.
  for (const addon of fs.readdirSync(root).filter((file) => file.endsWith('.node'))) fs.copyFileSync(path.join(root, addon), path.join(folder, addon));
  if (version !== undefined) {
    const file = path.join(folder, 'package.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/"version": "[^"]+"/, `"version": "${version}"`));
  }
  return folder;
}

const child = `
  process.on('message', (message, handle) => {
    if (message === 'make') {
      // The script's own copy is not the one that was preloaded.
      const [left, right] = require(process.argv[2]).createChannel();
      process.send('made', left);
      right.on('message', (text) => { right.send(text + ', by the end that the child made'); });
    } else if (message === 'memory') {
      new Uint8Array(handle.buffer)[0] = 7;
      process.send('memory', handle);
    } else {
      handle.on('message', (text) => { handle.send(text + ', through the child'); });
    }
  });`;

ourTest('what one copy made the other can send, and a child whose script finds another copy can send it too', async (t) => {
  t.timeout(60_000);
  const folder = copy(t);
  const a = require(root);
  const b = require(folder);
  t.not(a.createChannel, b.createChannel);
  const script = path.join(folder, 'child.js');
  fs.writeFileSync(script, child);

  const one = b.fork(script, [root], { execArgv: [] });
  const [left, right] = a.createChannel();
  one.send('an end', left);
  right.send('there');
  t.deepEqual((await once(right, 'message'))[0], 'there, through the child');

  one.send('make');
  const [, end] = await once(one, 'message');
  end.send('back');
  t.deepEqual((await once(end, 'message'))[0], 'back, by the end that the child made');
  t.is(end.constructor, left.constructor);

  const memory = a.sharedMemory(4096);
  one.send('memory', memory);
  const [, same] = await once(one, 'message');
  t.is(same, memory);
  t.is(new Uint8Array(memory.buffer)[0], 7);
  one.kill();
  right.disconnect();
  end.disconnect();
});

ourTest('two versions know what is the other one\'s, and the error names both', async (t) => {
  const { version } = require(path.join(root, 'package.json'));
  const other = require(copy(t, '99.0.0-other'));
  const ours = require(root);
  for (const [sender, maker, names] of [[ours, other, ['99.0.0-other', version]], [other, ours, [version, '99.0.0-other']]]) {
    const [left, right] = sender.createChannel();
    const ends = maker.createChannel();
    for (const handle of [ends[0], maker.sharedMemory(4096)]) {
      const error = t.throws(() => left.send('a handle', handle), { code: 'ERR_INVALID_HANDLE_TYPE' });
      t.is(error.message, `This handle type cannot be sent: rs-child-process ${names[0]} made it, and the channel is one of ${names[1]}`);
    }
    // Nothing has happened to it.
    ends[1].send('still here');
    t.deepEqual((await once(ends[0], 'message'))[0], 'still here');
    for (const end of [left, right, ...ends]) end.disconnect();
  }
});

ourTest('a copy that is loaded while the functions of a registered one are wrapped starts its own children', async (t) => {
  const folder = copy(t);
  const script = path.join(folder, 'child.js');
  fs.writeFileSync(script, 'process.on("message", (message) => { process.send(message); process.disconnect(); });');
  const code = `
    require(${JSON.stringify(path.join(root, 'register.js'))});
    const cp = require('node:child_process');
    for (const name of process.env.WRAPPED.split(' ')) {
      const original = cp[name];
      cp[name] = (...args) => original(...args);
    }
    const copy = require(${JSON.stringify(folder)});
    const seen = [];
    const children = [copy.spawn('true'), copy.execFile('true'), copy.exec('true'), copy.fork(${JSON.stringify(script)})];
    children[3].on('message', (message) => seen.push(message)).send('echo');
    for (const child of children) child.on('close', (code) => seen.push([code, typeof child.resourceUsage().maxRSS]));
    process.on('exit', () => console.log(JSON.stringify(seen.sort())));`;
  for (const wrapped of ['spawn', 'spawn exec execFile fork execFileSync execSync spawnSync']) {
    const stdout = await new Promise((resolve, reject) => {
      execFile(process.execPath, ['-e', code], { env: { ...process.env, WRAPPED: wrapped } }, (error, out) => { error ? reject(error) : resolve(out); });
    });
    t.deepEqual(JSON.parse(stdout), [[0, 'number'], [0, 'number'], [0, 'number'], [0, 'number'], 'echo'], wrapped);
  }
});

ourTest('a copy without the addon refuses to kill a tree, also where another copy with the addon is registered', (t) => {
  const folder = copy(t);
  for (const addon of fs.readdirSync(folder).filter((file) => file.endsWith('.node'))) fs.rmSync(path.join(folder, addon));
  const { register, unregister } = require(path.join(root, 'register.js'));
  register();
  t.teardown(unregister);
  const without = require(folder);
  t.false(without.native);
  const running = without.spawn('sleep', ['60']);
  t.throws(() => running.kill('SIGKILL', { tree: true }), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  t.true(running.kill('SIGKILL'));
});
