'use strict';

// The forms of the stdio option, within one process. What needs a parent with special descriptors is in stdio.test.js.

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

// Says of descriptors 0 to 7 what they are and how they were opened (the flags of the open file, in octal), into $r. No fork: nothing
// else is opened. The outputs alone are pipes where stock has sockets, and so open in one direction. 8 stands for 0, which `read` uses.
const KINDS = 'r=; exec 8<&0; for fd in 0 1 2 3 4 5 6 7; do f=/proc/$$/fd/$fd; k=none; [ -e $f ] && k=other; [ -f $f ] && k=file; [ -p $f ] && k=pipe; '
  + '[ -S $f ] && k=socket; [ $f -ef /dev/null ] && k=null; [ -t $fd ] && k=terminal; flags=; '
  + '[ -e $f ] && while read name value; do [ "$name" = flags: ] && flags=$value; done < /proc/$$/fdinfo/$(( fd ? fd : 8 )); '
  + 'case $fd:$k:$flags in [12]:socket:02 | [12]:pipe:01) k=output flags=;; esac; r="$r $fd:$k:$flags"; done; ';

// Made anew for each start: stock fills a short list up in place.
const lists = [
  undefined, null, 'pipe', 'ignore', 'overlapped', [], ['pipe'], ['ignore'], [undefined, undefined, undefined], [null, null, null, null],
  ['pipe', 'pipe', 'pipe'], ['ignore', 'ignore', 'ignore'], ['pipe', 'ignore', 'pipe'], ['ignore', 'pipe', 'ignore'],
  ['overlapped', 'overlapped', 'overlapped'], ['ignore', 'ignore', 'ignore', 'pipe'], ['ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
  ['ignore', 'pipe', 'pipe', null, undefined, 'overlapped', 'ignore', 'pipe'], [, 'pipe', , 'pipe'], // eslint-disable-line no-sparse-arrays
  ['ignore', 'ignore', 'ignore', null, undefined, 'ignore'],
  // No descriptor can have such a number.
  ...[-2, -3, -4, -5, -6].map((fd) => ['ignore', { fd }, 'ignore', { fd }]),
];
const copy = (stdio) => (Array.isArray(stdio) ? stdio.slice() : stdio);

for (const stdio of lists) {
  const shown = JSON.stringify(stdio) ?? 'undefined';
  add(`stdio ${shown} gives the streams and descriptors of stock`, async (cp, ctx) => {
    const out = path.join(ctx.tmp, 'out');
    const child = cp.spawn('/bin/sh', ['-c', `${KINDS} echo "$r" > "$0"`, out], { stdio: copy(stdio) });
    ctx.fact('streams', [child.stdin, child.stdout, child.stderr, ...child.stdio]);
    ctx.watch(child);
    for (const [fd, stream] of child.stdio.entries()) if (fd === 0 || fd > 2) stream?.end();
    await ctx.closed(child);
    ctx.fact('kinds', fs.readFileSync(out, 'utf8'));
  });
}

add('the sync form gives the same descriptors', (cp, ctx) => {
  // Stock aborts the process on 'overlapped' here.
  for (const stdio of lists.filter((list) => !list?.includes('overlapped'))) {
    const out = path.join(ctx.tmp, 'out');
    const shown = JSON.stringify(stdio) ?? 'undefined';
    ctx.fact(`${shown} result`, ctx.attempt('spawnSync', () => cp.spawnSync('/bin/sh', ['-c', `${KINDS} echo "$r" > "$0"`, out], { stdio: copy(stdio) })));
    ctx.fact(`${shown} kinds`, fs.readFileSync(out, 'utf8'));
  }
});

for (const [name, start] of Object.entries({
  spawn: (cp, args) => cp.spawn('/bin/sh', args),
  execFile: (cp, args) => cp.execFile('/bin/sh', args),
  exec: (cp, [, script, out]) => cp.exec(script.replace('$0', out)),
  'a silent fork': (cp, args) => cp.fork(args[0], args.slice(1), { execPath: '/bin/sh', silent: true, execArgv: [] }),
})) {
  add(`${name} gives the descriptors of stock`, async (cp, ctx) => {
    const out = path.join(ctx.tmp, 'out');
    await ctx.closed(ctx.watch(start(cp, ['-c', `${KINDS} echo "$r" > "$0"`, out])));
    ctx.fact('kinds', fs.readFileSync(out, 'utf8'));
  });
}

add('descriptors that are handed on do not block in the child, whatever they do in the parent', async (cp, ctx) => {
  const out = path.join(ctx.tmp, 'out');
  const source = ctx.watch(cp.spawn('cat'), { name: 'source', streams: 'none' });
  const sink = ctx.watch(cp.spawn('cat'), { name: 'sink' });
  await ctx.closed(ctx.watch(cp.spawn('/bin/sh', ['-c', `${KINDS} echo "$r" > "$0"`, out], { stdio: [source.stdout, sink.stdin, sink.stdin] }), { name: 'between' }));
  ctx.fact('kinds', fs.readFileSync(out, 'utf8').replace(' 0:pipe:00 ', ' 0:socket:02 '));
  source.stdout.destroy();
  source.stdin.end();
  sink.stdin.end();
  await Promise.all([ctx.closed(source), ctx.closed(sink)]);
});

// FIFOs as input are read by programs that otherwise have work of their own.
const asks = 'if [ -p /dev/stdin ]; then cat; else echo own work; fi';
add('a program that asks whether its input is a pipe gets the answer of stock', async (cp, ctx) => {
  await ctx.closed(ctx.watch(cp.execFile('sh', ['-c', asks]), { name: 'execFile' }));
  await ctx.closed(ctx.watch(cp.exec(asks), { name: 'exec' }));
  await ctx.closed(ctx.watch(cp.spawn('sh', ['-c', asks]), { name: 'spawn' }));
  ctx.fact('sync', [cp.spawnSync('sh', ['-c', asks]), cp.execSync(asks), cp.execFileSync('sh', ['-c', asks])]);
});

const wrong = [
  'nonsense', 'ipc', 'inherit ', 5, true, {}, () => {}, ['nonsense'], [-1], [{}], [true], ['pipe', {}], [{ fd: 'x' }], [{ fd: -1 }],
  [{ type: 'pipe' }], ['ipc', 'ipc'], ['pipe', 'ipc', 'ipc'], [[]], [''], [false], [{ handle: {} }], [{ _handle: {} }],
];
for (const stdio of wrong) {
  add(`stdio ${typeof stdio === 'function' ? 'function' : JSON.stringify(stdio)} is treated as stock treats it`, async (cp, ctx) => {
    for (const fn of ['spawn', 'spawnSync', 'execFile', 'execFileSync']) {
      const result = ctx.attempt(fn, () => cp[fn]('true', [], { stdio }));
      if (result?.kill) await ctx.closed(ctx.watch(result, { name: fn }));
      else ctx.fact(fn, result);
    }
  });
}
add('ipc is refused in the sync forms', (cp, ctx) => {
  for (const stdio of ['ipc', ['ipc'], ['pipe', 'pipe', 'pipe', 'ipc']]) {
    ctx.attempt('spawnSync', () => cp.spawnSync('true', [], { stdio }));
    ctx.attempt('execSync', () => cp.execSync('true', { stdio }));
  }
});

function open(ctx, name, flags, text) {
  const file = path.join(ctx.tmp, name);
  if (text !== undefined) fs.writeFileSync(file, text);
  return fs.openSync(file, flags);
}

add('descriptors of files are given to the child and stay open in the parent', async (cp, ctx) => {
  const input = open(ctx, 'in', 'r', 'from the file\n');
  const out = open(ctx, 'out', 'w');
  const child = ctx.watch(cp.spawn('sh', ['-c', 'cat; echo err >&2'], { stdio: [input, out, out] }));
  await ctx.closed(child);
  fs.writeSync(out, 'still open\n');
  fs.closeSync(input);
  fs.closeSync(out);
  ctx.fact('file', fs.readFileSync(path.join(ctx.tmp, 'out'), 'utf8'));
});

add('one descriptor may be given several times', async (cp, ctx) => {
  const out = open(ctx, 'out', 'w');
  await ctx.closed(ctx.watch(cp.spawn('sh', ['-c', 'echo 1; echo 2 >&2; echo 3 >&3; echo 5 >&5'], { stdio: ['ignore', out, out, out, 'ignore', out] })));
  fs.closeSync(out);
  ctx.fact('file', fs.readFileSync(path.join(ctx.tmp, 'out'), 'utf8'));
});

add('a descriptor may be closed right after spawn returned', async (cp, ctx) => {
  const out = open(ctx, 'out', 'w');
  const child = ctx.watch(cp.spawn('sh', ['-c', 'sleep 0.05; echo late'], { stdio: ['ignore', out, 'ignore'] }));
  fs.closeSync(out);
  await ctx.closed(child);
  ctx.fact('file', fs.readFileSync(path.join(ctx.tmp, 'out'), 'utf8'));
});

add('objects with an fd are taken by that descriptor', async (cp, ctx) => {
  const out = open(ctx, 'out', 'w');
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo by object'], { stdio: ['ignore', { fd: out }, 'ignore'] }));
  await ctx.closed(child);
  fs.closeSync(out);
  ctx.fact('file', fs.readFileSync(path.join(ctx.tmp, 'out'), 'utf8'));
});

add('file streams are taken by their descriptor, and refused before they are open', async (cp, ctx) => {
  const stream = fs.createWriteStream(path.join(ctx.tmp, 'out'));
  ctx.attempt('early', () => cp.spawn('true', { stdio: ['ignore', stream, 'ignore'] }));
  await ctx.event(stream, 'open');
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo by stream'], { stdio: ['ignore', stream, 'ignore'] }));
  ctx.fact('stdio', child.stdio);
  await ctx.closed(child);
  await new Promise((resolve) => { stream.end('from the parent\n', resolve); });
  ctx.fact('file', fs.readFileSync(path.join(ctx.tmp, 'out'), 'utf8'));
});

async function tcp(body) {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  const accepted = new Promise((resolve) => { server.once('connection', resolve); });
  const client = net.connect(server.address().port, '127.0.0.1');
  const socket = await accepted;
  try {
    return await body({ server, client, socket });
  } finally {
    client.destroy();
    socket.destroy();
    server.close();
  }
}

const text = (stream) => new Promise((resolve) => {
  let all = '';
  stream.setEncoding('utf8').on('data', (chunk) => { all += chunk; }).on('close', () => resolve(all));
});

add('a TCP socket may be the output of a child', async (cp, ctx) => {
  await tcp(async ({ client, socket }) => {
    const child = ctx.watch(cp.spawn('sh', ['-c', 'echo to the socket'], { stdio: ['ignore', socket, 'ignore'] }));
    const all = text(client);
    await ctx.closed(child);
    socket.end('and from the parent\n');
    ctx.fact('received', await all);
  });
});

add('a TCP socket may be input and output of a child', async (cp, ctx) => {
  await tcp(async ({ client, socket }) => {
    const child = ctx.watch(cp.spawn('cat', { stdio: [socket, socket, 'ignore'] }));
    const all = text(client);
    client.end('there and back\n');
    await ctx.closed(child);
    socket.destroy();
    ctx.fact('received', await all);
  });
});

add('the raw handle of a socket may be given', async (cp, ctx) => {
  await tcp(async ({ client, socket }) => {
    const child = ctx.attempt('spawn', () => cp.spawn('sh', ['-c', 'echo by handle'], { stdio: ['ignore', socket._handle, 'ignore'] }));
    if (!child) return;
    ctx.watch(child);
    const all = text(client);
    await ctx.closed(child);
    socket.destroy();
    ctx.fact('received', await all);
  });
});

add('a socket that is destroyed is refused', async (cp, ctx) => {
  await tcp(async ({ socket }) => {
    socket.destroy();
    await ctx.turn();
    ctx.attempt('spawn', () => cp.spawn('true', { stdio: ['ignore', socket, 'ignore'] }));
  });
});

add('the stdout of one child may be the stdin of another', async (cp, ctx) => {
  const first = ctx.watch(cp.spawn('sh', ['-c', 'echo one; echo two; echo three']), { name: 'first', streams: 'none' });
  const second = ctx.watch(cp.spawn('sort', { stdio: [first.stdout, 'pipe', 'pipe'] }), { name: 'second' });
  ctx.fact('second.stdio', second.stdio);
  ctx.fact('first.stdout', [first.stdout.readableFlowing, first.stdout.isPaused(), first.stdout.destroyed]);
  await ctx.closed(second);
  first.stdout.destroy();
  await ctx.closed(first);
});

add('the stdin of one child may be the stdout of another', async (cp, ctx) => {
  const last = ctx.watch(cp.spawn('sort'), { name: 'last' });
  const first = ctx.watch(cp.spawn('sh', ['-c', 'echo b; echo a'], { stdio: ['ignore', last.stdin, 'inherit'] }), { name: 'first' });
  await ctx.closed(first);
  last.stdin.end();
  await ctx.closed(last);
});

add('one pipe may go to two children', async (cp, ctx) => {
  const last = ctx.watch(cp.spawn('sort'), { name: 'last' });
  const writers = ['b', 'a'].map((word, i) => ctx.watch(cp.spawn('echo', [word], { stdio: ['ignore', last.stdin, 'ignore'] }), { name: `writer ${i}` }));
  await Promise.all(writers.map((child) => ctx.closed(child)));
  last.stdin.end();
  await ctx.closed(last);
});

add('a stdout that was handed on can be read afterwards', async (cp, ctx) => {
  const first = ctx.watch(cp.spawn('sh', ['-c', 'echo for the second; read line; echo for the parent']), { name: 'first', streams: 'none' });
  const second = ctx.watch(cp.spawn('sh', ['-c', 'read line; echo "second got: $line"'], { stdio: [first.stdout, 'pipe', 'ignore'] }), { name: 'second' });
  await ctx.closed(second);
  ctx.watchStream(first.stdout, 'first.stdout').resume();
  first.stdin.end('go\n');
  await ctx.closed(first);
});

add('a stdout that was handed on is not drained at exit', async (cp, ctx) => {
  const first = ctx.watch(cp.spawn('sh', ['-c', 'sleep 0.1; echo kept']), { name: 'first', streams: 'none' });
  const second = ctx.watch(cp.spawn('sh', ['-c', 'exit 0'], { stdio: [first.stdout, 'ignore', 'ignore'] }), { name: 'second' });
  await ctx.closed(second);
  await ctx.exited(first);
  await ctx.sleep(50);
  ctx.fact('not read', [first.stdout.bytesRead, first.stdout.readableFlowing]);
  ctx.watchStream(first.stdout, 'first.stdout').resume();
  await ctx.closed(first);
});

add('a start that fails leaves the given descriptors open', async (cp, ctx) => {
  const out = open(ctx, 'out', 'w');
  await ctx.closed(ctx.watch(cp.spawn('definitely-missing-program', { stdio: ['ignore', out, out] })));
  fs.writeSync(out, 'still open');
  fs.closeSync(out);
  ctx.fact('file', fs.readFileSync(path.join(ctx.tmp, 'out'), 'utf8'));
});

add('the sync form takes descriptors, too', (cp, ctx) => {
  const input = open(ctx, 'in', 'r', 'from the file\n');
  const out = open(ctx, 'out', 'w');
  ctx.fact('result', cp.spawnSync('sh', ['-c', 'cat; echo err >&2'], { stdio: [input, out, 'pipe'] }));
  fs.closeSync(input);
  fs.closeSync(out);
  ctx.fact('file', fs.readFileSync(path.join(ctx.tmp, 'out'), 'utf8'));
});

module.exports = scenarios;
