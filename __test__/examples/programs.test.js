'use strict';

// The programs of examples/ that do their work and end, and the daemon that they leave behind.

const test = require('ava');
const fs = require('node:fs');
const path = require('node:path');
const { folder, run, temporaryFolder } = require('./helpers/program.js');
const { alive, until } = require('../helpers/tools.js');

test('fork-pool runs every task, and the one that kills its worker fails alone', async (t) => {
  const { code, lines, stderr } = await run(t, ['fork-pool/main.js']).end();
  t.is(stderr, '');
  t.is(code, 0);
  t.deepEqual(lines.slice(0, -1), [
    'one: eno', 'two: owt', 'three: eerht', 'four: ruof', 'five: evif', 'six: xis', 'seven: neves', 'eight: thgie',
    'nine: enin', 'ten: net', 'crash: the worker ended with code 1', 'twelve: evlewt',
  ]);
  // Three at a time, and perhaps one in the place of the one that crashed.
  t.regex(lines.at(-1), /^12 tasks by [1-4] workers$/);
});

test('daemon has its own session, folder and log after its parent has ended', async (t) => {
  const home = temporaryFolder(t);
  const program = run(t, ['daemon/start.js', home], { env: { BEAT_MS: '50' } });
  const { code, lines, stderr } = await program.end();
  const pid = Number(lines[0]);
  t.teardown(() => { if (alive(pid)) process.kill(pid, 'SIGKILL'); });
  t.deepEqual([code, lines.length, stderr], [0, 1, '']);

  const log = () => fs.readFileSync(path.join(home, 'daemon.log'), 'utf8');
  await until(() => /beat 3$/m.test(log()), 'it writes its log');
  t.regex(log(), new RegExp(`^\\S+ started in ${home}\n`));
  t.is(fs.readlinkSync(`/proc/${pid}/cwd`), home);
  t.is(fs.readlinkSync(`/proc/${pid}/fd/0`), '/dev/null');
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [, parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  t.deepEqual([group, session], [pid, pid]);
  t.not(parent, program.child.pid);

  process.kill(pid, 'SIGTERM');
  await until(() => !alive(pid), 'it ends');
  t.regex(log(), /stopped\n$/);
});

test('find-wc counts files by piping one child into another', async (t) => {
  const { code, lines, stderr } = await run(t, ['find-wc.js', '.']).end();
  const count = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  t.deepEqual([code, lines, stderr], [0, [`${count} files`], '']);
});

test('find-wc fails when find does', async (t) => {
  const { code, lines, stderr } = await run(t, ['find-wc.js', 'no/such/folder']).end();
  t.deepEqual([code, lines], [1, ['0 files']]);
  t.regex(stderr, /no\/such\/folder/);
});

const isRoot = process.getuid() === 0;
const asRoot = isRoot ? test : test.skip;

asRoot(`lower-privileges runs a command as nobody and stays what it is${isRoot ? '' : ' (only root may change the user)'}`, async (t) => {
  const { code, lines, stderr } = await run(t, ['lower-privileges.js', '65534', '65533', 'sh', '-c', 'id -u; id -g; id -G']).end();
  t.is(stderr, '');
  t.deepEqual(lines, ['65534', '65533', '65533', `done by 65534:65533, while this process is still 0:${process.getgid()}`]);
  t.is(code, 0);
});

asRoot(`lower-privileges takes the rights away${isRoot ? '' : ' (only root may change the user)'}`, async (t) => {
  const { code, lines, stderr } = await run(t, ['lower-privileges.js', '65534', '65534', 'cat', '/etc/shadow']).end();
  t.deepEqual([code, lines], [1, []]);
  t.regex(stderr, /denied/i);
});

test('lower-privileges tells a change that is not allowed', async (t) => {
  const words = ['lower-privileges.js', '65534', '65534', 'true'];
  if (!isRoot) {
    const { code, stderr } = await run(t, words).end();
    t.is(code, 1);
    t.regex(stderr, /cannot run true as 65534:65534: EPERM|EPERM/);
    return;
  }
  // By way of itself: nobody may not become anybody else.
  const { code, stderr } = await run(t, ['lower-privileges.js', '65534', '65534', process.execPath, path.join(folder, 'lower-privileges.js'), '0', '0', 'true']).end();
  t.is(code, 1);
  t.regex(stderr, /EPERM/);
});

test('named-channels tells, asks and answers in both directions', async (t) => {
  const { code, lines, stderr } = await run(t, ['named-channels/main.js']).end();
  t.deepEqual([code, stderr], [0, '']);
  t.deepEqual(lines, [
    'the window says: theme is dark',
    'the window says: no setting \'font\'',
    'its title is Untitled',
    'refused: nobody handles \'nonsense\'',
    'the window closed with code 0',
  ]);
});

test('remote-calls calls methods both ways with values that JSON does not have', async (t) => {
  const { code, lines, stderr } = await run(t, ['remote-calls/parent.mjs']).end();
  t.deepEqual([code, stderr], [0, '']);
  t.deepEqual(lines, [
    '3 of 9',
    '6 of 9',
    '9 of 9',
    'mean 5',
    'histogram Map(3) { \'b\' => 3, \'a\' => 1, \'c\' => 1 }',
    'factorial 15511210043330985984000000n',
    'refused: nothing has no mean',
  ]);
});
