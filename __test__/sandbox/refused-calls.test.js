'use strict';

// Ordinary work where the kernel refuses system calls that a start, a watch, a signal or a message would use: older kernels
// and sandboxes. Whatever is refused, what users see is what they see with stock under the same rules.

const test = require('ava');
const { freshParity } = require('../helpers/fresh.js');
const { compiled, library } = require('./helpers.js');

const refuse = compiled('refuse-calls', ['mremap=EPERM', '--', 'true']);
const withoutPidfds = library('ignore-clone-pidfd');

const everyday = async (cp, tools) => {
  const ENOUGH = 150_000; // more than what output is first given room for
  const seen = {};
  const exits = (child) => tools.once(child, 'exit');

  const cat = cp.spawn('cat');
  cat.stdin.end('a'.repeat(ENOUGH));
  const { stdout, ...end } = await tools.collect(cat);
  seen.cat = { ...end, length: stdout.length };
  seen.code = await exits(cp.spawn('sh', ['-c', 'exit 7'], { stdio: 'ignore' }));
  seen.missing = (await tools.once(cp.spawn('/no/such/program'), 'error'))[0].code;
  seen.exec = await new Promise((resolve) => { cp.exec('echo out; echo err >&2; exit 3', (error, ...rest) => resolve([error.code, ...rest])); });
  seen.timeout = await new Promise((resolve) => { cp.execFile('sleep', ['60'], { timeout: 100 }, ({ killed, signal }) => resolve([killed, signal])); });

  const killed = cp.spawn('sleep', ['60'], { stdio: 'ignore' });
  seen.signalled = [killed.kill(0), killed.kill('SIGTERM'), await exits(killed), killed.kill()];
  const many = await Promise.all(Array.from({ length: 40 }, (_, i) => exits(cp.spawn('sh', ['-c', `exit ${i}`], { stdio: 'ignore' }))));
  seen.many = many.every(([code], i) => code === i);

  const sync = cp.spawnSync('cat', { input: 'b'.repeat(ENOUGH) });
  seen.sync = [sync.status, sync.signal, sync.error?.code, sync.stdout.length];
  const late = cp.spawnSync('sleep', ['60'], { timeout: 100 });
  seen.late = [late.status, late.signal, late.error.code];
  const silent = cp.spawnSync('sh', ['-c', 'exec >/dev/null 2>&1; sleep 0.2; exit 4'], { timeout: 20_000 });
  seen.silent = [silent.status, silent.error];
  const inherited = cp.spawnSync('sh', ['-c', 'exit 5'], { stdio: 'ignore' });
  seen.inherited = inherited.status;
  const held = cp.spawnSync('sh', ['-c', 'sleep 0.2 & echo now'], { encoding: 'utf8' });
  seen.held = [held.status, held.stdout];

  for (const serialization of ['json', 'advanced']) {
    const child = cp.fork(tools.path.join(tools.root, '__test__/sandbox/fixtures/answer.js'), { serialization });
    const answers = [];
    child.on('message', (message) => {
      answers.push(message);
      if (answers.length === 200) child.send('leave');
    });
    for (let i = 0; i < 199; i++) child.send({ i });
    child.send('c'.repeat(ENOUGH * 4));
    seen[serialization] = [await exits(child), answers.length, answers[198], answers[199].echo.length];
  }

  const { Worker } = tools.require('node:worker_threads');
  const worker = new Worker(`
    const { load } = require(${JSON.stringify(tools.path.join(tools.root, '__test__/helpers/subject.js'))});
    const cp = load(${JSON.stringify(tools.subject)});
    const { parentPort } = require('node:worker_threads');
    cp.spawn('sh', ['-c', 'sleep 0.1; exit 6'], { stdio: 'ignore' }).on('exit', (code) => parentPort.postMessage(code));
  `, { eval: true });
  [seen.worker] = await tools.once(worker, 'message');
  await worker.terminate();
  await tools.until(() => tools.zombies().length === 0, 'no zombie is left');
  return seen;
};

const PIDFDS = ['pidfd_open=ENOSYS', 'pidfd_send_signal=ENOSYS', 'waitid:0==3=EINVAL'];
const settings = {
  'a kernel that refuses clone3 and pidfds': ['clone3=ENOSYS', 'clone:0&0x1000=EINVAL', ...PIDFDS],
  'a kernel that has pidfds but cannot wait for them': ['waitid:0==3=EINVAL'],
  'a sandbox that refuses to open pidfds': ['clone3=ENOSYS', 'pidfd_open=EPERM'],
  'a sandbox that refuses to signal pidfds': ['pidfd_send_signal=EPERM'],
  'a sandbox that hides to signal pidfds': ['pidfd_send_signal=ENOSYS'],
  'a sandbox that refuses to wait for pidfds': ['waitid:0==3=EPERM'],
  'a sandbox that hides to wait for pidfds': ['waitid:0==3=ENOSYS'],
  'a sandbox that refuses pidfds at birth': ['clone3=ENOSYS', 'clone:0&0x1000=EPERM'],
  'a sandbox that refuses shared memory at birth': ['clone3=ENOSYS', 'clone:0&0x4000=EPERM'],
  'a sandbox that refuses to move mappings': ['mremap=EPERM'],
  'a sandbox that refuses sendmsg': ['sendmsg=EPERM'],
  'a sandbox that refuses all sending but write': ['sendmsg=EPERM', 'sendto=EACCES'],
};

const seccomp = (name, rules, options) => {
  const title = `everything goes as with stock under ${name}`;
  if (refuse === undefined || withoutPidfds === undefined) test.skip(`${title} [skipped: seccomp or a C compiler is missing]`, () => {});
  else freshParity(title, everyday, { prefix: [refuse, ...rules, '--'], ...options });
};
for (const [name, rules] of Object.entries(settings)) seccomp(name, rules);
seccomp('a kernel that does not know pidfds, and does not say so', ['clone3=ENOSYS', ...PIDFDS], { env: { LD_PRELOAD: withoutPidfds } });
