'use strict';

// exec() and execFile(): what is gathered, when the callback comes, and with what.

const { promisify } = require('node:util');

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

/** Calls exec or execFile and waits for the callback; notes it. Gives what was returned. */
function called(ctx, name, start) {
  let child;
  const done = new Promise((resolve) => {
    child = start((...results) => {
      ctx.note(name, 'callback', ...results);
      resolve();
    });
  });
  return { child, done };
}

const simple = {
  'exec of a plain command': (cp, done) => cp.exec('echo out; echo err >&2', done),
  'exec with a null option': (cp, done) => cp.exec('echo out', null, done),
  'exec that fails': (cp, done) => cp.exec('echo out; echo err >&2; exit 3', done),
  'exec of a missing command': (cp, done) => cp.exec('definitely-missing-program', done),
  'exec that dies by a signal': (cp, done) => cp.exec('echo before; kill -KILL $$', done),
  'exec with another shell': (cp, done) => cp.exec('echo $0', { shell: '/bin/bash' }, done),
  'exec with shell false': (cp, done) => cp.exec('echo out', { shell: false }, done),
  'exec in another folder': (cp, done) => cp.exec('pwd', { cwd: '/' }, done),
  'exec with environment': (cp, done) => cp.exec('echo $A', { env: { A: 'a' } }, done),
  'exec with quotes and variables': (cp, done) => cp.exec('A="x y"; echo "$A" \'$A\' $((1 + 2))', done),
  'exec with argv0': (cp, done) => cp.exec('echo $0', { argv0: 'named' }, done),
  'exec that gives nothing': (cp, done) => cp.exec('true', done),
  'exec with buffers': (cp, done) => cp.exec('echo out; echo err >&2', { encoding: 'buffer' }, done),
  'exec that fails with buffers': (cp, done) => cp.exec('echo out; echo err >&2; exit 1', { encoding: 'buffer' }, done),
  'exec with a null encoding': (cp, done) => cp.exec('echo out', { encoding: null }, done),
  'execFile without arguments': (cp, done) => cp.execFile('pwd', { cwd: '/' }, done),
  'execFile with a callback only': (cp, done) => cp.execFile('true', done),
  'execFile with arguments': (cp, done) => cp.execFile('printf', ['%s-%s', 'a b', '$x'], done),
  'execFile with null options': (cp, done) => cp.execFile('echo', ['x'], null, done),
  'execFile with a shell': (cp, done) => cp.execFile('echo $0; echo', ['a', 'b'], { shell: true }, done),
  'execFile that fails': (cp, done) => cp.execFile('sh', ['-c', 'echo out; echo err >&2; exit 9'], done),
  'execFile of a missing file': (cp, done) => cp.execFile('definitely-missing-program', ['a', 'b'], done),
  'execFile with stdio ignored': (cp, done) => cp.execFile('echo', ['x'], { stdio: 'ignore' }, done),
  'execFile with stdout ignored': (cp, done) => cp.execFile('sh', ['-c', 'echo out; echo err >&2'], { stdio: ['pipe', 'ignore', 'pipe'] }, done),
  'exec detached': (cp, done) => cp.exec('cut -d " " -f 5 /proc/$$/stat > /dev/null; echo done', { detached: true }, done),
  'exec with a timeout that fires': (cp, done) => cp.exec('echo before; exec sleep 60', { timeout: 1000 }, done),
  'exec with a timeout and killSignal': (cp, done) => cp.exec('exec sleep 60', { timeout: 30, killSignal: 'SIGKILL' }, done),
  'exec with a timeout and a numeric killSignal': (cp, done) => cp.exec('exec sleep 60', { timeout: 30, killSignal: 9 }, done),
  'exec whose command handles the timeout\'s signal': (cp, done) => cp.exec('trap "echo caught; exit 0" TERM; while :; do sleep 0.02; done', { timeout: 1000 }, done),
  'execFile with a timeout that does not fire': (cp, done) => cp.execFile('echo', ['x'], { timeout: 30_000 }, done),
};
for (const [title, start] of Object.entries(simple)) {
  add(title, async (cp, ctx) => {
    const { child, done } = called(ctx, 'call', (callback) => start(cp, callback));
    ctx.fact('spawned', [child.spawnfile, child.spawnargs, child instanceof cp.ChildProcess]);
    ctx.watch(child, { streams: 'listen' });
    await done;
    await ctx.turn();
    ctx.fact('after', [child.killed, child.exitCode, child.signalCode]);
  });
}

add('the callback comes in the close event, after exit', async (cp, ctx) => {
  const order = [];
  const { child, done } = called(ctx, 'call', (callback) => cp.execFile('echo', ['x'], (...results) => { order.push('callback'); callback(...results); }));
  for (const event of ['spawn', 'exit', 'close']) child.on(event, () => order.push(event));
  await done;
  await ctx.turn();
  ctx.fact('order', order);
});

add('exec without a callback runs the command', async (cp, ctx) => {
  const child = cp.exec('echo out; exit 2');
  ctx.watch(child, { streams: 'listen' });
  await ctx.closed(child);
});

add('execFile of a missing file without a callback does not throw', async (cp, ctx) => {
  const child = cp.execFile('definitely-missing-program');
  await ctx.closed(ctx.watch(child));
});

add('stdin of exec and execFile can be written', async (cp, ctx) => {
  const first = called(ctx, 'exec', (callback) => cp.exec('cat', callback));
  first.child.stdin.end('through exec');
  const second = called(ctx, 'execFile', (callback) => cp.execFile('cat', callback));
  second.child.stdin.end('through execFile');
  await Promise.all([first.done, second.done]);
});

// --- maxBuffer ---

const byteCounts = [[0, 0], [0, 1], [1, 0], [10, 9], [10, 10], [10, 11], [70_000, 69_999], [70_000, 70_000], [70_000, 70_001], [5, 200_000]];
for (const [maxBuffer, size] of byteCounts) {
  for (const encoding of ['utf8', 'buffer', 'latin1']) {
    add(`maxBuffer ${maxBuffer} with ${size} bytes of output as ${encoding}`, async (cp, ctx) => {
      const { done } = called(ctx, 'stdout', (callback) => cp.execFile('head', ['-c', String(size), '/dev/zero'], { maxBuffer, encoding }, callback));
      await done;
      const other = called(ctx, 'stderr', (callback) => cp.exec(`head -c ${size} /dev/zero >&2`, { maxBuffer, encoding }, callback));
      await other.done;
    });
  }
}

add('maxBuffer counts stdout and stderr apart', async (cp, ctx) => {
  await called(ctx, 'call', (callback) => cp.exec('printf 1234567890; printf 1234567890 >&2', { maxBuffer: 10 }, callback)).done;
});

add('maxBuffer counts bytes and cuts characters', async (cp, ctx) => {
  for (const maxBuffer of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
    await called(ctx, String(maxBuffer), (callback) => cp.execFile('printf', ['%s', 'é漢😀x'], { maxBuffer }, callback)).done;
  }
});

add('maxBuffer Infinity has no bound, the default is one megabyte', async (cp, ctx) => {
  const megabyte = 1024 * 1024;
  await called(ctx, 'exact', (callback) => cp.execFile('head', ['-c', String(megabyte), '/dev/zero'], callback)).done;
  await called(ctx, 'more', (callback) => cp.execFile('head', ['-c', String(megabyte + 1), '/dev/zero'], callback)).done;
  await called(ctx, 'unbounded', (callback) => cp.execFile('head', ['-c', String(5 * megabyte), '/dev/zero'], { maxBuffer: Infinity }, callback)).done;
});

add('an endless writer is killed at maxBuffer', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.execFile('yes', { maxBuffer: 100_001 }, callback));
  await done;
  ctx.fact('killed', child.killed);
});

add('maxBuffer with killSignal', async (cp, ctx) => {
  const script = 'trap "" PIPE; while echo xxxxxxxxxxxxxxxx; do :; done; sleep 60';
  await called(ctx, 'call', (callback) => cp.execFile('bash', ['-c', script], { maxBuffer: 50, killSignal: 'SIGKILL' }, callback)).done;
});

add('code points split between reads are joined in the result', async (cp, ctx) => {
  const script = 'printf "\\344\\274"; sleep 0.05; printf "\\232\\360\\237"; sleep 0.05; printf "\\230\\200\\303"';
  await called(ctx, 'utf8', (callback) => cp.exec(script, callback)).done;
  await called(ctx, 'buffer', (callback) => cp.exec(script, { encoding: 'buffer' }, callback)).done;
  await called(ctx, 'base64', (callback) => cp.exec(script, { encoding: 'base64' }, callback)).done;
  await called(ctx, 'utf16le', (callback) => cp.exec(script, { encoding: 'utf16le' }, callback)).done;
});

add('a megabyte of three-byte characters arrives whole', async (cp, ctx) => {
  const script = 'yes 漢字テスト | head -c 1048575';
  await called(ctx, 'call', (callback) => cp.exec(script, { maxBuffer: Infinity }, callback)).done;
});

// --- users that reach into the child ---

add('setEncoding on stdout changes the type of the result', async (cp, ctx) => {
  const first = called(ctx, 'buffer to hex', (callback) => cp.execFile('echo', ['x'], { encoding: 'buffer' }, callback));
  first.child.stdout.setEncoding('hex');
  await first.done;
  const second = called(ctx, 'utf8 to base64', (callback) => cp.execFile('echo', ['x'], callback));
  second.child.stdout.setEncoding('base64');
  await second.done;
  const third = called(ctx, 'stderr', (callback) => cp.exec('echo out; echo err >&2', { encoding: 'buffer' }, callback));
  third.child.stderr.setEncoding('utf8');
  await third.done;
});

add('data listeners of the user see the output, too', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('echo out; echo err >&2', callback));
  let seen = '';
  let type;
  child.stdout.on('data', (chunk) => { seen += chunk; type = typeof chunk; });
  await done;
  ctx.fact('seen', [seen, type]);
});

add('a paused stdout holds the callback back', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('echo out', callback));
  child.stdout.pause();
  await ctx.exited(child);
  await ctx.sleep(30);
  ctx.note('call', 'not yet');
  child.stdout.resume();
  await done;
});

add('an error that the user emits reaches the callback once', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('echo out; sleep 0.05', callback));
  child.emit('error', new Error('emitted by the user'));
  await done;
  await ctx.closed(child);
  await ctx.turn();
});

add('a close that the user emits reaches the callback once', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('echo out; sleep 0.05', callback));
  child.emit('close', 5, null);
  await done;
  await ctx.exited(child);
  await ctx.sleep(20);
});

add('an exit that the user emits does not reach the callback', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('echo out', callback));
  child.emit('exit', 77, null);
  await done;
});

add('a kill method that throws reaches the callback once', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('exec sleep 60', { timeout: 30 }, callback));
  const { kill } = child;
  child.kill = () => { throw new Error('kill refuses'); };
  await done;
  kill.call(child, 'SIGKILL');
  await ctx.exited(child);
  await ctx.sleep(20);
});

add('killing the child of exec shows in the error', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('echo before; exec sleep 60', callback));
  await ctx.event(child.stdout, 'data');
  child.kill('SIGINT');
  await done;
});

add('destroying stdout of exec still calls back', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('sleep 0.05', callback));
  child.stdout.destroy();
  child.stderr.destroy();
  await done;
});

add('removing every listener of close leaves the callback uncalled', async (cp, ctx) => {
  const { child } = called(ctx, 'call', (callback) => cp.exec('true', callback));
  child.removeAllListeners('close');
  await ctx.exited(child);
  await ctx.sleep(30);
});

add('the listeners of a child of exec are counted as in stock', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('true', { timeout: 10_000, signal: new AbortController().signal }, callback));
  ctx.fact('child', ['exit', 'close', 'error', 'spawn'].map((event) => child.listenerCount(event)));
  ctx.fact('stdout', ['data', 'end', 'close', 'error'].map((event) => child.stdout.listenerCount(event)));
  ctx.fact('stdin', ['data', 'end', 'close', 'error'].map((event) => child.stdin.listenerCount(event)));
  await done;
});

// --- abort ---

add('abort of exec gives an AbortError to the callback', async (cp, ctx) => {
  const controller = new AbortController();
  const { child, done } = called(ctx, 'call', (callback) => cp.exec('exec sleep 60', { signal: controller.signal }, callback));
  controller.abort();
  await done;
  await ctx.closed(child);
});
add('an aborted signal with a reason gives an AbortError to the callback of execFile', async (cp, ctx) => {
  const { child, done } = called(ctx, 'call', (callback) => cp.execFile('sleep', ['60'], { signal: AbortSignal.abort(new Error('why')) }, callback));
  await done;
  await ctx.closed(child);
});

// --- promisify ---

async function settled(ctx, name, promise) {
  try {
    const value = await promise;
    ctx.note(name, 'resolved', value);
  } catch (error) {
    ctx.note(name, 'rejected', error);
  }
}

add('promisify gives stdout and stderr', async (cp, ctx) => {
  const exec = promisify(cp.exec);
  const execFile = promisify(cp.execFile);
  await settled(ctx, 'exec', exec('echo out; echo err >&2'));
  await settled(ctx, 'exec fails', exec('echo out; echo err >&2; exit 4'));
  await settled(ctx, 'exec buffers', exec('echo out', { encoding: 'buffer' }));
  await settled(ctx, 'execFile', execFile('echo', ['x']));
  await settled(ctx, 'execFile missing', execFile('definitely-missing-program'));
  await settled(ctx, 'execFile maxBuffer', execFile('echo', ['too long'], { maxBuffer: 3 }));
  await settled(ctx, 'execFile aborted', execFile('sleep', ['60'], { signal: AbortSignal.abort() }));
});

add('the promise of promisify carries the child', async (cp, ctx) => {
  const promise = promisify(cp.exec)('cat');
  ctx.fact('child', [promise.child instanceof cp.ChildProcess, typeof promise.child.pid, Object.keys(promise)]);
  promise.child.stdin.end('to the child');
  await settled(ctx, 'exec', promise);
});

add('the promisified functions have the names and lengths of stock', (cp, ctx) => {
  for (const name of ['exec', 'execFile']) {
    const descriptor = Object.getOwnPropertyDescriptor(cp[name], promisify.custom);
    const made = promisify(cp[name]);
    ctx.fact(name, [made.name, made.length, made === cp[name][promisify.custom], descriptor.enumerable, 'value' in descriptor, typeof descriptor.get]);
  }
});

add('promisified functions throw for wrong arguments as stock does', async (cp, ctx) => {
  for (const name of ['exec', 'execFile']) {
    try {
      await settled(ctx, name, promisify(cp[name])(5));
    } catch (error) {
      ctx.note(name, 'throws', error);
    }
  }
});

add('promisified functions ignore their receiver', async (cp, ctx) => {
  await settled(ctx, 'call', promisify(cp.exec).call({ other: true }, 'echo x'));
});

module.exports = scenarios;
