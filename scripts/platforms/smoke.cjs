'use strict';
// A little of everything that the package does, for platforms on which the test suite does not run: `node smoke.cjs FOLDER`, with the
// package in FOLDER. It needs nothing but the package, a shell and the usual small tools. The last line is `N passed, N failed`.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const cp = require(path.resolve(process.argv[2]));

if (process.argv[3] === 'child') {
  process.on('message', (message, handle) => {
    if (handle !== undefined) {
      handle.on('connection', (socket) => socket.end('served by the child'));
      process.send('listening');
    } else if (message === 'leave') {
      for (let i = 0; i < 500; i++) process.send({ last: i });
      process.exit(3);
    } else process.send({ echo: message });
  });
  process.send('ready');
  return;
}

const openDescriptors = () => fs.readdirSync('/proc/self/fd').length;

function zombies() {
  const isZombie = (pid) => {
    try {
      const [state, parent] = fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ');
      return state === 'Z' && Number(parent) === process.pid;
    } catch {
      return false;
    }
  };
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isZombie(name)).length;
}

const fork = (options) => cp.fork(__filename, [process.argv[2], 'child'], options);

const steps = {
  'the addon is loaded'() {
    assert.equal(cp.native, true, String(cp.nativeError));
  },
  async 'spawn gives output and exit code'() {
    const child = cp.spawn('sh', ['-c', 'cat; exit 7']);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { output += text; });
    child.stdin.end('from the parent');
    assert.deepEqual([...await once(child, 'close'), output], [7, null, 'from the parent']);
  },
  async 'exec and execFile collect output'() {
    const collected = (start) => new Promise((resolve) => start((error, stdout, stderr) => resolve([error?.code, stdout, stderr])));
    assert.deepEqual(await collected((done) => cp.exec('echo $((6 * 7)); echo problem >&2; exit 4', done)), [4, '42\n', 'problem\n']);
    const [, stdout] = await collected((done) => cp.execFile('head', ['-c', '3000000', '/dev/zero'], { maxBuffer: 4e6, encoding: 'buffer' }, done));
    assert.equal(stdout.length, 3e6);
  },
  async 'failed starts are told'() {
    for (const [file, options, code] of [['/no/such/file', {}, 'ENOENT'], ['/etc/passwd', {}, 'EACCES'], ['true', { cwd: '/no/such' }, 'ENOENT']]) {
      const [error] = await once(cp.spawn(file, [], options).on('error', () => {}), 'error').catch((reason) => [reason]);
      assert.equal(error.code, code);
    }
  },
  'the sync forms run, fail and time out'() {
    const input = 'x'.repeat(200_000);
    const cat = cp.spawnSync('cat', { input });
    assert.deepEqual([cat.status, String(cat.stdout).length], [0, input.length]);
    assert.equal(cp.spawnSync('/no/such').error.code, 'ENOENT');
    const sleep = cp.spawnSync('sleep', ['30'], { timeout: 200 });
    assert.deepEqual([sleep.error.code, sleep.signal], ['ETIMEDOUT', 'SIGTERM']);
    assert.equal(String(cp.execSync('echo $0')), '/bin/sh\n');
    assert.throws(() => cp.execFileSync('false'), { status: 1 });
  },
  async 'kill, timeout and abort end a child'() {
    const killed = cp.spawn('sleep', ['60']);
    assert.equal(killed.kill('SIGKILL'), true);
    assert.deepEqual(await once(killed, 'exit'), [null, 'SIGKILL']);
    assert.equal(killed.kill(), false);
    assert.deepEqual(await once(cp.spawn('sleep', ['60'], { timeout: 100 }), 'exit'), [null, 'SIGTERM']);
    const controller = new AbortController();
    const aborted = cp.spawn('sleep', ['60'], { signal: controller.signal });
    const told = new Promise((resolve) => aborted.once('error', resolve));
    controller.abort();
    assert.equal((await told).name, 'AbortError');
    if (aborted.signalCode === null) await once(aborted, 'exit');
  },
  async 'cwd, environment, argv0 and descriptors reach the child'() {
    const child = cp.spawn('sh', ['-c', 'pwd; echo $ONLY; echo four >&4'], {
      cwd: '/etc', env: { PATH: process.env.PATH, ONLY: 'this' }, stdio: ['ignore', 'pipe', 'inherit', 'ignore', 'pipe'],
    });
    const [out, four] = [child.stdout, child.stdio[4]].map(async (stream) => String(Buffer.concat(await stream.toArray())));
    assert.deepEqual([await out, await four], ['/etc\nthis\n', 'four\n']);
  },
  async 'a hundred children at once leave with their own codes'() {
    const codes = await Promise.all(Array.from({ length: 100 }, (_, i) => once(cp.spawn('sh', ['-c', `exit ${i}`]), 'close')));
    assert.deepEqual(codes.map(([code]) => code), Array.from({ length: 100 }, (_, i) => i));
  },
  async 'a tree is killed to its leaves'() {
    const child = cp.spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { killTree: true });
    const [leaf] = await once(child.stdout, 'data');
    child.kill('SIGKILL', { tree: true });
    await once(child, 'close');
    for (let i = 0; i < 100; i++) {
      const file = `/proc/${Number(leaf)}/stat`;
      if (!fs.existsSync(file) || /\) [ZX] /.test(fs.readFileSync(file, 'latin1'))) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail('the leaf lives');
  },
};

for (const serialization of ['json', 'advanced']) {
  for (const accelerate of [true, false]) {
    const name = `${serialization}, ${accelerate ? 'both sides ours' : 'Node\'s own side in the child'}`;
    steps[`messages arrive in order, large ones too (${name})`] = async () => {
      const child = fork({ serialization, accelerate });
      assert.deepEqual((await once(child, 'message'))[0], 'ready');
      const wanted = [...Array.from({ length: 300 }, (_, i) => ({ i })), 'x'.repeat(2_000_000), { list: [1, null, 'end'] }];
      const got = [];
      const all = new Promise((resolve) => child.on('message', (message) => got.push(message.echo) === wanted.length && resolve()));
      for (const message of wanted) child.send(message);
      await all;
      assert.deepEqual(got, wanted);
      child.disconnect();
      await once(child, 'close');
    };
    steps[`what a child sends before it exits arrives (${name})`] = async () => {
      const child = fork({ serialization, accelerate });
      let count = 0;
      child.on('message', (message) => { count += message.last === undefined ? 0 : 1; });
      child.send('leave');
      assert.deepEqual(await once(child, 'close'), [3, null]);
      if (accelerate) assert.equal(count, 500);
    };
    steps[`a server is handed over (${name})`] = async () => {
      const child = fork({ serialization, accelerate });
      const server = net.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address();
      await once(child, 'message');
      child.send('a server', server);
      await once(child, 'message');
      server.close();
      const socket = net.connect(port, '127.0.0.1');
      assert.equal(String(Buffer.concat(await socket.toArray())), 'served by the child');
      child.kill();
      await once(child, 'close');
    };
  }
}

steps['nothing is left behind'] = async () => {
  await new Promise((resolve) => setTimeout(resolve, 200));
  // The process that is number 1 of a container inherits orphans of others.
  if (process.pid !== 1) assert.equal(zombies(), 0);
  assert.ok(openDescriptors() <= before + 4, `${openDescriptors()} descriptors, ${before} before`);
};

const LIMIT = Number(process.env.SMOKE_LIMIT ?? 20_000);
const before = openDescriptors();

(async () => {
  const count = { passed: 0, failed: 0 };
  for (const [name, step] of Object.entries(steps)) {
    let timer;
    const limit = new Promise((_, reject) => { timer = setTimeout(reject, LIMIT, new Error(`no end after ${LIMIT} ms`)); });
    try {
      await Promise.race([step(), limit]);
      count.passed += 1;
    } catch (error) {
      count.failed += 1;
      console.log(`FAILED ${name}: ${error.stack}`);
    }
    clearTimeout(timer);
  }
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exit(count.failed > 0 ? 1 : 0);
})();
