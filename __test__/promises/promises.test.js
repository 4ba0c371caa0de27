'use strict';
// rs-child-process/promises: children that are awaited, read line by line and disposed of.

const path = require('node:path');
const test = require('ava');
const { root } = require('../helpers/subject.js');
const { alive, sleep } = require('../helpers/tools.js');

const { exec, execFile, spawn } = require(path.join(root, 'promises.js'));
const { Lines } = require(path.join(root, 'lib', 'promises', 'lines.js'));

async function all(lines) {
  const out = [];
  for await (const line of lines) out.push(line);
  return out;
}

test('exec and execFile give both outputs and the child', async (t) => {
  const run = execFile('sh', ['-c', 'echo out; echo err >&2']);
  t.is(typeof run.child.pid, 'number');
  t.deepEqual(await run, { stdout: 'out\n', stderr: 'err\n' });
  t.like(await t.throwsAsync(exec('echo x; exit 3')), { code: 3, stdout: 'x\n' });
});

test('a run resolves, or rejects with code, signal, command and the end of stderr', async (t) => {
  t.deepEqual(await spawn('true'), { code: 0, signal: null });
  const failed = await t.throwsAsync(spawn('sh', ['-c', 'echo why >&2; exit 3']));
  t.like(failed, { code: 3, signal: null, killed: false, cmd: 'sh -c echo why >&2; exit 3', stderr: 'why\n' });
  t.like(await t.throwsAsync(spawn('sh', ['-c', 'kill -9 $$'])), { code: null, signal: 'SIGKILL', killed: false });
  t.like(await t.throwsAsync(spawn('/nowhere/at/all')), { code: 'ENOENT' });
  t.throws(() => spawn(1), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('lines end with \\n or \\r\\n, and the last one needs neither', async (t) => {
  t.deepEqual(await all(spawn('printf', ['a\\r\\nb\\n\\nc\\rd']).lines()), ['a', 'b', '', 'c\rd']);
  t.deepEqual(await all(spawn('printf', ['a\\n']).lines()), ['a']);
  t.deepEqual(await all(spawn('true').lines()), []);
  const pieces = async function* pieces() {
    for (const byte of Buffer.from('ä\r\n€\n')) yield Buffer.of(byte);
  };
  t.deepEqual(await all(new Lines(pieces(), () => {}, () => null)), ['ä', '€']);
});

test('output waits for whoever comes for it after the exit', async (t) => {
  const run = spawn('echo', ['late']);
  await sleep(300);
  t.deepEqual(await all(run.lines()), ['late']);
  t.deepEqual(await run, { code: 0, signal: null });
});

test('what nobody asked for blocks nothing', async (t) => {
  const run = spawn('sh', ['-c', 'head -c 1000000 /dev/zero >&2; echo ok']);
  t.deepEqual(await all(run.lines()), ['ok']);
  t.deepEqual(await run, { code: 0, signal: null });
  t.throws(() => run.lines('stderr'), { code: 'ERR_INVALID_STATE' });
  t.throws(() => run.lines('stdin'), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('the lines of a child that fails are all there, and then its failure is thrown', async (t) => {
  const lines = [];
  const loop = async (run, name) => {
    for await (const line of run.lines(name)) lines.push(line);
  };
  t.like(await t.throwsAsync(loop(spawn('sh', ['-c', 'echo a; echo b; echo why >&2; exit 7']))), { code: 7, stderr: 'why\n' });
  t.deepEqual(lines, ['a', 'b']);
  t.like(await t.throwsAsync(loop(spawn('sh', ['-c', 'kill -9 $$']))), { code: null, signal: 'SIGKILL' });
  t.like(await t.throwsAsync(loop(spawn('/nowhere/at/all'))), { code: 'ENOENT' });
});

test('one output may be read after the other', async (t) => {
  for (const code of [0, 4]) {
    const run = spawn('sh', ['-c', `head -c 300000 /dev/zero | tr '\\0' x; echo; echo problem >&2; exit ${code}`]);
    const [out, err] = [run.lines(), run.lines('stderr')];
    for (const [lines, expected] of [[out, 'x'.repeat(300000)], [err, 'problem']]) {
      t.deepEqual(await lines.next(), { value: expected, done: false });
      if (code === 0) t.true((await lines.next()).done);
      else t.like(await t.throwsAsync(lines.next()), { code });
    }
  }
});

test('a failure that nobody awaits is an unhandled rejection, and one that was heard of is not', async (t) => {
  const program = (body) => `
    const { spawn } = require(${JSON.stringify(path.join(root, 'promises.js'))});
    const heard = [];
    process.on('unhandledRejection', (error) => heard.push(error.code));
    (async () => { ${body}; setTimeout(() => console.log(JSON.stringify(heard)), 300); })();`;
  const heard = async (body) => JSON.parse((await execFile(process.execPath, ['-e', program(body)])).stdout);
  t.deepEqual(await heard('spawn("/nowhere/at/all")'), ['ENOENT']);
  t.deepEqual(await heard('spawn("sh", ["-c", "exit 3"])'), [3]);
  t.deepEqual(await heard('await spawn("sh", ["-c", "exit 3"]).catch(() => {})'), []);
  t.deepEqual(await heard('for await (const line of spawn("sh", ["-c", "echo x; sleep 0.1; exit 3"]).lines()) break'), []);
  t.deepEqual(await heard('await spawn("sleep", ["60"])[Symbol.asyncDispose]()'), []);
});

test('an abort ends the lines and the run while a descendant holds the outputs', async (t) => {
  const controller = new AbortController();
  const run = spawn('sh', ['-c', 'sleep 30 & echo $!; wait'], { signal: controller.signal });
  const lines = run.lines();
  const sleeper = Number((await lines.next()).value);
  const waiting = lines.next();
  controller.abort();
  t.is((await t.throwsAsync(run)).name, 'AbortError');
  t.is((await t.throwsAsync(waiting)).name, 'AbortError');
  t.true(alive(sleeper));
  process.kill(sleeper, 'SIGKILL');
});

test('an abort ends the child, the lines and the run', async (t) => {
  const controller = new AbortController();
  const run = spawn('sleep', ['60'], { signal: controller.signal });
  const lines = all(run.lines());
  controller.abort();
  t.is((await t.throwsAsync(lines)).name, 'AbortError');
  t.is((await t.throwsAsync(run)).name, 'AbortError');
  t.is(run.child.signalCode, 'SIGTERM');
});

test('leaving while a line is waited for ends the wait without an error', async (t) => {
  const run = spawn('sleep', ['60']);
  const lines = run.lines();
  const waiting = lines.next();
  await sleep(50);
  t.deepEqual(await lines.return(), { value: undefined, done: true });
  t.deepEqual(await waiting, { value: undefined, done: true });
  t.deepEqual(await lines.next(), { value: undefined, done: true });
  await run[Symbol.asyncDispose]();
});

test('disposing kills the child and waits until it is gone', async (t) => {
  const run = spawn('sleep', ['60']);
  await run[Symbol.asyncDispose]();
  t.is(run.child.signalCode, 'SIGTERM');
  t.false(alive(run.child.pid));
  const ended = spawn('true');
  await ended;
  await ended[Symbol.asyncDispose]();
  t.false(ended.child.killed);
});
