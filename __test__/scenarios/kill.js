'use strict';

// kill(), signals, abort and timeout.

const { EventEmitter, getEventListeners } = require('node:events');

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

const sleeper = (cp, options) => cp.spawn('sleep', ['60'], { stdio: 'ignore', ...options });

for (const signal of [undefined, 'SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'sigterm', 'SigKill', 9, 15, 1, 34, 64]) {
  add(`kill(${String(signal)}) ends the child by that signal`, async (cp, ctx) => {
    const child = ctx.watch(sleeper(cp));
    const result = ctx.attempt('kill', () => child.kill(signal));
    ctx.fact('result', [result, child.killed, child.exitCode, child.signalCode]);
    if (!result) child.kill('SIGKILL');
    await ctx.closed(child);
    ctx.fact('after', [child.killed, child.exitCode, child.signalCode]);
  });
}

for (const signal of ['SIGNOPE', '', 'TERM', null, 65, 1000, -1, 1.5, NaN, Infinity, '9', true, false, {}, [], Symbol('x'), 12n, () => {}]) {
  add(`kill with ${typeof signal} ${typeof signal === 'object' ? JSON.stringify(signal) : String(signal)} is treated as stock treats it`, async (cp, ctx) => {
    const child = ctx.watch(sleeper(cp));
    ctx.fact('result', [ctx.attempt('kill', () => child.kill(signal)), child.killed]);
    child.kill('SIGKILL');
    await ctx.closed(child);
  });
}

add('kill(0) probes, sets killed and leaves the child alive', async (cp, ctx) => {
  const child = ctx.watch(sleeper(cp));
  ctx.fact('probe', [child.kill(0), child.killed, child.exitCode]);
  child.kill();
  await ctx.closed(child);
  ctx.fact('probe after', [child.kill(0), child.killed]);
});

add('kill twice gives true while the child is not reaped', async (cp, ctx) => {
  const child = ctx.watch(sleeper(cp));
  ctx.fact('results', [child.kill(), child.kill('SIGKILL'), child.killed]);
  await ctx.closed(child);
});

add('kill after exit gives false and does not touch killed', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('true', { stdio: 'ignore' }));
  child.on('exit', () => ctx.fact('on exit', [child.kill(), child.killed]));
  await ctx.closed(child);
  ctx.fact('on close', [child.kill(), child.kill('SIGKILL'), child.kill(0), child.killed]);
  ctx.attempt('kill', () => child.kill('SIGNOPE'));
});

add('kill of a child that has ended but was not reaped is told as stock tells it', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('true', { stdio: 'ignore' }));
  const until = Date.now() + 150;
  while (Date.now() < until);
  ctx.fact('result', [child.kill(), child.killed]);
  await ctx.closed(child);
});

add('kill inside the spawn handler works', async (cp, ctx) => {
  const child = ctx.watch(sleeper(cp));
  child.on('spawn', () => ctx.fact('result', child.kill('SIGKILL')));
  await ctx.closed(child);
});

add('Symbol.dispose calls kill without arguments', async (cp, ctx) => {
  const child = cp.spawn('sleep', ['60'], { stdio: 'ignore' });
  const { kill } = child;
  child.kill = function(...args) {
    ctx.note('kill', 'called', ...args);
    return kill.apply(this, args);
  };
  if (Symbol.dispose) child[Symbol.dispose]();
  else child.kill();
  await ctx.closed(child);
});

add('Symbol.dispose kills the child', async (cp, ctx) => {
  ctx.fact('symbol', typeof Symbol.dispose);
  const child = ctx.watch(sleeper(cp));
  if (Symbol.dispose) {
    ctx.fact('result', child[Symbol.dispose]());
    ctx.fact('killed', child.killed);
    ctx.fact('again', child[Symbol.dispose]());
  } else {
    child.kill();
  }
  await ctx.closed(child);
  if (Symbol.dispose) ctx.fact('after', child[Symbol.dispose]());
});

add('a child that ignores SIGTERM lives until SIGKILL', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done']), { streams: 'listen' });
  await ctx.event(child.stdout, 'data');
  ctx.fact('first', child.kill());
  await ctx.sleep(100);
  ctx.fact('alive', [child.exitCode, child.signalCode, child.killed]);
  child.stdout.resume();
  child.kill('SIGKILL');
  await ctx.closed(child);
});

add('a stopped child sends no event until it goes on', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sleep', ['0.2'], { stdio: 'ignore' }));
  child.kill('SIGSTOP');
  await ctx.sleep(300);
  ctx.note('test', 'still stopped');
  child.kill('SIGCONT');
  await ctx.closed(child);
}, { before: [['test still stopped', 'child exit']] });

add('a child killed from outside is told as killed by that signal', async (cp, ctx) => {
  const child = ctx.watch(sleeper(cp));
  process.kill(child.pid, 'SIGUSR2');
  await ctx.closed(child);
  ctx.fact('killed', child.killed);
});

add('an overridden kill method is used by abort and timeout as in stock', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(sleeper(cp, { signal: controller.signal, timeout: 30_000 }));
  const { kill } = child;
  child.kill = function (...args) {
    ctx.note('kill', 'called', ...args);
    return kill.apply(this, args);
  };
  controller.abort();
  await ctx.closed(child);
});

// --- abort ---

add('abort kills the child and gives an AbortError', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(sleeper(cp, { signal: controller.signal }));
  ctx.fact('listeners', getEventListeners(controller.signal, 'abort').length);
  controller.abort();
  ctx.fact('at once', [child.killed, child.exitCode]);
  await ctx.closed(child);
  ctx.fact('listeners after', getEventListeners(controller.signal, 'abort').length);
});

add('abort with a reason carries it as the cause', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(sleeper(cp, { signal: controller.signal }));
  controller.abort(new TypeError('the reason'));
  await ctx.closed(child);
});

add('abort with killSignal uses that signal', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(sleeper(cp, { signal: controller.signal, killSignal: 'SIGINT' }));
  await ctx.event(child, 'spawn');
  controller.abort('text');
  await ctx.closed(child);
});

add('a signal that was aborted before starts the child and kills it', async (cp, ctx) => {
  const child = ctx.watch(sleeper(cp, { signal: AbortSignal.abort() }));
  ctx.fact('at once', [typeof child.pid, child.killed]);
  await ctx.closed(child);
});

add('a signal that was aborted before with a reason', async (cp, ctx) => {
  const signal = AbortSignal.abort(new Error('before'));
  const child = ctx.watch(sleeper(cp, { signal, killSignal: 'SIGKILL' }));
  await ctx.closed(child);
  ctx.fact('listeners after', getEventListeners(signal, 'abort').length);
});

add('abort after exit does nothing', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(cp.spawn('true', { signal: controller.signal, stdio: 'ignore' }));
  await ctx.closed(child);
  ctx.fact('listeners', getEventListeners(controller.signal, 'abort').length);
  controller.abort();
  await ctx.turn();
  ctx.fact('killed', child.killed);
});

add('abort inside the exit handler does nothing', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(cp.spawn('true', { signal: controller.signal, stdio: 'ignore' }));
  child.on('exit', () => controller.abort());
  await ctx.closed(child);
});

add('abort before exit of a child that ended by itself', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(cp.spawn('true', { signal: controller.signal, stdio: 'ignore' }));
  const until = Date.now() + 150;
  while (Date.now() < until);
  controller.abort();
  await ctx.closed(child);
});

add('one signal for several children ends them all', async (cp, ctx) => {
  const controller = new AbortController();
  const children = Array.from({ length: 5 }, (_, i) => ctx.watch(sleeper(cp, { signal: controller.signal }), { name: `child ${i}` }));
  ctx.fact('listeners', getEventListeners(controller.signal, 'abort').length);
  controller.abort();
  await Promise.all(children.map((child) => ctx.closed(child)));
  ctx.fact('listeners after', getEventListeners(controller.signal, 'abort').length);
});

add('abort of a start that fails gives the failure', async (cp, ctx) => {
  const controller = new AbortController();
  const child = ctx.watch(cp.spawn('definitely-missing-program', { signal: controller.signal, stdio: 'ignore' }));
  await ctx.closed(child);
});

add('an aborted signal and a start that fails', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('definitely-missing-program', { signal: AbortSignal.abort(), stdio: 'ignore' }));
  await ctx.closed(child);
});

add('a timeout signal aborts by its own reason', async (cp, ctx) => {
  const child = ctx.watch(sleeper(cp, { signal: AbortSignal.timeout(30) }));
  await ctx.closed(child);
});

for (const [name, make] of Object.entries({
  'an EventTarget with aborted': () => Object.assign(new EventTarget(), { aborted: false }),
  'an object with the methods': () => ({ aborted: false, addEventListener() {}, removeEventListener() {} }),
  'an object with aborted only': () => ({ aborted: false }),
  'an aborted look-alike': () => Object.assign(new EventTarget(), { aborted: true, reason: 'look' }),
  'an emitter': () => new EventEmitter(),
  'an empty object': () => ({}),
  'a string': () => 'signal',
  'null': () => null,
  'undefined': () => undefined,
  'false': () => false,
  'zero': () => 0,
  'an empty string': () => '',
  'a controller': () => new AbortController(),
})) {
  add(`${name} as signal is treated as stock treats it`, async (cp, ctx) => {
    const child = ctx.attempt('spawn', () => cp.spawn('sleep', ['0.2'], { signal: make(), stdio: 'ignore' }));
    if (child) await ctx.closed(ctx.watch(child));
  });
}

add('an EventTarget look-alike that fires aborts the child', async (cp, ctx) => {
  const signal = Object.assign(new EventTarget(), { aborted: false, reason: 'its reason' });
  const child = ctx.attempt('spawn', () => sleeper(cp, { signal }));
  if (!child) return;
  ctx.watch(child);
  signal.aborted = true;
  signal.dispatchEvent(new Event('abort'));
  await ctx.sleep(50);
  ctx.fact('killed', child.killed);
  child.kill();
  await ctx.closed(child);
});

// --- timeout ---

add('timeout kills by SIGTERM', (cp, ctx) => ctx.closed(ctx.watch(sleeper(cp, { timeout: 30 }))));
add('timeout kills by killSignal', (cp, ctx) => ctx.closed(ctx.watch(sleeper(cp, { timeout: 30, killSignal: 'SIGKILL' }))));
add('timeout kills by a numeric killSignal', (cp, ctx) => ctx.closed(ctx.watch(sleeper(cp, { timeout: 30, killSignal: 2 }))));
add('timeout 0 means none', (cp, ctx) => ctx.closed(ctx.watch(cp.spawn('sleep', ['0.1'], { timeout: 0 }))));
add('a child that ends before its timeout is not touched', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('true', { timeout: 600 }));
  await ctx.closed(child);
  await ctx.sleep(650);
  ctx.fact('killed', child.killed);
});
add('timeout sets killed', async (cp, ctx) => {
  const child = ctx.watch(sleeper(cp, { timeout: 20 }));
  await ctx.closed(child);
  ctx.fact('killed', [child.killed, child.signalCode]);
});

module.exports = scenarios;
