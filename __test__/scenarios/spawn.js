'use strict';

// spawn(): the life of one child, its properties, arguments and events.

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { program } = require('../helpers/program.js');

const ignored = { stdio: 'ignore' };

function state(child) {
  const { pid, exitCode, signalCode, killed, connected, spawnfile, spawnargs } = child;
  return { pid: typeof pid, exitCode, signalCode, killed, connected, spawnfile, spawnargs };
}

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

add('a child with no streams gives spawn in the same tick, then exit, then close', (cp, ctx) => {
  return ctx.closed(ctx.watch(cp.spawn('/bin/true', ignored)));
}, { order: 'total' });

add('a child with pipes ends its streams before close', (cp, ctx) => {
  return ctx.closed(ctx.watch(cp.spawn('sh', ['-c', 'echo out; echo err >&2'])));
});

for (const code of [0, 1, 7, 126, 127, 128, 255]) {
  add(`exit code ${code} arrives in exit and close`, (cp, ctx) => {
    return ctx.closed(ctx.watch(cp.spawn('sh', ['-c', `exit ${code}`], ignored)));
  });
}

for (const signal of ['TERM', 'KILL', 'INT', 'HUP', 'USR1', 'USR2', 'PIPE', 'ALRM', 'SEGV', 'ABRT', 'QUIT']) {
  add(`death by SIG${signal} arrives in exit and close`, (cp, ctx) => {
    return ctx.closed(ctx.watch(cp.spawn('sh', ['-c', `ulimit -c 0; kill -${signal} $$`], ignored)));
  });
}

add('death by a real-time signal arrives as stock tells it', (cp, ctx) => {
  return ctx.closed(ctx.watch(cp.spawn('sh', ['-c', 'kill -40 $$'], ignored)));
});

add('the properties of a child are those of stock at each stage', async (cp, ctx) => {
  const child = cp.spawn('sh', ['-c', 'exit 3'], ignored);
  ctx.fact('at once', state(child));
  ctx.fact('stdio', [child.stdin, child.stdout, child.stderr, child.stdio]);
  child.on('spawn', () => ctx.fact('on spawn', state(child)));
  child.on('exit', () => ctx.fact('on exit', state(child)));
  await ctx.closed(child);
  ctx.fact('on close', state(child));
  ctx.fact('channel', [child.channel, 'channel' in child, typeof child.send, typeof child.disconnect]);
});

add('the class of a child and its place among the emitters are those of stock', async (cp, ctx) => {
  const child = cp.spawn('/bin/true', ignored);
  ctx.fact('class', [child instanceof cp.ChildProcess, child instanceof require('node:events'), child.constructor.name]);
  ctx.fact('constructor parent', Object.getPrototypeOf(cp.ChildProcess) === require('node:events'));
  // What the package has beyond Node is listed by name: anything else that is more than Node's is a mistake.
  const methods = Object.getOwnPropertyNames(cp.ChildProcess.prototype).filter((key) => key !== 'resourceUsage').sort();
  ctx.fact('methods', methods);
  ctx.fact('method lengths', methods.map((key) => [key, cp.ChildProcess.prototype[key].length]));
  ctx.fact('tag', Object.prototype.toString.call(child));
  ctx.fact('public keys', Object.keys(child).filter((key) => !key.startsWith('_')));
  ctx.fact('handle', ['hasRef', 'ref', 'unref', 'close', 'kill'].map((key) => typeof child._handle[key]));
  ctx.fact('handle pid is the pid', child._handle.pid === child.pid);
  await ctx.closed(child);
  ctx.fact('handle after exit', child._handle);
});

add('streams are net.Socket instances, readable and writable as in stock', async (cp, ctx) => {
  const child = cp.spawn('cat', { stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'ignore', 'overlapped'] });
  ctx.fact('streams', child.stdio.map((stream) => stream && {
    socket: stream instanceof net.Socket,
    readable: stream.readable,
    writable: stream.writable,
    allowHalfOpen: stream.allowHalfOpen,
    destroyed: stream.destroyed,
    connecting: stream.connecting,
    pending: stream.pending,
    readyState: stream.readyState,
    flowing: stream.readableFlowing,
    encoding: stream.readableEncoding,
    objectMode: [stream.readableObjectMode, stream.writableObjectMode],
    marks: [stream.readableHighWaterMark, stream.writableHighWaterMark],
    hasRef: stream._handle.hasRef(),
    address: stream.address(),
    remote: [stream.remoteAddress, stream.remotePort],
    bytes: [stream.bytesRead, stream.bytesWritten],
  }));
  ctx.fact('same objects', [child.stdin === child.stdio[0], child.stdout === child.stdio[1], child.stderr === child.stdio[2]]);
  ctx.watch(child);
  child.stdio[3].end();
  child.stdio[5].end();
  child.stdin.end('x');
  await ctx.closed(child);
  ctx.fact('after', child.stdio.map((stream) => stream && {
    destroyed: stream.destroyed,
    ended: stream.readableEnded,
    read: stream.bytesRead,
    written: stream.bytesWritten,
    closed: stream.closed,
    errored: stream.errored,
  }));
});

const argumentForms = {
  'nothing but the command': (cp) => cp.spawn('true'),
  'null arguments': (cp) => cp.spawn('echo', null),
  'undefined arguments and options': (cp) => cp.spawn('echo', undefined, undefined),
  'null arguments and options': (cp) => cp.spawn('echo', null, { argv0: 'named' }),
  'options in second place': (cp) => cp.spawn('pwd', { cwd: '/' }),
  'an empty argument': (cp) => cp.spawn('printf', ['[%s]', '']),
  'numbers and booleans as arguments': (cp) => cp.spawn('printf', ['[%s]', 1, true, null, undefined, 2.5]),
  'an object with toString as an argument': (cp) => cp.spawn('printf', ['[%s]', { toString: () => 'made' }]),
  'a sparse argument array': (cp) => cp.spawn('printf', ['[%s]', , 'x']), // eslint-disable-line no-sparse-arrays
  'text beyond ASCII': (cp) => cp.spawn('printf', ['[%s]', 'žluťoučký', '漢字', '😀', 'ÿ']),
  'a lone surrogate': (cp) => cp.spawn('printf', ['[%s]', 'a\ud800b', '\udc00']),
  'control characters and new lines': (cp) => cp.spawn('printf', ['[%s]', 'a\nb\tc\x01\x7f']),
  'three thousand arguments': (cp) => cp.spawn('printf', ['%s,', ...Array.from({ length: 3000 }, (_, i) => `n${i}`)]),
  'a single long argument': (cp) => cp.spawn('printf', ['%s', 'x'.repeat(100_000)]),
  'a String object as the command is refused': (cp) => cp.spawn(new String('echo')), // eslint-disable-line no-new-wrappers
};
for (const [name, start] of Object.entries(argumentForms)) {
  add(`arguments: ${name}`, async (cp, ctx) => {
    const child = ctx.attempt('spawn', () => start(cp));
    if (!child) return;
    ctx.fact('spawnargs', child.spawnargs);
    await ctx.closed(ctx.watch(child));
  });
}

add('argv0 names the process and stands first in spawnargs', async (cp, ctx) => {
  const child = cp.spawn('sh', ['-c', 'tr "\\0" " " < /proc/$$/cmdline; echo $0'], { argv0: 'my name' });
  ctx.fact('spawnargs', child.spawnargs);
  ctx.fact('spawnfile', child.spawnfile);
  await ctx.closed(ctx.watch(child));
});

add('an empty argv0 is passed on', async (cp, ctx) => {
  const child = cp.spawn('cat', ['/proc/self/cmdline'], { argv0: '' });
  ctx.fact('spawnargs', child.spawnargs);
  await ctx.closed(ctx.watch(child));
});

add('arrays and options of the caller stay untouched', async (cp, ctx) => {
  const args = Object.freeze(['-c', 'exit 0']);
  const stdio = Object.freeze(['ignore', 'pipe', null]);
  const env = Object.freeze({ PATH: process.env.PATH });
  const options = Object.freeze({ stdio, env, cwd: '/', timeout: undefined });
  await ctx.closed(ctx.watch(cp.spawn('sh', args, options)));
  await ctx.closed(ctx.watch(cp.spawn('sh', args, options), { name: 'again' }));
  ctx.fact('left', { args, stdio, options });
});

add('changes to the argument array after spawn do not reach the child or spawnargs', async (cp, ctx) => {
  const args = ['-c', 'echo "$@"', 'zero', 'one'];
  const child = cp.spawn('sh', args);
  args.push('late');
  args[3] = 'changed';
  ctx.fact('spawnargs', child.spawnargs);
  await ctx.closed(ctx.watch(child));
});

const directories = {
  'a string': () => '/usr',
  'a relative string': () => '..',
  'a file URL': () => pathToFileURL('/usr/'),
  'a file URL with escapes': (tmp) => {
    fs.mkdirSync(path.join(tmp, 'a b#ž'));
    return pathToFileURL(path.join(tmp, 'a b#ž'));
  },
  'an empty string': () => '',
  'null': () => null,
  'a path beyond ASCII': (tmp) => {
    fs.mkdirSync(path.join(tmp, '漢字'));
    return path.join(tmp, '漢字');
  },
  'a symbolic link': (tmp) => {
    fs.symlinkSync('/usr', path.join(tmp, 'link'));
    return path.join(tmp, 'link');
  },
};
for (const [name, make] of Object.entries(directories)) {
  add(`the working directory may be ${name}`, (cp, ctx) => {
    return ctx.closed(ctx.watch(cp.spawn('/bin/sh', ['-c', '/bin/pwd -P'], { cwd: make(ctx.tmp) })));
  });
}

add('shell: true runs the command line by /bin/sh', async (cp, ctx) => {
  const child = cp.spawn('echo one; echo "$0"; exit 4', { shell: true });
  ctx.fact('spawned', [child.spawnfile, child.spawnargs]);
  await ctx.closed(ctx.watch(child));
});

add('shell: a path runs the command line by that shell', async (cp, ctx) => {
  const shell = program(ctx.tmp, 'my-shell', '#!/bin/sh\nfor a in "$@"; do echo "[$a]"; done\n');
  const child = cp.spawn('some $command', { shell });
  ctx.fact('spawned', [child.spawnfile, child.spawnargs]);
  await ctx.closed(ctx.watch(child));
});

add('shell with argv0 keeps the name', async (cp, ctx) => {
  const child = cp.spawn('echo $0', { shell: true, argv0: 'named' });
  ctx.fact('spawned', [child.spawnfile, child.spawnargs]);
  await ctx.closed(ctx.watch(child));
});

add('a missing command within a shell is the exit code of the shell', (cp, ctx) => {
  return ctx.closed(ctx.watch(cp.spawn('definitely-not-a-command 2>/dev/null', { shell: true })));
});

add('a detached child leads a session and a process group of its own', async (cp, ctx) => {
  const child = cp.spawn('cut', ['-d', ' ', '-f', '1,5,6', '/proc/self/stat'], { detached: true });
  let out = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  await ctx.closed(ctx.watch(child, { streams: 'listen' }));
  const [pid, group, session] = out.trim().split(' ').map(Number);
  ctx.fact('own', [pid === child.pid, group === child.pid, session === child.pid]);
});

add('a child that is not detached stays in the session and group of its parent', async (cp, ctx) => {
  const own = fs.readFileSync('/proc/self/stat', 'latin1').split(' ').slice(4, 6).map(Number);
  const child = cp.spawn('cut', ['-d', ' ', '-f', '5,6', '/proc/self/stat']);
  let out = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  await ctx.closed(ctx.watch(child, { streams: 'listen' }));
  ctx.fact('same', out.trim().split(' ').map(Number).every((id, i) => id === own[i]));
});

add('two children at once each end with their own code', async (cp, ctx) => {
  const first = ctx.watch(cp.spawn('sh', ['-c', 'exit 1']), { name: 'first' });
  const second = ctx.watch(cp.spawn('sh', ['-c', 'exit 2']), { name: 'second' });
  await Promise.all([ctx.closed(first), ctx.closed(second)]);
});

add('a child started inside the exit handler of another lives its own life', async (cp, ctx) => {
  const first = ctx.watch(cp.spawn('sh', ['-c', 'exit 1'], ignored), { name: 'first' });
  await new Promise((resolve) => {
    first.on('exit', () => resolve(ctx.closed(ctx.watch(cp.spawn('sh', ['-c', 'exit 2'], ignored), { name: 'second' }))));
  });
});

add('a program built on the ChildProcess class itself runs', async (cp, ctx) => {
  const child = new cp.ChildProcess();
  ctx.fact('before', {
    pid: child.pid, exitCode: child.exitCode, signalCode: child.signalCode, killed: child.killed,
    connected: child.connected, spawnfile: child.spawnfile, spawnargs: child.spawnargs, stdin: child.stdin, stdio: child.stdio,
  });
  ctx.fact('result', child.spawn({ file: 'sh', args: ['sh', '-c', 'echo $A; pwd'], envPairs: ['A=b'], cwd: '/' }));
  ctx.fact('spawned', [child.spawnfile, child.spawnargs]);
  await ctx.closed(ctx.watch(child));
});

add('the ChildProcess class reports a missing file by result and event', async (cp, ctx) => {
  const child = new cp.ChildProcess();
  ctx.fact('result', child.spawn({ file: 'definitely-missing', args: ['definitely-missing'], stdio: 'ignore' }));
  await ctx.closed(ctx.watch(child));
});

const badClassOptions = {
  'no options': () => undefined,
  'a string': () => 'x',
  'no file': () => ({}),
  'a bad file': () => ({ file: 5 }),
  'bad args': () => ({ file: 'x', args: 'x' }),
  'bad envPairs with ipc': () => ({ file: 'x', envPairs: 'x', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
  'bad stdio': () => ({ file: 'x', stdio: 'x' }),
  'bad serialization': () => ({ file: 'x', serialization: 'x' }),
};
for (const [name, make] of Object.entries(badClassOptions)) {
  add(`the ChildProcess class refuses ${name} as stock does`, (cp, ctx) => {
    const child = new cp.ChildProcess();
    child.on('error', () => {});
    ctx.attempt('spawn', () => child.spawn(make()));
  });
}

add('util.inspect shows a child, its handle included', async (cp, ctx) => {
  const { inspect } = require('node:util');
  const child = cp.spawn('sh', ['-c', 'sleep 0.05'], { stdio: 'ignore' });
  const known = (text) => text.replaceAll(String(child.pid), '<pid>');
  ctx.fact('running', known(inspect(child)));
  await ctx.closed(child);
  ctx.fact('ended', known(inspect(child)));
  ctx.fact('never started', inspect(new cp.ChildProcess()));
});

module.exports = scenarios;
