'use strict';

// What flows through the streams of a child, and when they end.

const { pipeline } = require('node:stream');

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

function noise(size) {
  const buffer = Buffer.alloc(size);
  for (let i = 0, x = 12345; i < size; i++) {
    x = (x * 1103515245 + 12345) & 0x7fffffff;
    buffer[i] = x >>> 16;
  }
  return buffer;
}

add('what is written to stdin comes back from cat', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('cat'));
  child.stdin.write('one\n');
  child.stdin.write(Buffer.from('two\n'));
  child.stdin.write('7468726565', 'hex');
  child.stdin.end('\nfour\n');
  await ctx.closed(child);
});

add('three megabytes pass through cat unchanged', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('cat'));
  const data = noise(3 * 1024 * 1024 + 17);
  child.stdin.end(data);
  await ctx.closed(child);
});

add('a stream piped into stdin passes through', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('cat'));
  const source = require('node:stream').Readable.from([noise(100_000), noise(7), noise(200_000)]);
  pipeline(source, child.stdin, (error) => ctx.note('pipeline', 'done', error));
  await ctx.closed(child);
});

add('setEncoding joins code points that were split between two writes', async (cp, ctx) => {
  const script = 'printf "\\344\\274"; sleep 0.05; printf "\\232\\360\\237"; sleep 0.05; printf "\\230\\200"';
  await ctx.closed(ctx.watch(cp.spawn('sh', ['-c', script]), { encoding: 'utf8' }));
});

add('writing to a child that closed its stdin gives EPIPE on that stream only', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'exec 0<&-; echo closed; exec sleep 60']));
  await ctx.event(child.stdout, 'data');
  child.stdin.write('x', (error) => {
    ctx.note('write', 'callback', error);
    child.kill();
  });
  await ctx.closed(child);
});

function state(stream) {
  const { allowHalfOpen, readable, writable, destroyed, readableEnded, writableFinished, closed, readyState, pending, bytesWritten, writableLength, _handle } = stream;
  const own = [...Object.keys(stream), ...Object.keys(_handle ?? {})].join();
  return { allowHalfOpen, readable, writable, destroyed, readableEnded, writableFinished, closed, readyState, pending, bytesWritten, writableLength, own, kind: _handle?.constructor.name };
}

add('stdin is in the state of stock from its start to its end', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'cat; sleep 0.2']));
  ctx.fact('at first', state(child.stdin));
  child.stdin.write('x');
  ctx.fact('written', state(child.stdin));
  child.stdin.end();
  ctx.fact('ended', state(child.stdin));
  await ctx.event(child.stdin, 'close');
  ctx.fact('closed', [state(child.stdin), child.exitCode]);
  await ctx.closed(child);
});

add('what does not fit into stdin is written while the child reads', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'sleep 0.1; exec wc -c']));
  ctx.fact('write', child.stdin.write(Buffer.alloc(3_000_000)));
  ctx.fact('waiting', child.stdin.writableLength);
  await ctx.event(child.stdin, 'drain');
  child.stdin.end();
  await ctx.closed(child);
});

add('a child that ends with unread input breaks a waiting write as with stock', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'read line; sleep 0.1; exit 3']), { streams: 'listen' });
  child.stdin.on('error', () => {});
  child.stdin.write('line\n');
  child.stdin.write(Buffer.alloc(3_000_000), (error) => ctx.fact('write', error));
  await ctx.event(child.stdin, 'close');
  await ctx.closed(child);
});

add('what a child writes to its input goes nowhere while stdin is open, and breaks afterwards', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo nobody >&0; echo $?; cat 2> /dev/null; sleep 0.1; trap "echo broken; exit 4" PIPE; echo nobody >&0; echo $?'], { stdio: 'pipe' }));
  child.stderr.resume();
  setTimeout(() => child.stdin.end('input\n'), 50);
  await ctx.closed(child);
});

add('write after end is refused by the stream', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('cat'));
  child.stdin.end('x');
  child.stdin.write('y', (error) => ctx.note('write', 'callback', error));
  await ctx.closed(child);
});

add('a child that writes to a stdout that was destroyed dies by SIGPIPE', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'read line; exec yes']), { streams: 'listen' });
  child.stdout.on('close', () => child.stdin.end('go\n'));
  child.stdout.destroy();
  await ctx.closed(child);
});

add('destroying stdin ends the input of the child', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('cat'));
  child.stdin.destroy();
  await ctx.closed(child);
});

add('destroying every stream at once leaves exit and close', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'exit 5']), { streams: 'listen' });
  for (const stream of child.stdio) stream.destroy();
  await ctx.closed(child);
});

add('destroying stdout with an error emits it there', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'exit 5']), { streams: 'listen' });
  child.stdout.destroy(new Error('on purpose'));
  await ctx.closed(child);
});

add('streams that nobody touches are drained so that close comes', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo out; echo err >&2; exit 2']), { streams: 'none' });
  await ctx.closed(child);
  ctx.fact('read', [child.stdout.bytesRead, child.stderr.bytesRead, child.stdout.readableFlowing]);
});

add('output can still be read from the exit handler on', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo late; exit 2']), { streams: 'none' });
  child.on('exit', () => ctx.watchStream(child.stdout, 'stdout'));
  await ctx.closed(child);
});

add('output of a paused stream waits until it is resumed', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo paused; exit 2']), { streams: 'none' });
  child.stdout.pause();
  ctx.watchStream(child.stdout, 'stdout');
  child.stdout.pause();
  await ctx.exited(child);
  ctx.note('test', 'exit seen');
  await ctx.closed(child);
});

add('a stream with a readable listener only is read by read()', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo one; echo two']), { streams: 'none' });
  let all = '';
  child.stdout.on('readable', () => {
    for (let chunk; (chunk = child.stdout.read()) !== null;) all += chunk;
  });
  await ctx.closed(child);
  ctx.fact('all', all);
});

add('for await reads stdout to its end', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo one; echo two']), { streams: 'none' });
  const chunks = [];
  const closed = ctx.closed(child);
  for await (const chunk of child.stdout) chunks.push(chunk);
  ctx.fact('all', Buffer.concat(chunks));
  await closed;
});

add('close waits for a grandchild that holds stdout, exit does not', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', '(sleep 0.3; echo grandchild) & echo child; exit 3']));
  await ctx.exited(child);
  ctx.note('child', 'exit was first');
  await ctx.closed(child);
}, { before: [['child exit', 'child.stdout end'], ['child exit was first', 'child close']] });

add('a child may close its stdout long before it ends', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo x; exec 1>&-; sleep 0.2; exit 3']));
  await ctx.closed(child);
}, { before: [['child.stdout end', 'child exit']] });

add('stdin closes when the child exits', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'exit 0']));
  await ctx.exited(child);
  ctx.fact('destroyed', child.stdin.destroyed);
  await ctx.closed(child);
});

add('descriptor 3 is two-way', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'read line <&3; echo "got $line" >&3'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }));
  child.stdio[3].write('a question\n');
  await ctx.closed(child);
});

add('descriptor 3 shows the end of the child\'s output while ours stays open', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo x >&3; exec 3>&-; sleep 0.1'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }));
  await ctx.closed(child);
});

add('many pipes beyond descriptor 2 each carry their own text', async (cp, ctx) => {
  const stdio = ['ignore', 'ignore', 'ignore', ...Array(17).fill('pipe')];
  const script = Array.from({ length: 7 }, (_, i) => `echo from ${i + 3} >&${i + 3}`).join(';');
  const child = ctx.watch(cp.spawn('sh', ['-c', script], { stdio }));
  await ctx.closed(child);
});

for (const size of [0, 1, 4096, 65_535, 65_536, 65_537, 1_000_000]) {
  add(`${size} bytes written by a child that exits at once arrive whole`, async (cp, ctx) => {
    await ctx.closed(ctx.watch(cp.spawn('head', ['-c', String(size), '/dev/zero'])));
  });
}

// Stock may lose what its socket pair does not take at once: streams.test.js has larger amounts for ours alone.
add('20 KB written to stdout before process.exit() arrive as with stock', async (cp, ctx) => {
  await ctx.closed(ctx.watch(cp.spawn(ctx.node, [ctx.fixture('write-then-exit.js'), '20000'])));
});

add('20 KB written to stderr before process.exit() arrive as with stock', async (cp, ctx) => {
  await ctx.closed(ctx.watch(cp.spawn(ctx.node, [ctx.fixture('write-then-exit.js'), '20000', 'stderr'])));
});

add('a Node child echoes its stdin', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn(ctx.node, [ctx.fixture('echo-stdin.js')]));
  child.stdin.end(noise(300_000));
  await ctx.closed(child);
});

add('what kind of stream Node sees on its standard descriptors is the same', async (cp, ctx) => {
  const script = 'const k = (s) => s.constructor.name; process.stdout.write([k(process.stdin), k(process.stdout), k(process.stderr), '
    + 'process.stdout.writable, process.stdin.readable, process.stdout.isTTY].join())';
  await ctx.closed(ctx.watch(cp.spawn(ctx.node, ['-e', script])));
});

add('backpressure: write() gives false above the mark and drain follows', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'sleep 0.1; cat > /dev/null']));
  ctx.fact('write', child.stdin.write(Buffer.alloc(4 * 1024 * 1024)));
  await ctx.event(child.stdin, 'drain');
  child.stdin.end();
  await ctx.closed(child);
});

add('a stalled reader keeps the child waiting and loses nothing', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('head', ['-c', '2000000', '/dev/zero']), { streams: 'listen' });
  await ctx.sleep(100);
  ctx.fact('still running', child.exitCode);
  ctx.watchStream(child.stdout, 'late reader');
  await ctx.closed(child);
});

add('unref and ref exist on every stream', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('cat'));
  ctx.fact('chained', child.stdio.map((stream) => stream.unref() === stream && stream.ref() === stream));
  child.stdin.end();
  await ctx.closed(child);
});

module.exports = scenarios;
