'use strict';

// Descriptors, memory and knowledge of the system that are not to be had.

const test = require('ava');
const { execFileSync } = require('node:child_process');
const { freshParity, freshValue } = require('../helpers/fresh.js');
const { stockOnly } = require('../helpers/subject.js');

const ourTest = stockOnly ? test.skip : test.serial;

freshParity('more children live than descriptors are left', async (cp, tools) => {
  const children = Array.from({ length: 80 }, () => cp.spawn('sleep', ['60'], { stdio: 'ignore' }));
  const errors = [];
  for (const child of children) child.on('error', (error) => errors.push(error.code));
  await tools.sleep(50);
  for (const child of children) child.kill(child === children[0] ? 'SIGKILL' : 'SIGTERM');
  const ends = await Promise.all(children.map((child) => tools.once(child, 'exit')));
  const later = await tools.collect(cp.spawn('echo', ['alive']));
  await tools.until(() => tools.zombies().length === 0, 'no zombie is left');
  return { errors, ends, later };
}, { shell: 'ulimit -n 64' });

freshParity('a first child is started, and ends, without any free descriptor', async (cp, tools) => {
  const taken = [];
  try { for (;;) taken.push(tools.fs.openSync('/dev/null')); } catch {}
  // Stock takes two for the time of a start.
  for (let i = 0; i < 2; i++) tools.fs.closeSync(taken.pop());
  const child = cp.spawn('sh', ['-c', 'exit 3'], { stdio: [0, 1, 2] });
  const end = await tools.once(child, 'exit');
  const again = await tools.once(cp.spawn('sh', ['-c', 'exit 4'], { stdio: [0, 1, 2] }), 'exit');
  const { status } = cp.spawnSync('sh', ['-c', 'exit 5'], { stdio: [0, 1, 2] });
  for (const fd of taken) tools.fs.closeSync(fd);
  return { end, again, status: tools.subject === 'stock' ? 5 : status };
}, { shell: 'ulimit -n 64' });

let limits = true;
try { execFileSync('prlimit', ['--version']); } catch { limits = false; }
for (const timeout of [0, 60_000]) {
  (limits ? ourTest : test.skip)(`spawnSync ends with ENOMEM, and with what came so far, when there is no memory for more (timeout ${timeout})${limits ? '' : ' [skipped: prlimit is missing]'}`, async (t) => {
    // Stock ends the process here.
    const value = await freshValue(t, `async (cp, { fs, require }) => {
      cp.spawnSync('true');
      const size = Number(/VmSize:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
      require('node:child_process').execFileSync('prlimit', ['--pid', process.pid, '--as=' + (size + 160_000_000) + ':']);
      const { status, signal, error, stdout } = cp.spawnSync('head', ['-c', '400000000', '/dev/zero'], { maxBuffer: Infinity, timeout: ${timeout} });
      return { status, signal, code: error?.code, some: stdout.length > 1_000_000, clean: stdout.every((byte) => byte === 0) };
    }`);
    t.deepEqual(value, { status: null, signal: 'SIGTERM', code: 'ENOMEM', some: true, clean: true });
  });
}

let namespaces = true;
const WITHOUT_PROC = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh'];
try { execFileSync(WITHOUT_PROC[0], [...WITHOUT_PROC.slice(1), 'true'], { stdio: 'ignore' }); } catch { namespaces = false; }
(namespaces ? ourTest : test.skip)(`without /proc a signal to a tree reaches the child and says that it could not reach more${namespaces ? '' : ' [skipped: it takes a mount namespace]'}`, async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const child = cp.spawn('sleep', ['60'], { stdio: 'ignore' });
    let thrown;
    try {
      child.kill('SIGTERM', { tree: true });
    } catch (error) {
      thrown = { code: error.code, message: error.message };
    }
    const end = await tools.once(child, 'exit');
    const late = await new Promise((resolve) => { cp.exec('exec sleep 60', { timeout: 50, killTree: true }, (error) => resolve(error.code)); });
    return { thrown, killed: child.killed, end, late };
  }, { prefix: WITHOUT_PROC });
  t.is(value.thrown.code, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
  t.regex(value.thrown.message, /\/proc/);
  t.true(value.killed);
  t.deepEqual(value.end, [null, 'SIGTERM']);
  t.is(value.late, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
});

ourTest('shared memory is made where nobody knows how much memory is available', async (t) => {
  t.is(await freshValue(t, (cp) => {
    process.availableMemory = () => 0;
    return cp.sharedMemory(4096).buffer.byteLength;
  }), 4096);
});
