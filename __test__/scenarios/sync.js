'use strict';

// spawnSync(), execFileSync() and execSync().

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

const results = {
  'a plain command': (cp) => cp.spawnSync('echo', ['out']),
  'no arguments': (cp) => cp.spawnSync('true'),
  'both outputs and a code': (cp) => cp.spawnSync('sh', ['-c', 'echo out; echo err >&2; exit 3']),
  'death by a signal': (cp) => cp.spawnSync('sh', ['-c', 'echo before; kill -KILL $$']),
  'death by SIGTERM': (cp) => cp.spawnSync('sh', ['-c', 'kill $$']),
  'an encoding': (cp) => cp.spawnSync('echo', ['é'], { encoding: 'utf8' }),
  'encoding buffer': (cp) => cp.spawnSync('echo', ['é'], { encoding: 'buffer' }),
  'encoding hex': (cp) => cp.spawnSync('echo', ['é'], { encoding: 'hex' }),
  'a shell': (cp) => cp.spawnSync('echo $0 $A', { shell: true, env: { A: 'a' } }),
  'argv0': (cp) => cp.spawnSync('sh', ['-c', 'echo $0'], { argv0: 'named' }),
  'another folder': (cp) => cp.spawnSync('pwd', { cwd: '/' }),
  'everything ignored': (cp) => cp.spawnSync('sh', ['-c', 'exit 2'], { stdio: 'ignore' }),
  'stdout only': (cp) => cp.spawnSync('sh', ['-c', 'echo out; echo err >&2'], { stdio: ['ignore', 'pipe', 'ignore'] }),
  'five pipes': (cp) => cp.spawnSync('sh', ['-c', 'echo 3 >&3; echo 4 >&4'], { stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] }),
  'null and undefined in stdio': (cp) => cp.spawnSync('sh', ['-c', 'echo out'], { stdio: [null, undefined, null, null] }),
  'a missing file': (cp) => cp.spawnSync('definitely-missing-program', ['a', 'b']),
  'a missing file with an encoding': (cp) => cp.spawnSync('definitely-missing-program', { encoding: 'utf8' }),
  'a missing folder': (cp) => cp.spawnSync('true', { cwd: '/nonexistent' }),
  // Long enough for a busy machine to bring the shell as far as its first words.
  'a timeout that fires': (cp) => cp.spawnSync('sh', ['-c', 'echo before; exec sleep 60'], { timeout: 1000 }),
  'a timeout with killSignal': (cp) => cp.spawnSync('sleep', ['60'], { timeout: 30, killSignal: 'SIGKILL' }),
  'a timeout with a handler in the child': (cp) => cp.spawnSync('sh', ['-c', 'trap "exit 5" TERM; while :; do sleep 0.02; done'], { timeout: 1000 }),
  'a timeout that does not fire': (cp) => cp.spawnSync('echo', ['x'], { timeout: 30_000 }),
  'a timeout of zero': (cp) => cp.spawnSync('sleep', ['0.1'], { timeout: 0 }),
  'input as a string': (cp) => cp.spawnSync('cat', { input: 'text é' }),
  'an empty string as input': (cp) => cp.spawnSync('cat', { input: '' }),
  'input as a Buffer': (cp) => cp.spawnSync('cat', { input: Buffer.from([0, 1, 255]) }),
  'input as a part of a Buffer': (cp) => cp.spawnSync('cat', { input: Buffer.from('abcdef').subarray(2, 4) }),
  'input as a Uint16Array': (cp) => cp.spawnSync('cat', { input: new Uint16Array([1, 2, 65_535]) }),
  'input as a Float64Array': (cp) => cp.spawnSync('cat', { input: new Float64Array([1.5]) }),
  'input as a BigInt64Array': (cp) => cp.spawnSync('cat', { input: new BigInt64Array([1n, -1n]) }),
  'input as a DataView': (cp) => cp.spawnSync('cat', { input: new DataView(new ArrayBuffer(8), 2, 4) }),
  'input over shared memory': (cp) => cp.spawnSync('cat', { input: new Uint8Array(new SharedArrayBuffer(4)) }),
  'an ArrayBuffer as input': (cp) => cp.spawnSync('cat', { input: new ArrayBuffer(4) }),
  'input with an encoding': (cp) => cp.spawnSync('cat', { input: 'aGVsbG8=', encoding: 'base64' }),
  'a megabyte of input': (cp) => cp.spawnSync('wc', ['-c'], { input: Buffer.alloc(1_000_000) }),
  'three megabytes through cat': (cp) => cp.spawnSync('cat', { input: Buffer.alloc(3_000_000, 'abc'), maxBuffer: Infinity }),
  'input that nobody reads to its end': (cp) => cp.spawnSync('sh', ['-c', 'head -c 10; exec 0<&-; sleep 0.1'], { input: Buffer.alloc(2_000_000, 'x') }),
  'input with stdin ignored': (cp) => cp.spawnSync('cat', { input: 'text', stdio: ['ignore', 'pipe', 'pipe'] }),
  'input with stdin inherited': (cp) => cp.spawnSync('sh', ['-c', 'echo not read'], { input: 'text', stdio: ['inherit', 'pipe', 'pipe'] }),
  'a full megabyte': (cp) => cp.spawnSync('head', ['-c', '1048576', '/dev/zero']),
  'a million bytes on both outputs': (cp) => cp.spawnSync('sh', ['-c', 'head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2'], { maxBuffer: 2_000_000 }),
  'a grandchild that holds stdout': (cp) => cp.spawnSync('sh', ['-c', '(sleep 0.2; echo grandchild) & echo child']),
  'a child that closes its outputs early': (cp) => cp.spawnSync('sh', ['-c', 'echo x; exec >&- 2>&-; sleep 0.1; exit 4']),
  'detached': (cp) => cp.spawnSync('sh', ['-c', 'set -- $(cat /proc/$$/stat); [ $5 = $$ ] && [ $6 = $$ ] && echo leader'], { detached: true }),
  'a fast end without output': (cp) => cp.spawnSync('false'),
};
for (const [title, call] of Object.entries(results)) {
  add(`spawnSync: ${title}`, (cp, ctx) => {
    const result = ctx.attempt('spawnSync', () => call(cp));
    ctx.fact('keys', result && Object.keys(result));
    ctx.fact('result', result);
    ctx.fact('pid', typeof result?.pid);
    if (result?.output) ctx.fact('same', [result.output[1] === result.stdout, result.output[2] === result.stderr]);
  });
}

function shownBounded({ output, stdout, stderr, error, status }, maxBuffer, size) {
  if (size <= maxBuffer) return { output, error, status };
  return { error, stdout: stdout.slice(0, maxBuffer), stderr: stderr.slice(0, maxBuffer), outputs: output.length };
}

for (const [maxBuffer, size] of [[0, 0], [0, 1], [10, 9], [10, 10], [10, 11], [70_000, 70_000], [70_000, 70_001], [3, 500_000]]) {
  add(`spawnSync: maxBuffer ${maxBuffer} with ${size} bytes`, (cp, ctx) => {
    for (const encoding of ['buffer', 'utf8']) {
      const options = { maxBuffer, encoding };
      // Above the bound it is a race in stock what ends the child, and how much beyond the bound was read.
      const shown = (result) => shownBounded(result, maxBuffer, size);
      ctx.fact(`stdout ${encoding}`, shown(cp.spawnSync('head', ['-c', String(size), '/dev/zero'], options)));
      ctx.fact(`stderr ${encoding}`, shown(cp.spawnSync('sh', ['-c', `head -c ${size} /dev/zero >&2`], options)));
    }
  });
}

add('spawnSync: an endless writer is killed at maxBuffer', (cp, ctx) => {
  const { status, signal, error, output } = cp.spawnSync('yes', { maxBuffer: 100_000, killSignal: 'SIGKILL' });
  ctx.fact('result', { status, signal, error, outputs: output.length, enough: output[1].length >= 100_000 });
});

add('spawnSync: maxBuffer counts the outputs together', (cp, ctx) => {
  const both = (maxBuffer) => cp.spawnSync('sh', ['-c', 'printf 1234567890; printf 1234567890 >&2'], { maxBuffer });
  ctx.fact('enough', both(20));
  // Whether the child ended before the signal is a race.
  ctx.fact('too little', both(10).error);
});

add('spawnSync: the default bound is one megabyte', (cp, ctx) => {
  const megabyte = 1024 * 1024;
  for (const size of [megabyte, megabyte + 1]) {
    ctx.fact(String(size), shownBounded(cp.spawnSync('head', ['-c', String(size), '/dev/zero'], { killSignal: 'SIGKILL' }), megabyte, size));
  }
});

add('spawnSync: maxBuffer cuts within a character', (cp, ctx) => {
  for (const maxBuffer of [1, 2, 4, 6]) {
    const { stdout, error } = cp.spawnSync('printf', ['%s', 'é漢😀x'], { maxBuffer, encoding: 'utf8' });
    ctx.fact(String(maxBuffer), { stdout, error });
  }
});

add('spawnSync: a killed property of the child is not there', (cp, ctx) => {
  const result = cp.spawnSync('true');
  ctx.fact('prototype', Object.getPrototypeOf(result) === Object.prototype);
  ctx.fact('descriptor', Object.getOwnPropertyDescriptor(result, 'status'));
});

const throwing = {
  'success': (cp) => cp.execFileSync('echo', ['x']),
  'an encoding': (cp) => cp.execFileSync('echo', ['x'], { encoding: 'utf8' }),
  'a code': (cp) => cp.execFileSync('sh', ['-c', 'echo out; exit 3'], { stdio: 'pipe' }),
  'a code with an encoding': (cp) => cp.execFileSync('sh', ['-c', 'echo out; echo err >&2; exit 3'], { stdio: 'pipe', encoding: 'utf8' }),
  'a signal': (cp) => cp.execFileSync('sh', ['-c', 'kill -KILL $$'], { stdio: 'pipe' }),
  'a timeout': (cp) => cp.execFileSync('sleep', ['60'], { timeout: 30 }),
  'a missing file': (cp) => cp.execFileSync('definitely-missing-program', ['x']),
  'too much output': (cp) => cp.execFileSync('head', ['-c', '100', '/dev/zero'], { maxBuffer: 10, killSignal: 'SIGKILL' }),
  'stdio ignored': (cp) => cp.execFileSync('echo', ['x'], { stdio: 'ignore' }),
  'input': (cp) => cp.execFileSync('cat', { input: 'x', encoding: 'utf8' }),
  'execSync success': (cp) => cp.execSync('echo "$((1 + 1))"'),
  'execSync an encoding': (cp) => cp.execSync('echo x', { encoding: 'latin1' }),
  'execSync a code': (cp) => cp.execSync('echo out; echo err >&2; exit 9', { stdio: 'pipe' }),
  'execSync a missing command': (cp) => cp.execSync('definitely-missing-program', { stdio: 'pipe' }),
  'execSync input': (cp) => cp.execSync('cat', { input: 'x' }),
  'execSync another shell': (cp) => cp.execSync('echo $0', { shell: '/bin/bash', encoding: 'utf8' }),
  'execSync a timeout': (cp) => cp.execSync('exec sleep 60', { timeout: 30, stdio: 'pipe' }),
};
for (const [title, call] of Object.entries(throwing)) {
  add(`the throwing forms: ${title}`, (cp, ctx) => {
    // What ended the writer above the bound, its own end or the signal, is a race.
    try {
      ctx.fact('result', call(cp));
    } catch (error) {
      if (error.code === 'ENOBUFS') { delete error.status; delete error.signal; }
      ctx.note('call', 'throws', error);
      ctx.fact('the error is its own error property', error.error === error);
    }
  });
}

add('options of the sync forms stay untouched', (cp, ctx) => {
  const options = Object.freeze({ stdio: Object.freeze(['pipe', 'pipe', 'pipe']), input: 'x', env: Object.freeze({ A: 'a' }) });
  ctx.fact('spawnSync', cp.spawnSync('cat', [], options));
  ctx.fact('execFileSync', cp.execFileSync('cat', [], options));
  ctx.fact('execSync', cp.execSync('/bin/cat', options));
  const entry = { type: 'pipe', readable: true, writable: false, input: Buffer.from('in the entry') };
  ctx.fact('entry', ctx.attempt('entry', () => cp.spawnSync('cat', [], { stdio: [entry, 'pipe', 'pipe'] })));
  ctx.fact('entry afterwards', entry);
});

add('fifty sync starts in a row give the same each time', (cp, ctx) => {
  const seen = new Set();
  for (let i = 0; i < 50; i++) seen.add(JSON.stringify(cp.spawnSync('sh', ['-c', 'echo out; echo err >&2; exit 3']).output.map(String)));
  ctx.fact('distinct', [...seen]);
});

add('a sync start inside an event of another child works', async (cp, ctx) => {
  const child = ctx.watch(cp.spawn('sh', ['-c', 'echo x; exit 3']));
  child.on('spawn', () => ctx.fact('in spawn', cp.spawnSync('echo', ['sync']).stdout));
  child.on('exit', () => ctx.fact('in exit', cp.spawnSync('echo', ['sync']).stdout));
  await ctx.closed(child);
});

module.exports = scenarios;
