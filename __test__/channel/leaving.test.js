'use strict';

// Whole programs: parents that end in the middle of a tick, or behind a full socket, and workers of cluster that leave before their primary
// has written all.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { execFile } = require('node:child_process');
const { load } = require('../helpers/subject.js');
const { fixtures } = require('./helpers/conversation.js');

function output(name, ...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(fixtures, name), ...args], { timeout: 30_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ lines: stdout.split('\n').filter(Boolean), stderr });
    });
  });
}

for (const [how, title] of [['kill', 'raises a signal against itself'], ['terminate', 'is a worker thread that is terminated']]) {
  test.serial(`what a parent sent in a tick that does not end reaches its children: it ${title}`, async (t) => {
    for (let i = 0; i < 5; i++) {
      const { lines, stderr } = await output('ends-itself.js', how);
      t.deepEqual(lines, ['50', '50'], stderr);
    }
  });
}

test.serial('a parent that exits writes what fits behind what waited', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-queue-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true }));
  const { lines, stderr } = await output('exits-behind-a-queue.js', folder);
  t.deepEqual(lines, ['30'], stderr);
});

test.serial('workers that leave before their primary has written all end by themselves', async (t) => {
  t.timeout(120_000);
  for (let i = 0; i < 2; i++) {
    const { lines, stderr } = await output('workers-that-leave.js');
    t.deepEqual(lines, [JSON.stringify(new Array(20).fill(0))], stderr);
    t.is(stderr, '');
  }
});

test.serial('ends of channels that nobody reads are waited for together', async (t) => {
  const program = `
    const { createChannel } = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
    for (let i = 0; i < 6; i++) createChannel()[0].send('x'.repeat(1_000_000));
    process.exit();`;
  const begin = Date.now();
  const { status } = load('ours').spawnSync(process.execPath, ['-e', program]);
  const waited = Date.now() - begin;
  t.is(status, 0);
  t.true(waited > 1_500 && waited < 8_000, `waited ${waited} ms`);
});

test.serial('a parent that has disconnected ends although its child reads nothing, and not before a slow one has read all', async (t) => {
  for (const [resume, wanted] of [[false, []], [true, ['50']]]) {
    const begin = Date.now();
    const { lines, stderr } = await output('disconnects-and-ends.js', resume ? 'resume' : 'stop');
    t.deepEqual(lines, wanted, stderr);
    t.true(Date.now() - begin < 10_000);
  }
});

test.serial('a signal against oneself that ends nothing does not stop a child for seconds because its parent is busy', async (t) => {
  const child = load('ours').fork(path.join(fixtures, 'signals-itself-behind-a-busy-parent.js'));
  const took = new Promise((resolve) => child.on('message', (message) => message.took !== undefined && resolve(message.took)));
  for (const busy = Date.now() + 2_500; Date.now() < busy;);
  t.true(await took < 1_500);
});
