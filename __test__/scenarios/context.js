'use strict';

// Asynchronous context, async_hooks and diagnostics_channel around children.

const { AsyncLocalStorage, AsyncResource, executionAsyncId } = require('node:async_hooks');
const diagnostics = require('node:diagnostics_channel');

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

add('AsyncLocalStorage of the caller holds in every handler', async (cp, ctx) => {
  const storage = new AsyncLocalStorage();
  const seen = {};
  const child = storage.run('the caller', () => cp.spawn('sh', ['-c', 'read x; echo out; echo err >&2']));
  const listen = (emitter, name, events) => {
    for (const event of events) emitter.on(event, () => { seen[`${name} ${event}`] = storage.getStore(); });
  };
  listen(child, 'child', ['spawn', 'exit', 'close']);
  listen(child.stdout, 'stdout', ['data', 'end', 'close']);
  listen(child.stderr, 'stderr', ['data', 'end', 'close']);
  listen(child.stdin, 'stdin', ['finish', 'close']);
  child.stdin.end('x\n');
  await ctx.closed(child);
  await ctx.turn();
  ctx.fact('seen', Object.fromEntries(Object.entries(seen).sort()));
});

add('AsyncLocalStorage holds in the handlers of a failed start', async (cp, ctx) => {
  const storage = new AsyncLocalStorage();
  const child = storage.run('the caller', () => cp.spawn('definitely-missing-program'));
  child.on('error', () => ctx.fact('error', storage.getStore()));
  child.on('close', () => ctx.fact('close', storage.getStore()));
  child.stdout.on('close', () => ctx.fact('stdout close', storage.getStore()));
  await ctx.closed(child);
});

add('AsyncLocalStorage holds in the callbacks of exec and execFile and behind their promises', async (cp, ctx) => {
  const storage = new AsyncLocalStorage();
  const { promisify } = require('node:util');
  await storage.run('exec', () => new Promise((resolve) => { cp.exec('echo x', () => { ctx.fact('exec', storage.getStore()); resolve(); }); }));
  await storage.run('execFile', () => new Promise((resolve) => { cp.execFile('echo', ['x'], () => { ctx.fact('execFile', storage.getStore()); resolve(); }); }));
  await storage.run('missing', () => new Promise((resolve) => { cp.execFile('definitely-missing', () => { ctx.fact('missing', storage.getStore()); resolve(); }); }));
  await storage.run('promise', async () => {
    await promisify(cp.exec)('echo x');
    ctx.fact('promise', storage.getStore());
  });
});

add('AsyncLocalStorage holds in abort and timeout', async (cp, ctx) => {
  const storage = new AsyncLocalStorage();
  const controller = new AbortController();
  const aborted = storage.run('abort caller', () => cp.spawn('sleep', ['60'], { signal: controller.signal, stdio: 'ignore' }));
  aborted.on('error', () => ctx.fact('abort error', storage.getStore()));
  aborted.on('exit', () => ctx.fact('abort exit', storage.getStore()));
  storage.run('who aborts', () => controller.abort());
  await ctx.closed(aborted);
  const late = storage.run('timeout caller', () => cp.spawn('sleep', ['60'], { timeout: 20, stdio: 'ignore' }));
  late.on('exit', () => ctx.fact('timeout exit', storage.getStore()));
  await ctx.closed(late);
});

add('two callers at once each keep their own context', async (cp, ctx) => {
  const storage = new AsyncLocalStorage();
  const start = (name) => storage.run(name, () => new Promise((resolve) => {
    const child = cp.spawn('sh', ['-c', 'echo x'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const seen = new Set();
    child.stdout.on('data', () => seen.add(storage.getStore()));
    child.on('exit', () => seen.add(storage.getStore()));
    child.on('close', () => { seen.add(storage.getStore()); resolve([...seen]); });
  }));
  ctx.fact('seen', await Promise.all(['a', 'b', 'c', 'd'].map(start)));
});

add('an AsyncResource of the user binds handlers to another context', async (cp, ctx) => {
  const storage = new AsyncLocalStorage();
  const resource = storage.run('bound', () => new AsyncResource('test'));
  const child = storage.run('caller', () => cp.spawn('true', { stdio: 'ignore' }));
  child.on('exit', resource.bind(() => ctx.fact('bound', storage.getStore())));
  await ctx.closed(child);
});

add('handlers run inside an asynchronous execution of their own', async (cp, ctx) => {
  const child = cp.spawn('true', { stdio: 'ignore' });
  const here = executionAsyncId();
  child.on('exit', () => ctx.fact('exit', [executionAsyncId() !== 0, executionAsyncId() !== here]));
  await ctx.closed(child);
});

add('next ticks and microtasks of one exit handler run before the next event', async (cp, ctx) => {
  const child = cp.spawn('true', { stdio: 'ignore' });
  const order = [];
  child.on('exit', () => {
    order.push('exit');
    process.nextTick(() => order.push('tick'));
    Promise.resolve().then(() => order.push('microtask'));
  });
  child.on('close', () => order.push('close'));
  await ctx.closed(child);
  await ctx.turn();
  ctx.fact('order', order);
});

add('diagnostics_channel child_process publishes each child', async (cp, ctx) => {
  const seen = [];
  const listener = (message, name) => {
    seen.push([name, Object.keys(message), message.process.constructor.name, message.process.pid, message.process.spawnfile]);
  };
  diagnostics.subscribe('child_process', listener);
  const child = cp.spawn('true', { stdio: 'ignore' });
  const missing = cp.spawn('definitely-missing-program', { stdio: 'ignore' });
  ctx.watch(missing, { name: 'missing' });
  await Promise.all([ctx.closed(child), ctx.closed(missing)]);
  cp.spawnSync('true');
  await new Promise((resolve) => { cp.exec('true', resolve); });
  diagnostics.unsubscribe('child_process', listener);
  await ctx.closed(cp.spawn('true', { stdio: 'ignore' }));
  ctx.fact('seen', seen);
});

add('the tracing channel of spawn publishes where the running Node has one', async (cp, ctx) => {
  if (!diagnostics.tracingChannel) return;
  const seen = [];
  const handlers = {};
  for (const event of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) {
    handlers[event] = (message) => {
      const { options, error } = message;
      seen.push([event, Object.keys(message), message.process.constructor.name, typeof message.process.pid, message.process.spawnfile,
        options && { file: options.file, args: options.args, stdio: options.stdio?.map((entry) => entry.type), keys: Object.keys(options) },
        error && { code: error.code, syscall: error.syscall, message: error.message }]);
    };
  }
  const channel = diagnostics.tracingChannel('child_process.spawn');
  channel.subscribe(handlers);
  try {
    const child = ctx.watch(cp.spawn('true', ['x'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    const missing = ctx.watch(cp.spawn('definitely-missing-program', { stdio: 'ignore' }), { name: 'missing' });
    ctx.attempt('throws', () => cp.spawn('/etc/passwd/program', { stdio: 'ignore' }));
    await Promise.all([ctx.closed(child), ctx.closed(missing)]);
  } finally {
    channel.unsubscribe(handlers);
  }
  ctx.fact('seen', seen);
});

add('a start from within the tracing of another leaves each its own streams', async (cp, ctx) => {
  if (!diagnostics.tracingChannel) return;
  const children = [];
  let isNested = false;
  const end = () => {
    if (isNested) return;
    isNested = true;
    children.push(cp.spawn('sh', ['-c', 'echo inner; echo inner >&2']));
  };
  const channel = diagnostics.tracingChannel('child_process.spawn');
  channel.subscribe({ end });
  try {
    children.push(cp.spawn('sh', ['-c', 'echo outer; echo outer >&2']));
  } finally {
    channel.unsubscribe({ end });
  }
  const texts = await Promise.all(children.map(async (child) => {
    const text = { out: '', err: '' };
    child.stdout.on('data', (bytes) => { text.out += bytes; });
    child.stderr.on('data', (bytes) => { text.err += bytes; });
    await new Promise((resolve) => child.on('close', resolve));
    return text;
  }));
  ctx.fact('texts', texts);
});

module.exports = scenarios;
