'use strict';

// A peer that is no Node, or a broken one, or a hostile one: whatever bytes come, this process lives, says on that child what
// was wrong, and goes on with what is right.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const v8 = require('node:v8');
const test = require('ava');
const { load } = require('../helpers/subject.js');
const { freshValue } = require('../helpers/fresh.js');
const { side } = require('./helpers/conversation.js');

const cp = load('ours');

/** Not that of node:events, which an 'error' event rejects. */
const once = (emitter, event) => new Promise((resolve) => { emitter.once(event, (...args) => resolve(args)); });

function folder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-hostile-'));
  t.teardown(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A child that writes these bytes to its channel, by `how` (a command that reads `$file`), and leaves. */
async function peer(t, bytes, { how = 'cat "$file"', serialization = 'json', listen = true } = {}) {
  const file = path.join(folder(t), 'bytes');
  fs.writeFileSync(file, bytes);
  const child = cp.spawn('/bin/sh', ['-c', `eval "exec 9>&$NODE_CHANNEL_FD"; ${how} >&9`], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, file }, serialization,
  });
  const seen = { messages: [], errors: [], order: [] };
  // An error may stand for many.
  Object.defineProperty(seen, 'failures', { value: 0, writable: true });
  if (listen) child.on('error', (error) => {
    seen.errors.push(error.code);
    seen.failures += error.count ?? 1;
    seen.order.push('error');
  });
  child.on('message', (message, handle) => {
    seen.messages.push(message);
    seen.order.push(handle === undefined ? 'message' : 'handle');
  });
  child.on('disconnect', () => seen.order.push('disconnect'));
  await once(child, 'close');
  return seen;
}

const framed = (body) => {
  const frame = Buffer.alloc(4 + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, 4);
  return frame;
};

const BAD = 'ERR_IPC_MALFORMED_MESSAGE';

test.serial('a line that is no JSON is an error on the child, and the next line a message', async (t) => {
  const seen = await peer(t, 'garbage\n{"a":1}\n\n"text"\n{"a":\n1}\nnull\n');
  t.deepEqual(seen, {
    messages: [{ a: 1 }, 'text', null],
    errors: [BAD, BAD, BAD],
    order: ['error', 'message', 'error', 'message', 'error', 'message', 'disconnect'],
  });
  t.is(seen.failures, 4);
});

test.serial('two broken lines that would join into one value stay two broken lines', async (t) => {
  const pairs = [['[1', '2]'], ['{"a":[1', '2]}'], ['"a', 'b"'], ['1],[2', '3'], ['1', '2],[3'], ['"a"]', '["b"'], ['', ''], ['1,2', '3'], ['//', '1']];
  const seen = await peer(t, pairs.flat().concat('"end"').join('\n') + '\n');
  t.deepEqual(seen.messages, [3, 1, 3, 1, 'end']);
  t.is(seen.failures, 2 * pairs.length - 4);
});

test.serial('bytes that are not UTF-8 become what Node makes of them', async (t) => {
  const samples = [[0xff], [0xc0, 0x80], [0xe2, 0x82], [0xf0, 0x90, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80], [0xe2, 0x82, 0xac, 0xe2]];
  const lines = samples.map((bytes) => Buffer.concat([Buffer.from('["'), Buffer.from(bytes), Buffer.from('x"]')]));
  const expected = lines.map((line) => JSON.parse(line.toString('utf8')));
  const together = await peer(t, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  t.deepEqual(together.messages, expected);
  t.deepEqual(together.errors, []);
  for (const [i, line] of lines.entries()) {
    const alone = await peer(t, Buffer.concat([line, Buffer.from('\n')]));
    t.deepEqual(alone.messages, [expected[i]]);
  }
});

test.serial('a byte order mark is no JSON, as with Node', async (t) => {
  t.deepEqual((await peer(t, '\ufeff1\n2\n')).order, ['error', 'message', 'disconnect']);
});

test.serial('messages that arrive byte by byte arrive whole', async (t) => {
  const lines = '{"text":"a€😀\\u2028","list":[1,2]}\n"b"\n[]\n';
  const seen = await peer(t, lines, { how: 'dd if="$file" bs=1 status=none' });
  t.deepEqual(seen.messages, [{ text: 'a€😀\u2028', list: [1, 2] }, 'b', []]);
  const bodies = Buffer.concat([{ a: new Map([[1, 'é']]) }, 'x', Buffer.from('bytes').toString()].map((value) => framed(v8.serialize(value))));
  const advanced = await peer(t, bodies, { how: 'dd if="$file" bs=1 status=none', serialization: 'advanced' });
  t.deepEqual(advanced.messages, [{ a: new Map([[1, 'é']]) }, 'x', 'bytes']);
});

test.serial('a peer that dies at any byte: what was whole is there, and nothing else', async (t) => {
  const whole = '{"text":"a€"}\n["b"]\n"c"\n';
  const bytes = Buffer.from(whole);
  await Promise.all(Array.from({ length: bytes.length + 1 }, async (_, count) => {
    const seen = await peer(t, bytes, { how: `head -c ${count} "$file"` });
    const lines = bytes.subarray(0, count).toString().split('\n').slice(0, -1);
    t.deepEqual(seen.messages, lines.map((line) => JSON.parse(line)), `after ${count} bytes`);
    t.deepEqual(seen.errors, []);
    t.is(seen.order.at(-1), 'disconnect');
  }));
  const frames = Buffer.concat([framed(v8.serialize({ a: 1 })), framed(v8.serialize('b'))]);
  await Promise.all(Array.from({ length: frames.length }, async (_, count) => {
    const seen = await peer(t, frames, { how: `head -c ${count} "$file"`, serialization: 'advanced' });
    t.is(seen.messages.length, count >= framed(v8.serialize({ a: 1 })).length ? 1 : 0, `after ${count} bytes`);
    t.deepEqual(seen.errors, []);
  }));
});

test.serial('a body that is no value is an error on the child, and the next body a message', async (t) => {
  const bodies = [Buffer.from('garbage'), v8.serialize('one'), Buffer.alloc(0), v8.serialize('two'), v8.serialize({ a: 1 }).subarray(0, 5), Buffer.from([0xff]),
    Buffer.from([0xff, 0x0f]), Buffer.from([0xff, 0x7f, 0x22, 1]), Buffer.alloc(100, 0xff), v8.serialize('end')];
  const seen = await peer(t, Buffer.concat(bodies.map(framed)), { serialization: 'advanced' });
  t.deepEqual(seen.messages, ['one', 'two', 'end']);
  t.is(seen.failures, 7);
  t.true(seen.errors.every((code) => code === BAD));
});

test.serial('a forged length costs nothing and ends with the peer', async (t) => {
  const before = process.memoryUsage.rss();
  for (const length of [0xffffffff, 0x80000000, 0x7fffffff, 0x10000000]) {
    const bytes = Buffer.alloc(100_000);
    bytes.writeUInt32BE(length);
    const seen = await peer(t, bytes, { serialization: 'advanced' });
    t.deepEqual(seen, { messages: [], errors: [], order: ['disconnect'] });
  }
  t.true(process.memoryUsage.rss() - before < 100e6);
});

test.serial('ten thousand mutated bodies do no harm', async (t) => {
  const seeds = [{ a: 1, list: [1, 'two', null] }, new Map([[1, new Set(['x'])]]), new Error('x'), [new Date(), /x/g, 5n], 'text', { n: { n: { n: 1 } } }]
    .map((value) => v8.serialize(value));
  let state = 12345;
  const random = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const mutated = () => {
    const body = Buffer.from(seeds[random(seeds.length)]);
    for (let i = random(4); i >= 0; i--) body[2 + random(body.length - 2)] = random(256);
    return framed(body.subarray(0, 2 + random(body.length)));
  };
  for (let i = 0; i < 10; i++) {
    const bodies = Array.from({ length: 999 }, mutated).concat(framed(v8.serialize('end')));
    const seen = await peer(t, Buffer.concat(bodies), { serialization: 'advanced' });
    t.is(seen.messages.at(-1), 'end');
    t.is(seen.messages.length + seen.failures, bodies.length);
  }
});

test.serial('deep nesting is a message or an error, in time', async (t) => {
  for (const depth of [10_000, 1_000_000]) {
    const seen = await peer(t, `${'['.repeat(depth)}${']'.repeat(depth)}\n${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}\n${'['.repeat(depth)}\n"end"\n`);
    t.is(seen.messages.at(-1), 'end');
    t.is(seen.messages.length + seen.failures, 4);
  }
});

test.serial('own keys that are called __proto__ pollute nothing', async (t) => {
  const { messages } = await peer(t, '{"__proto__":{"polluted":1}}\n{"a":{"__proto__":{"polluted":1}}}\n{"constructor":{"prototype":{"polluted":1}}}\n');
  t.is(({}).polluted, undefined);
  t.true(Object.hasOwn(messages[0], '__proto__'));
  t.is(Object.getPrototypeOf(messages[0]), Object.prototype);
  t.is(messages[0].polluted, undefined);
});

test.serial('inner messages of a liar do no harm', async (t) => {
  const lies = [
    { cmd: 'NODE_HANDLE' }, { cmd: 'NODE_HANDLE', type: 'net.Socket', msg: 1 }, { cmd: 'NODE_HANDLE', type: '__proto__' }, { cmd: 'NODE_HANDLE', type: {} },
    { cmd: 'NODE_HANDLE_ACK' }, { cmd: 'NODE_HANDLE_NACK' }, { cmd: 'NODE_HANDLE_ACK', seq: -1 },
    { cmd: 'NODE_SOCKET_GET_COUNT' }, { cmd: 'NODE_SOCKET_GET_COUNT', key: '__proto__' }, { cmd: 'NODE_SOCKET_COUNT', key: 'x', count: 'many' },
    { cmd: 'NODE_SOCKET_NOTIFY_CLOSE', key: {} }, { cmd: 'NODE_SOCKET_ALL_CLOSED' }, { cmd: 'NODE_CLUSTER', act: 'x' }, { cmd: `NODE_${'x'.repeat(100_000)}` },
  ];
  const bytes = lies.flatMap((lie) => [lie, lie]).map((lie) => `${JSON.stringify(lie)}\n`).join('');
  const seen = await peer(t, `${bytes}"end"\n`);
  t.deepEqual(seen, { messages: ['end'], errors: [], order: ['message', 'disconnect'] });
  const advanced = await peer(t, Buffer.concat([...lies, 'end'].map((lie) => framed(v8.serialize(lie)))), { serialization: 'advanced' });
  t.deepEqual(advanced.messages, ['end']);
});

test.serial('a line without end costs memory for what arrived, and linear time', async (t) => {
  const begin = Date.now();
  const seen = await peer(t, '', { how: 'head -c 200000000 /dev/zero' });
  t.deepEqual(seen, { messages: [], errors: [], order: ['disconnect'] });
  t.true(Date.now() - begin < 15_000);
});

test.serial('without an error listener there is a warning, and this process lives', async (t) => {
  const value = await freshValue(t, async (cp) => {
    const warnings = [];
    process.on('warning', (warning) => warnings.push(warning.code));
    const child = cp.spawn('/bin/sh', ['-c', 'eval "exec 9>&$NODE_CHANNEL_FD"; printf "garbage\\n1\\n" >&9'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const messages = [];
    child.on('message', (message) => messages.push(message));
    await new Promise((resolve) => { child.once('close', resolve); });
    return { messages, warnings };
  });
  t.deepEqual(value, { messages: [1], warnings: [BAD] });
});

test.serial('a peer that reads nothing: what waits is bounded by send, and is gone with the peer', async (t) => {
  const child = cp.spawn('/bin/sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.on('error', () => {});
  let sent = 0;
  while (child.send('x'.repeat(10_000)) && sent < 1_000) sent++;
  t.true(sent < 200, `${sent} messages of 10 kB accepted before send was false`);
  child.kill('SIGKILL');
  const [, signal] = await once(child, 'close');
  t.is(signal, 'SIGKILL');
});

test.serial('a peer that closes its end only for writing, or reading', async (t) => {
  // The descriptor is duplicated for nobody else: `exec N>&-` closes the one end there is.
  const child = cp.spawn('/bin/sh', ['-c', 'eval "exec $NODE_CHANNEL_FD>&-"; exec sleep 60'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(child, 'disconnect');
  t.false(child.connected);
  child.kill('SIGKILL');
  await once(child, 'close');
});

// The other way round: our child side, and a parent that writes what it likes.

async function childOf(t, bytes, mode = 'json') {
  const log = path.join(folder(t), 'log');
  fs.writeFileSync(log, '');
  const body = function witness({ noteAll, note }) {
    process.on('error', (error) => note('error', error.code));
    process.on('exit', (code) => note('exit', code));
    noteAll('message', 'disconnect');
  };
  const { execPath, env } = side('ours', { env: { ...process.env, NODE_CHANNEL_FD: '3', NODE_CHANNEL_SERIALIZATION_MODE: mode } });
  const runner = path.join(__dirname, 'fixtures', 'run-child.js');
  const child = cp.spawn(execPath, [runner, log, String(body)], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'], env });
  child.stdio[3].on('error', () => {});
  let answers = '';
  child.stdio[3].setEncoding('latin1').on('data', (text) => { answers += text; });
  for (const part of [bytes].flat()) {
    child.stdio[3].write(part);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
  child.stdio[3].end();
  await once(child, 'exit');
  return { notes: fs.readFileSync(log, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)), answers };
}

test.serial('our child side lives through garbage as well', async (t) => {
  const { notes } = await childOf(t, ['garb', 'age\n[1', '\n2]\n{"a"', ':1}\n', Buffer.from([0x22, 0xe2, 0x82]), Buffer.from([0xac, 0x22, 0x0a])]);
  // How many are told together depends on when they came.
  const firsts = notes.filter(({ event }, i) => event !== 'error' || notes[i - 1]?.event !== 'error');
  t.deepEqual(firsts.map(({ event, args }) => [event, args[0]]), [
    ['error', BAD], ['message', { a: 1 }], ['message', '€'], ['disconnect', undefined], ['exit', 0],
  ]);
});

test.serial('our child side answers a handle that did not come', async (t) => {
  const { notes, answers } = await childOf(t, '{"cmd":"NODE_HANDLE","type":"net.Socket","msg":1}\n"end"\n');
  t.is(answers, '{"cmd":"NODE_HANDLE_NACK"}\n');
  t.deepEqual(notes.map(({ event }) => event), ['message', 'disconnect', 'exit']);
});
