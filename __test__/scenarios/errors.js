'use strict';

// Starts that fail: which failures throw, which arrive as an event, and what exists then.

const fs = require('node:fs');
const path = require('node:path');
const { program } = require('../helpers/program.js');

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

function shape(child) {
  const stream = (it) => it && { destroyed: it.destroyed, readable: it.readable, writable: it.writable, readyState: it.readyState, handle: it._handle === null };
  return {
    pid: child.pid, hasPid: 'pid' in child, spawnfile: child.spawnfile, spawnargs: child.spawnargs,
    exitCode: child.exitCode, signalCode: child.signalCode, killed: child.killed, connected: child.connected,
    stdin: stream(child.stdin), stdout: stream(child.stdout), stderr: stream(child.stderr), stdio: child.stdio?.map(stream),
  };
}

/** A start that fails, recorded from all sides; `make` gives the arguments of spawn. */
function fails(title, make) {
  add(title, async (cp, ctx) => {
    const child = ctx.attempt('spawn', () => cp.spawn(...make(ctx)));
    if (!child) return;
    ctx.fact('at once', shape(child));
    child.on('error', () => ctx.fact('on error', shape(child)));
    await ctx.closed(ctx.watch(child));
    ctx.fact('on close', shape(child));
    ctx.fact('kill afterwards', [child.kill(), child.killed]);
  });
}

const file = (ctx, name, mode, body = '#!/bin/sh\n') => program(ctx.tmp, name, body, mode);

fails('a missing file', () => ['definitely-missing-program', ['an', 'argument']]);
fails('a missing file with streams ignored', () => ['definitely-missing-program', { stdio: 'ignore' }]);
fails('a missing file with streams inherited', () => ['definitely-missing-program', { stdio: 'inherit' }]);
fails('a missing file with pipes beyond descriptor 2', () => ['definitely-missing-program', { stdio: ['pipe', 'ignore', 'pipe', 'pipe', 'overlapped'] }]);
fails('a missing absolute path', () => ['/nonexistent/program']);
fails('a missing working directory', () => ['echo', ['x'], { cwd: '/nonexistent/folder' }]);
fails('a missing file in a missing working directory', () => ['definitely-missing-program', { cwd: '/nonexistent/folder' }]);
fails('a missing file with argv0', () => ['definitely-missing-program', ['x'], { argv0: 'other' }]);
fails('a missing shell', () => ['echo x', { shell: '/nonexistent/shell' }]);
fails('a missing file, detached', () => ['definitely-missing-program', { detached: true }]);
fails('a file that may not be executed', (ctx) => [file(ctx, 'plain', 0o644)]);
fails('a directory as the file', (ctx) => [ctx.tmp]);
fails('a file as the working directory', () => ['echo', { cwd: '/etc/passwd' }]);
fails('a path through a file', () => ['/etc/passwd/program']);
fails('a loop of symbolic links', (ctx) => {
  fs.symlinkSync('loop', path.join(ctx.tmp, 'loop'));
  return [path.join(ctx.tmp, 'loop')];
});
fails('a name that is too long', () => ['x'.repeat(300)]);
fails('a path that is too long', () => [`/${'x/'.repeat(3000)}y`]);
fails('a working directory that is too long', () => ['echo', { cwd: `/${'x/'.repeat(3000)}y` }]);
fails('an argument that is too long', () => ['echo', ['x'.repeat(256 * 1024)]]);
fails('arguments that are too long together', () => ['echo', Array(60).fill('x'.repeat(120_000))]);
fails('an environment that is too long', () => ['echo', { env: { A: 'x'.repeat(256 * 1024), PATH: '/bin' } }]);
fails('a descriptor that is not open', () => ['echo', { stdio: ['ignore', 987_654, 'ignore'] }]);
fails('a script whose interpreter is missing', (ctx) => [file(ctx, 'script', 0o755, '#!/nonexistent/interpreter\n')]);
fails('a script whose interpreter may not be executed', (ctx) => [file(ctx, 'script', 0o755, '#!/etc/passwd\n')]);
fails('a file that is being written', (ctx) => {
  const at = path.join(ctx.tmp, 'busy');
  fs.copyFileSync('/bin/true', at);
  fs.chmodSync(at, 0o755);
  const fd = fs.openSync(at, 'r+');
  setTimeout(() => fs.closeSync(fd), 200);
  return [at];
});

add('an error that nobody listens for is thrown from the tick', async (cp, ctx) => {
  const child = cp.spawn('definitely-missing-program');
  const own = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  await new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      ctx.note('process', 'uncaughtException', error);
      resolve();
    });
  });
  for (const listener of own) process.on('uncaughtException', listener);
  ctx.fact('left', [child.exitCode, child.signalCode]);
});

add('writing to the stdin of a child that failed to start gives a stream error at most', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('definitely-missing-program'));
  ctx.fact('write', child.stdin.write('x', (error) => ctx.note('write', 'callback', error)));
  await ctx.closed(child);
  await ctx.turn();
  ctx.fact('stdin', [child.stdin.destroyed, child.stdin.writable]);
});

// Before the error event stock signals its whole process group (it calls kill(0, …)): faults.test.js has our answer.
add('kill on a child that failed to start gives false after the error', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('definitely-missing-program', { stdio: 'ignore' }));
  await ctx.closed(child);
  ctx.fact('after', [child.kill(), child.killed]);
});

add('ref and unref on a child that failed to start are harmless', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('definitely-missing-program'));
  ctx.fact('results', [child.ref(), child.unref()]);
  await ctx.closed(child);
  ctx.fact('after', [child.ref(), child.unref()]);
});

add('a listener that throws on error does not stop close', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('definitely-missing-program', { stdio: 'ignore' }));
  const own = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', (error) => ctx.note('process', 'uncaughtException', error));
  child.once('error', () => { throw new Error('from the listener'); });
  await Promise.race([ctx.closed(child), ctx.sleep(150)]);
  for (const listener of own) process.on('uncaughtException', listener);
});

add('exec, execFile and the sync forms report the same failures', async (cp, ctx) => {
  const call = (name, ...args) => new Promise((resolve) => {
    ctx.attempt(name, () => cp[name](...args, (...results) => { ctx.note(name, 'callback', ...results); resolve(); })) ?? resolve();
  });
  await call('execFile', 'definitely-missing-program', ['x']);
  await call('execFile', file(ctx, 'plain', 0o644));
  await call('execFile', '/etc/passwd/program');
  await call('execFile', 'echo', ['x'.repeat(256 * 1024)]);
  await call('exec', 'definitely-missing-program');
  await call('exec', 'echo x', { cwd: '/nonexistent' });
  await call('exec', 'echo x', { shell: '/nonexistent' });
  for (const [index, args] of Object.entries([
    ['definitely-missing-program', ['x']], [file(ctx, 'plain', 0o644)], ['/etc/passwd/program'], ['echo', ['x'.repeat(256 * 1024)]],
    ['echo', { cwd: '/nonexistent' }], ['echo', { cwd: '/etc/passwd' }], [ctx.tmp], ['echo', { stdio: ['ignore', 987_654, 'ignore'] }],
  ])) {
    ctx.fact(`spawnSync ${index}`, ctx.attempt('spawnSync', () => cp.spawnSync(...args)));
    ctx.attempt('execFileSync', () => cp.execFileSync(...args));
  }
  ctx.attempt('execSync', () => cp.execSync('echo x', { cwd: '/nonexistent' }));
});

module.exports = scenarios;
