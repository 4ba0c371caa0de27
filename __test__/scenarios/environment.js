'use strict';

// The environment a child is given: order, duplicates, left-out and inherited keys, conversion of values.

const PRINT = '/usr/bin/env';

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

function prints(title, makeOptions) {
  add(title, async (cp, ctx) => {
    const child = ctx.attempt('spawn', () => cp.spawn(PRINT, ['-0'], makeOptions(ctx)));
    if (child) await ctx.closed(ctx.watch(child));
  });
}

/** Runs `body` with changes to process.env that are taken back. */
async function withEnv(changes, body) {
  const before = {};
  for (const key of Object.keys(changes)) {
    before[key] = process.env[key];
    process.env[key] = changes[key];
  }
  try {
    return await body();
  } finally {
    for (const key of Object.keys(before)) {
      if (before[key] === undefined) delete process.env[key];
      else process.env[key] = before[key];
    }
  }
}

prints('keys keep their order', () => ({ env: { Z: '1', A: '2', M: '3', a: '4', 10: 'ten', 2: 'two' } }));
prints('an empty environment is empty', () => ({ env: {} }));
prints('undefined values are left out, null becomes text', () => ({ env: { A: undefined, B: null, C: '', D: 'd' } }));
prints('numbers, booleans and objects become text', () => ({ env: { N: 1.5, B: false, O: { toString: () => 'made' }, L: [1, 2] } }));
prints('a bigint becomes text', () => ({ env: { N: 12n } }));
prints('a symbol value is refused', () => ({ env: { N: Symbol('x') } }));
prints('symbol keys are left out', () => ({ env: { [Symbol('x')]: '1', A: 'a' } }));
prints('inherited keys count', () => ({ env: Object.assign(Object.create({ FROM_PROTO: 'p', OVER: 'proto' }), { OWN: 'o', OVER: 'own' }) }));
prints('keys that are not enumerable are left out', () => ({ env: Object.defineProperty({ A: 'a' }, 'HIDDEN', { value: 'h' }) }));
prints('an environment without prototype works', () => ({ env: Object.assign(Object.create(null), { A: 'a' }) }));
prints('getters are read', () => ({ env: { get A() { return 'got'; } } }));
prints('a getter that throws is the caller\'s error', () => ({ env: { get A() { throw new RangeError('from the getter'); } } }));
prints('values may hold new lines, equals signs and text beyond ASCII', () => ({ env: { A: 'a\nb', B: 'c=d=e', 'Ž': '漢字😀', E: '' } }));
prints('a lone surrogate becomes the replacement character', () => ({ env: { A: 'x\ud800y' } }));
prints('an empty key and a key with an equals sign are passed on', () => ({ env: { '': 'empty', 'A=B': 'c', X: 'x' } }));
prints('a key with a NUL byte is refused', () => ({ env: { 'A\0B': 'x' } }));
prints('a value with a NUL byte is refused', () => ({ env: { A: 'x\0y' } }));
prints('a Map as environment has no keys', () => ({ env: new Map([['A', 'a']]) }));
prints('an array as environment gives its indices', () => ({ env: ['a', 'b'] }));
prints('a function as environment gives its keys', () => ({ env: Object.assign(() => {}, { A: 'a' }) }));
prints('a proxy as environment is read through its traps', () => ({
  env: new Proxy({ A: 'a', B: 'b' }, { get: (target, key) => (key === 'A' ? 'trapped' : target[key]) }),
}));
prints('a frozen environment works', () => ({ env: Object.freeze({ A: 'a' }) }));
prints('a large environment arrives whole', () => ({
  env: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`KEY_${i}`, 'v'.repeat(i % 97)])),
}));
for (const env of [null, undefined, false, 0, '']) {
  add(`env: ${JSON.stringify(env) ?? 'undefined'} means the parent's own`, async (cp, ctx) => {
    await withEnv({ PARITY_MARK: 'inherited' }, () => ctx.closed(ctx.watch(cp.spawn('sh', ['-c', 'echo "$PARITY_MARK"'], { env }))));
  });
}
for (const env of ['text', 5, true, Symbol('x')]) {
  prints(`env: ${String(env)} is treated as stock treats it`, () => ({ env }));
}

add('the parent\'s environment is read when spawn is called', async (cp, ctx) => {
  const first = await withEnv({ PARITY_MARK: 'one' }, () => cp.spawn('sh', ['-c', 'echo "$PARITY_MARK"']));
  await ctx.closed(ctx.watch(first));
  const second = await withEnv({ PARITY_MARK: 'two' }, () => cp.spawn('sh', ['-c', 'echo "$PARITY_MARK"']));
  await ctx.closed(ctx.watch(second, { name: 'second' }));
});

add('the inherited environment is the parent\'s in order and bytes', async (cp, ctx) => {
  await withEnv({ PARITY_UNICODE: '漢字', PARITY_EMPTY: '', PARITY_LINES: 'a\nb' }, () => ctx.closed(ctx.watch(cp.spawn(PRINT, ['-0']))));
});

add('changing the environment object after spawn changes nothing', async (cp, ctx) => {
  const env = { A: 'before' };
  const child = cp.spawn(PRINT, ['-0'], { env });
  env.A = 'after';
  env.B = 'new';
  await ctx.closed(ctx.watch(child));
});

// Stock writes the variable into the caller's object (and fails on a frozen one); environment.test.js has our answer.
add('NODE_V8_COVERAGE of the parent is passed on into a given environment', async (cp, ctx) => {
  await withEnv({ NODE_V8_COVERAGE: '/coverage' }, () => ctx.closed(ctx.watch(cp.spawn(PRINT, ['-0'], { env: { A: 'a' } }))));
});

add('NODE_V8_COVERAGE that the caller gave, even as undefined, wins', async (cp, ctx) => {
  await withEnv({ NODE_V8_COVERAGE: '/coverage' }, async () => {
    await ctx.closed(ctx.watch(cp.spawn(PRINT, ['-0'], { env: { NODE_V8_COVERAGE: '/mine' } }), { name: 'given' }));
    await ctx.closed(ctx.watch(cp.spawn(PRINT, ['-0'], { env: { NODE_V8_COVERAGE: undefined } }), { name: 'undefined' }));
    await ctx.closed(ctx.watch(cp.spawn(PRINT, ['-0'], { env: { NODE_V8_COVERAGE: '' } }), { name: 'empty' }));
  });
});

add('the sync form passes the same environment', (cp, ctx) => {
  ctx.fact('out', cp.spawnSync(PRINT, ['-0'], { env: { Z: 1, A: undefined, B: null, Ž: 'ž' } }).stdout);
  ctx.fact('empty', cp.spawnSync(PRINT, ['-0'], { env: {} }).stdout);
});

add('exec and execFile pass the same environment', async (cp, ctx) => {
  await new Promise((resolve) => { cp.execFile(PRINT, ['-0'], { env: { B: 'b', A: 'a' } }, (...args) => { ctx.note('execFile', 'callback', ...args); resolve(); }); });
  await new Promise((resolve) => { cp.exec('echo "$A-$B"', { env: { B: 'b', A: 'a' } }, (...args) => { ctx.note('exec', 'callback', ...args); resolve(); }); });
});

module.exports = scenarios;
