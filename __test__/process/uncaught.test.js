'use strict';

// What a user is told of an exception that nobody caught, and of what NODE_DEBUG asks for: text on stderr, beside stock.

const path = require('node:path');
const test = require('ava');
const { fresh } = require('../helpers/fresh.js');

// Which Node and which process it was, and the way through each implementation's own functions.
const lines = (text) => text.split('\n').filter((line) => !/^ +at |^Node\.js v/.test(line))
  .map((line) => line.replaceAll(/\bCHILD_PROCESS \d+/g, 'CHILD_PROCESS <pid>'));

function sameReport(title, body, wanted, options) {
  test.serial(title, async (t) => {
    t.timeout(150_000);
    const expected = await fresh(body, { ...options, subject: 'stock' });
    const actual = await fresh(body, { ...options, subject: 'ours' });
    t.regex(expected.stderr, wanted, 'the program itself does not do it on stock');
    t.deepEqual(lines(actual.stderr), lines(expected.stderr));
    t.is(actual.code, expected.code);
  });
}

sameReport('an Error thrown by a listener of exit is reported with the place of the throw', (cp) => {
  cp.spawn('true', { stdio: 'ignore' }).on('exit', () => {
    const error = new Error('made here');
    throw error;
  });
}, /throw error;\n +\^/);

sameReport('a number thrown by a listener of exit is reported with its place', (cp) => {
  cp.spawn('true', { stdio: 'ignore' }).on('exit', () => {
    throw 5;
  });
}, /throw 5;\n +\^/);

sameReport('a tick of a listener of exit reports what it throws with its place', (cp) => {
  cp.spawn('true', { stdio: 'ignore' }).on('exit', () => process.nextTick(() => {
    throw { a: 1 };
  }));
}, /throw \{ a: 1 \};\n +\^/);

sameReport('a number thrown by a listener of message is reported with its place', (cp) => {
  const args = ['-e', 'process.on("disconnect", () => {}); process.send(1)'];
  cp.spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }).on('message', () => {
    throw 5;
  });
}, /throw 5;\n +\^/);

sameReport('a forked child reports what its listener throws with its place', (cp) => {
  cp.fork(process.env.FIXTURE).send('x');
}, /throw 5;\n +\^/, { env: { FIXTURE: path.join(__dirname, '..', 'fixtures', 'throw-on-message.js') } });

sameReport('NODE_DEBUG shows the options of each start', async (cp) => {
  await new Promise((resolve) => cp.spawn('true', ['a'], { env: { A: '1', PATH: process.env.PATH } }).on('close', resolve));
  cp.spawnSync('true', ['b'], { env: { B: '2', PATH: process.env.PATH } });
}, /CHILD_PROCESS \d+: spawnSync/, { env: { NODE_DEBUG: 'child_process' } });
