'use strict';

// What arrives of what was sent, in both modes. The child tells what it got by noting it, and sends back both that and values
// of its own; so each end encodes for and decodes from the other.

const { conversations, ourConversations } = require('./helpers/conversation.js');

/** Values whose JSON has edges. Source, because both ends make them. */
function jsonValues() {
  let deep = 1;
  for (let i = 0; i < 2_000; i++) deep = [deep];
  let deepObject = {};
  for (let i = 0; i < 1_000; i++) deepObject = { a: deepObject };
  return {
    'line separators': 'a\u2028b\u2029c',
    'line ends': 'a\nb\r\nc\r',
    'control characters': '\u0000\u0001\u001f\u007f\u0080',
    'lone surrogates': ['\ud800', 'x\udc00y', '\udc00\ud800', '\ud83d'],
    'astral characters': '😀𝄞'.repeat(10),
    'two-byte text': 'Grüße 日本語 '.repeat(50),
    'latin1 text': 'é'.repeat(300),
    'byte order mark': '\ufeffx',
    'own __proto__': JSON.parse('{"__proto__": {"polluted": 1}, "a": {"__proto__": null}, "constructor": {"prototype": {"x": 1}}}'),
    'numeric keys': { 2: 'b', 1: 'a', '-1': 'c', '01': 'd', 1.5: 'e' },
    'odd keys': { '': 1, ' ': 2, '\n': 3, '\u2028': 4, '"': 5, '\\': 6 },
    numbers: [0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53 + 2, 0.1 + 0.2, 123456789012345680000],
    'deep lists': deep,
    'deep objects': deepObject,
    'empty things': [{}, [], '', null, [[]], [{}]],
    'text that looks like JSON': ['{"a":1}', '],[', '"', 'null', '\\u0000', '\\'],
    'long text': 'x'.repeat(200_000),
    'long two-byte text': '日'.repeat(100_000),
    'many keys': Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`key${i}`, i])),
    'just under and over internal bounds': [16_380, 16_384, 49_151, 49_152, 65_535, 65_536, 65_537, 131_072].map((n) => 'b'.repeat(n)),
  };
}

/** Values of the structured clone. */
function advancedValues() {
  class Own {
    constructor() {
      this.own = 1;
      this.nested = new Map([[1, new Date(0)]]);
    }

    get inherited() {
      return 2;
    }
  }
  const cycle = { name: 'cycle' };
  cycle.self = cycle;
  cycle.list = [cycle, [cycle]];
  const shared = { n: 1 };
  const buffer = Buffer.from('0123456789');
  const memory = new ArrayBuffer(16);
  new Uint8Array(memory).set([1, 2, 3, 4, 5, 6, 7, 8]);
  const withCode = Object.assign(new RangeError('with code'), { code: 'E', extra: { a: 1 } });
  const withCause = new Error('outer', { cause: new TypeError('inner') });
  const sparse = [1, , 3];
  sparse.extra = 'on the array';
  return {
    undefinedInside: { a: undefined, list: [undefined, null] },
    bigints: [0n, -1n, 2n ** 64n, -(2n ** 200n)],
    numbers: [-0, NaN, Infinity, -Infinity, 1.5, 2 ** 31, -(2 ** 31) - 1],
    dates: [new Date(0), new Date(NaN), new Date(8.64e15)],
    regexps: [/a/, /b\/c/giu, /\u2028/ms],
    map: new Map([[{ a: 1 }, new Set([1, 'two'])], ['key', new Map()], [NaN, undefined]]),
    set: new Set([null, undefined, {}, new Set()]),
    boxed: [Object(1), Object('s'), Object(true), Object(5n)],
    errors: [new Error('plain'), new TypeError('type'), withCode, withCause, new SyntaxError(''), new AggregateError([new Error('one')], 'all')],
    own: new Own(),
    nullPrototype: Object.assign(Object.create(null), { a: 1 }),
    sparse,
    buffer,
    'part of a buffer': buffer.subarray(3, 6),
    'empty buffer': Buffer.alloc(0),
    'large buffer': Buffer.alloc(200_000, 'abc'),
    memory,
    views: [
      new Uint8Array([1, 2]), new Int8Array([-1]), new Uint8ClampedArray([300]), new Uint16Array([1, 65535]), new Int16Array([-2]),
      new Uint32Array([4294967295]), new Int32Array([-5]), new Float32Array([1.5]), new Float64Array([Math.PI, NaN]),
      new BigInt64Array([-1n]), new BigUint64Array([2n ** 64n - 1n]), new DataView(new ArrayBuffer(4), 1, 2), new Uint8Array(0),
    ],
    'part of memory': new Uint16Array(memory, 2, 3),
    cycle,
    'twice the same': [shared, shared],
    'same view twice': [buffer, buffer],
    strings: ['\ud800', 'a\u0000b', 'é', '日本', '😀', 'x'.repeat(100_000)],
    'own __proto__': JSON.parse('{"__proto__": {"polluted": 1}}'),
    getter: { get computed() { return 'computed'; } },
    'class instance in a list': [new Own()],
  };
}

const exchange = (mode, values) => ({
  title: `values keep what they are: ${mode}, ${values.name}`,
  async parent(ctx) {
    const own = values();
    const child = ctx.start({ serialization: mode, args: [String(values)] });
    child.on('message', (message) => {
      ctx.note('parent', 'message', message, ({}).polluted);
      if (message === 'end') child.disconnect();
    });
    await ctx.noted('ready');
    for (const [name, value] of Object.entries(own)) child.send({ name, value });
    for (const value of Object.values(own).filter((value) => typeof value === 'object')) child.send(value);
    child.send('end');
    await ctx.event(child, 'exit');
  },
  child({ args, note }) {
    const values = (0, eval)(`(${args[0]})`)();
    process.on('message', (message) => {
      note('message', message, ({}).polluted);
      if (message !== 'end') {
        process.send(message);
        return;
      }
      for (const [name, value] of Object.entries(values)) process.send({ name, value });
      process.send('end');
    });
    note('ready');
  },
});

const refused = (mode) => ({
  title: `values that cannot be sent throw at once and leave the channel as it was: ${mode}`,
  async parent(ctx) {
    const child = ctx.listen(ctx.start({ serialization: mode }));
    await ctx.noted('ready');
    const cycle = {};
    cycle.self = cycle;
    const bad = {
      'a function': () => {}, 'a function inside': { f() {} }, 'a symbol inside': [Symbol('s')], 'a promise': Promise.resolve(1),
      'a WeakMap': new WeakMap(), 'a cycle': cycle, 'a bigint': { n: 1n }, 'a proxy': new Proxy({ a: 1 }, {}),
      'a throwing getter': { get a() { throw new Error('getter'); } }, 'shared memory': new SharedArrayBuffer(4),
      'a socket': new (require('node:net').Socket)(), 'a class': class A {}, 'module': { m: Math },
      // What a sloppy array-like object is to the clone.
      // eslint-disable-next-line prefer-rest-params
      arguments: (function args() { return arguments; })(1, 2),
      'a stream': { s: new (require('node:stream').PassThrough)() },
    };
    for (const [name, value] of Object.entries(bad)) {
      ctx.note('parent', name, ctx.attempt(name, () => child.send(value)));
    }
    child.send('still works', () => ctx.note('parent', 'sent'));
    await ctx.event(child, 'exit');
  },
  child({ note, attempt }) {
    process.on('message', (message) => {
      note('message', typeof message, message);
      if (message !== 'still works') return;
      for (const bad of [() => {}, { f() {} }, [Symbol('s')], new WeakSet(), { n: 1n }]) attempt('bad', () => note('good', process.send(bad)));
      process.disconnect();
    });
    note('ready');
  },
});

conversations([
  exchange('json', jsonValues),
  exchange('advanced', jsonValues),
  exchange('advanced', advancedValues),
  refused('json'),
  refused('advanced'),
  {
    title: 'a serialization that there is none of is refused',
    async parent(ctx) {
      for (const serialization of ['', 'JSON', null, 1, {}]) {
        ctx.attempt(String(serialization), () => ctx.start({ serialization }));
      }
    },
    child() {},
  },
  {
    title: 'advanced: memory changed after send does not change the message, and what arrives is the receiver\'s own',
    async parent(ctx) {
      const child = ctx.start({ serialization: 'advanced' });
      await ctx.noted('ready');
      const bytes = Buffer.alloc(1_000, 1);
      child.send(bytes);
      bytes.fill(2);
      child.send({ bytes });
      bytes.fill(3);
      const got = [];
      child.on('message', (message) => {
        got.push(message);
        message.fill(9);
        if (got.length === 20) {
          ctx.note('parent', 'got', got.map((buffer) => [buffer.length, buffer.every((byte) => byte === 9)]));
          child.disconnect();
        }
      });
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      process.on('message', (message) => {
        note('message', message);
        if (Buffer.isBuffer(message)) return;
        for (let i = 0; i < 20; i++) process.send(Buffer.alloc(100 + i, 5));
      });
      note('ready');
    },
  },
  {
    title: 'a tampered toJSON and Object.prototype are seen as Node sees them',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.event(child, 'exit');
    },
    child() {
      Object.prototype.extra = 'inherited';
      String.prototype.toJSON = function toJSON() { return `json of ${this}`; };
      process.send({ a: 'x' });
      process.send('x');
      process.disconnect();
    },
  },
]);

ourConversations([
  {
    title: 'the faster form needs no descriptor and shows nothing in require.cache when it is agreed upon late',
    pairings: ['ours-preloaded'],
    async parent(ctx) {
      const child = ctx.start({ serialization: 'advanced' });
      await ctx.noted('full');
      child.send({ a: [1] });
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      const fs = require('node:fs');
      const before = Object.keys(require.cache).length;
      const taken = [];
      try {
        for (;;) taken.push(fs.openSync('/dev/null'));
      } catch ({ code }) {
        note('full', code);
      }
      process.on('message', (message) => {
        for (const fd of taken) fs.closeSync(fd);
        note('message', message, Object.keys(require.cache).length - before);
        process.disconnect();
      });
    },
    check(t, trace) {
      t.deepEqual(trace.children.child, [{ event: 'full', args: ['EMFILE'] }, { event: 'message', args: [{ a: [1] }, 0] }], trace.stderr);
    },
  },
  {
    title: 'messages of 8 and 128 MB arrive whole, in both modes and directions',
    pairings: ['ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      for (const [serialization, size] of [['json', 128], ['advanced', 128], ['json', 8], ['advanced', 8]]) {
        const child = ctx.start({ serialization, name: `${serialization}${size}`, args: [String(size)] });
        const text = 'abcdefgh'.repeat(size * 128 * 1024);
        child.on('message', ({ text: got }) => {
          ctx.note('parent', serialization, got.length, got === text);
          child.disconnect();
        });
        child.send({ text });
        await ctx.event(child, 'exit');
      }
    },
    child({ args, note }) {
      process.on('message', ({ text }) => {
        const expected = 'abcdefgh'.repeat(Number(args[0]) * 128 * 1024);
        note('message', text.length, text === expected);
        process.send({ text: expected });
      });
    },
    check(t, trace) {
      for (const events of [...Object.values(trace.children), trace.emitters.parent]) {
        t.true(events.length > 0 && events.every(({ args }) => args[1] === true), JSON.stringify(trace));
      }
    },
  },
  {
    title: 'the processor time of a message grows in proportion to its length',
    pairings: ['ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      const micros = ({ user, system }) => user + system;
      const perMegabyte = {};
      // The first ones warm up both. Up to 64 MB there is memory that the two share.
      for (const megabytes of [4, 4, 6, 48, 68, 136]) {
        const text = 'x'.repeat(megabytes * 1024 * 1024);
        const runs = [];
        for (let i = 0; i < 3; i++) {
          const own = micros(process.cpuUsage());
          child.send(text);
          const [used] = await ctx.event(child, 'message');
          runs.push((micros(process.cpuUsage()) - own + used) / megabytes);
        }
        perMegabyte[megabytes] = Math.min(...runs);
      }
      child.disconnect();
      ctx.fact('micros', perMegabyte);
    },
    child({ note }) {
      const micros = ({ user, system }) => user + system;
      let before = micros(process.cpuUsage());
      process.on('message', () => {
        const now = micros(process.cpuUsage());
        process.send(now - before);
        before = now;
      });
      note('ready');
    },
    check(t, trace) {
      const { micros } = trace.facts;
      // A megabyte costs the same in a message eight times as long; in quadratic time it would cost eight times as much.
      t.true(micros[48] < 4 * micros[6], JSON.stringify(micros));
      t.true(micros[136] < 1.8 * micros[68], JSON.stringify(micros));
    },
  },
  {
    title: 'memory of large messages is given back',
    pairings: ['ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const child = ctx.start({ execArgv: ['--expose-gc'] });
      await ctx.noted('ready');
      const text = 'x'.repeat(32 * 1024 * 1024);
      for (let i = 0; i < 6; i++) {
        child.send(text);
        await ctx.event(child, 'message');
      }
      child.disconnect();
    },
    child({ note }) {
      const { rss } = process.memoryUsage;
      const base = rss();
      let count = 0;
      process.on('message', () => {
        setImmediate(() => {
          globalThis.gc();
          if (++count === 6) note('grown', Math.round((rss() - base) / 1024 / 1024));
          process.send('next');
        });
      });
      note('ready');
    },
    check(t, trace) {
      const { args: [grown] } = trace.children.child.find(({ event }) => event === 'grown');
      t.true(grown < 100, `grown by ${grown} MB after 6 messages of 32 MB`);
    },
  },
]);
