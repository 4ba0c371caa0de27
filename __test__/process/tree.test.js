'use strict';
// A signal to a child with all its descendants: by kill() and by the option for timeout, abort, dispose and maxBuffer.

const test = require('ava');
const { once } = require('node:events');
const { load } = require('../helpers/subject.js');
const { alive, children, until } = require('../helpers/tools.js');
const { freshValue } = require('../helpers/fresh.js');

const cp = load('ours');

const state = (pid) => require('node:fs').readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '')[0];

function descendants(pid) {
  return children(pid).flatMap((child) => [child.pid, ...descendants(child.pid)]);
}

// A tree of `count` descendants, once all of them live and are programs.
async function grown(child, count) {
  await until(() => descendants(child.pid).length === count, 'the tree has grown');
  return descendants(child.pid);
}

const allDead = (pids) => until(() => !pids.some(alive), `all of ${pids} have ended`);

function cleanUp(t, pids) {
  t.teardown(() => {
    for (const pid of pids.filter(alive)) process.kill(pid, 'SIGKILL');
  });
}

// One in the child's group, one in a session of its own, one below another.
const SCRIPT = 'sleep 60 & setsid sleep 60 & (sleep 60; true) & sleep 60; true';

test('kill with tree reaches every descendant, whatever its session', async (t) => {
  const child = cp.spawn('sh', ['-c', SCRIPT], { stdio: 'ignore' });
  const pids = await grown(child, 5);
  cleanUp(t, pids);
  t.true(child.kill('SIGTERM', { tree: true }));
  t.true(child.killed);
  const [code, signal] = await once(child, 'exit');
  t.deepEqual([code, signal], [null, 'SIGTERM']);
  await allDead(pids);
});

test('kill without tree reaches the child alone', async (t) => {
  for (const options of [undefined, null, {}, { tree: false }, { tree: undefined }, 'tree']) {
    const child = cp.spawn('sh', ['-c', 'sleep 60 & sleep 60; true'], { stdio: 'ignore', killTree: true });
    const pids = await grown(child, 2);
    cleanUp(t, pids);
    t.true(child.kill('SIGTERM', options));
    await once(child, 'exit');
    t.true(pids.every(alive));
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }
});

test('a tree that grows while it is searched is caught whole', async (t) => {
  // It ends by itself in any case: nothing may be left growing when a run of the tests is cut short.
  const mark = `${5 + process.pid / 1e7}`;
  const child = cp.spawn('sh', ['-c', `i=0; while [ $i -lt 40 ]; do setsid sleep ${mark} & i=$((i+1)); sleep 0.01; done; wait`], { stdio: 'ignore' });
  await until(() => descendants(child.pid).length > 6, 'the tree grows');
  child.kill('SIGKILL', { tree: true });
  t.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
  // What would have been missed has lost its parent, and is found by its name.
  await until(() => cp.spawnSync('pgrep', ['-xf', `sleep ${mark}`]).stdout.length === 0, 'no sleep is left', 2000);
});

test('other signals arrive as well, and everybody goes on afterwards', async (t) => {
  const trap = "trap \"echo got\" USR1; echo ready; i=0; while [ $i -lt 200 ]; do sleep 0.05; i=$((i+1)); done";
  const child = cp.spawn('sh', ['-c', `sh -c '${trap}' & ${trap}`], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
  const count = (word) => text.split(word).length - 1;
  await until(() => count('ready') === 2, 'both have set their traps');
  // The sleeps die of it, the shells do not.
  t.true(child.kill('SIGUSR1', { tree: true }));
  await until(() => count('got') === 2, 'both got it and run');
  t.true(child.kill('SIGKILL', { tree: true }));
  await once(child, 'close');
});

test('who was stopped before stays stopped, and SIGSTOP stops all', async (t) => {
  const child = cp.spawn('sh', ['-c', 'sleep 60 & sleep 60; true'], { stdio: 'ignore' });
  const pids = [child.pid, ...await grown(child, 2)];
  cleanUp(t, pids);
  const stopped = () => pids.filter((pid) => state(pid) === 'T').length;
  child.kill('SIGSTOP', { tree: true });
  await until(() => stopped() === 3, 'all are stopped');
  child.kill('SIGWINCH', { tree: true });
  t.is(stopped(), 3);
  child.kill('SIGCONT', { tree: true });
  await until(() => stopped() === 0, 'all run');
  child.kill('SIGKILL', { tree: true });
  await once(child, 'exit');
  await allDead(pids);
});

test('signal 0 asks and stops nobody; after the exit there is nobody', async (t) => {
  const child = cp.spawn('sleep', ['60'], { stdio: 'ignore' });
  t.true(child.kill(0, { tree: true }));
  t.not(state(child.pid), 'T');
  child.kill('SIGKILL', { tree: true });
  await once(child, 'exit');
  t.false(child.kill('SIGTERM', { tree: true }));
});

test('the timeout of exec takes the whole tree with it', async (t) => {
  const name = `${60 + process.pid / 1e7}`;
  const found = () => cp.spawnSync('pgrep', ['-xf', `sleep ${name}`], { encoding: 'utf8' }).stdout;
  const error = await new Promise((resolve) => {
    cp.exec(`sleep ${name}; true`, { timeout: 300, killTree: true }, resolve);
  });
  t.true(error.killed);
  t.is(error.signal, 'SIGTERM');
  await until(() => found() === '', 'no sleep is left');
});

for (const [way, options, act] of [
  ['timeout', { timeout: 3000 }, () => {}],
  ['abort', {}, (child, controller) => controller.abort()],
  ['dispose', {}, (child) => child[Symbol.dispose]()],
]) {
  test(`with killTree the ${way} of spawn ends all`, async (t) => {
    const controller = new AbortController();
    const child = cp.spawn('sh', ['-c', SCRIPT], { stdio: 'ignore', killTree: true, signal: controller.signal, ...options });
    child.on('error', (error) => t.is(error.name, 'AbortError'));
    const pids = await grown(child, 5);
    cleanUp(t, pids);
    const exit = once(child, 'exit').catch(() => once(child, 'exit'));
    act(child, controller);
    t.deepEqual(await exit, [null, 'SIGTERM']);
    await allDead(pids);
  });
}

test('with killTree too much output ends all', async (t) => {
  const name = `${61 + process.pid / 1e7}`;
  const error = await new Promise((resolve) => {
    cp.exec(`sleep ${name} & echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; sleep 60`, { maxBuffer: 100, killTree: true }, resolve);
  });
  t.is(error.code, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER');
  await until(() => cp.spawnSync('pgrep', ['-xf', `sleep ${name}`]).stdout.length === 0, 'no sleep is left');
});

test('values that are no booleans are refused before anything happens', (t) => {
  const expected = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
  t.throws(() => cp.spawn('true', { killTree: 'yes' }), { ...expected, message: 'The "options.killTree" property must be of type boolean. Received type string (\'yes\')' });
  t.throws(() => cp.exec('true', { killTree: 1 }), expected);
  t.throws(() => cp.fork('x.js', { killTree: 1 }), expected);
  const child = cp.spawn('sleep', ['60']);
  t.throws(() => child.kill('SIGKILL', { tree: 1 }), { ...expected, message: 'The "options.tree" property must be of type boolean. Received type number (1)' });
  t.true(alive(child.pid));
  child.kill('SIGKILL');
  t.is(child.kill.length, 1, 'as many parameters as Node\'s');
});

test('children of the forking mechanism and their descendants are reached too', async (t) => {
  for (const RS_CHILD_PROCESS_MECHANISM of ['fork', 'thread']) {
    const left = await freshValue(t, async (own, tools) => {
      const child = own.spawn('sh', ['-c', 'setsid sleep 60 & sleep 60; true'], { stdio: 'ignore' });
      await tools.until(() => tools.children(child.pid).length === 2);
      const pids = tools.children(child.pid).map(({ pid }) => pid);
      child.kill('SIGTERM', { tree: true });
      await tools.once(child, 'exit');
      await tools.until(() => !pids.some(tools.alive));
      return pids.filter(tools.alive);
    }, { env: { RS_CHILD_PROCESS_MECHANISM } });
    t.deepEqual(left, []);
  }
});
