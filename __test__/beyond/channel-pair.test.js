'use strict';
// createChannel(): siblings that talk without their parent.

const net = require('node:net');
const test = require('ava');
const { EventEmitter, once } = require('node:events');
const { load } = require('../helpers/subject.js');
const { freshValue } = require('../helpers/fresh.js');
const { until } = require('../helpers/tools.js');
const { Remote } = require('./helpers/remote.js');

const cp = load('ours');

const take = ({ state, handle, report }, name) => {
  state.end = handle;
  state.got = [];
  handle.on('message', (message, extra) => {
    state.got.push(message);
    state.extra = extra;
  });
  handle.on('disconnect', () => report('disconnect'));
  return [name, handle.constructor.name, handle.connected];
};

/** Two children that hold the two ends of a channel. */
async function siblings(t, { channel, fork } = {}) {
  const pair = cp.createChannel(channel);
  const both = pair.map(() => new Remote(cp, fork));
  t.teardown(() => Promise.all(both.map((one) => one.end('SIGKILL'))));
  const names = await Promise.all(both.map((one, i) => one.run(take, { handle: pair[i], args: [i] })));
  t.deepEqual(names, [[0, 'ChannelEnd', true], [1, 'ChannelEnd', true]]);
  return both;
}

for (const serialization of ['json', 'advanced']) {
  test(`two siblings exchange messages in both directions, in order, in ${serialization} mode`, async (t) => {
    const both = await siblings(t, { channel: { serialization }, fork: { serialization } });
    const counts = await Promise.all(both.map((one) => one.run(async ({ state, tools }) => {
      const count = 20_000;
      let called = 0;
      for (let i = 0; i < count; i++) {
        state.end.send({ i, text: 'é'.repeat(i % 50), list: [i, { deep: true }] }, () => { called++; });
        if (i % 500 === 0) await new Promise(setImmediate);
      }
      await tools.until(() => state.got.length === count && called === count);
      const wrong = state.got.find((m, i) => m.i !== i || m.text !== 'é'.repeat(i % 50) || m.list[0] !== i || m.list[1].deep !== true);
      return [state.got.length, called, wrong];
    })));
    t.deepEqual(counts, [[20_000, 20_000, null], [20_000, 20_000, null]].map((row) => row.map((cell) => cell ?? counts[0][2])));
    t.true(counts.every(([, , wrong]) => wrong === undefined || wrong === null));
  });
}

test('an advanced channel carries what structured clone knows, between children that speak JSON with their parent', async (t) => {
  const [left, right] = await siblings(t, { channel: { serialization: 'advanced' } });
  await left.run(({ state }) => { state.end.send({ map: new Map([[1, new Date(5)]]), big: 7n, bytes: Buffer.from('abc') }); });
  t.deepEqual(await right.run(async ({ state, tools }) => {
    await tools.until(() => state.got.length === 1);
    const [{ map, big, bytes }] = state.got;
    return [map.get(1).getTime(), String(big), bytes.toString(), Buffer.isBuffer(bytes)];
  }), [5, '7', 'abc', true]);
});

test('large messages go from sibling to sibling, in both modes and without serialization', async (t) => {
  for (const serialization of ['json', 'advanced']) {
    const [left, right] = await siblings(t, { channel: { serialization } });
    await left.run(({ state }, isText) => {
      state.end.send(isText ? 'é'.repeat(3e6) : Buffer.alloc(6e6, 7));
      state.end.send(Buffer.alloc(5e6, 8), null, { serialize: false });
      state.end.send('small');
    }, { args: [serialization === 'json'] });
    t.deepEqual(await right.run(async ({ state, tools }) => {
      await tools.until(() => state.got.length === 3);
      const [first, second, third] = state.got;
      return [first.length, first[2_999_999], second.length, second.every((byte) => byte === 8), Buffer.isBuffer(second), third];
    }), [serialization === 'json' ? 3e6 : 6e6, serialization === 'json' ? 'é' : 7, 5e6, true, true, 'small']);
  }
});

test('both ends may stay in one process, and what was sent before anybody listened is kept', async (t) => {
  const [left, right] = cp.createChannel();
  t.true(left instanceof EventEmitter);
  t.is(left.send('first'), true);
  left.send({ second: 2 });
  const got = [];
  right.on('message', (message) => got.push(message));
  right.send('back');
  t.deepEqual(await once(left, 'message'), ['back', undefined]);
  await until(() => got.length === 2);
  t.deepEqual(got, ['first', { second: 2 }]);
  const gone = Promise.all([once(left, 'disconnect'), once(right, 'disconnect')]);
  left.send('last');
  left.disconnect();
  t.false(left.connected);
  await gone;
  t.false(right.connected);
  t.is(got.at(-1), 'last');
  const error = await new Promise((resolve) => { right.send('late', resolve); });
  t.is(error.code, 'ERR_IPC_CHANNEL_CLOSED');
  const [second] = await Promise.all([once(right, 'error').then(([e]) => e), right.disconnect()]).catch((e) => [e]);
  t.is(second.code, 'ERR_IPC_DISCONNECTED');
});

test('messages that were sent before the sibling had its end are there when it listens', async (t) => {
  const [mine, theirs] = cp.createChannel();
  for (let i = 0; i < 100; i++) mine.send(i);
  const remote = new Remote(cp);
  t.teardown(() => remote.end('SIGKILL'));
  await remote.run(take, { handle: theirs });
  const sum = await remote.run(async ({ state, tools }) => {
    await tools.until(() => state.got.length === 100);
    return state.got.reduce((a, b) => a + b);
  });
  t.is(sum, 4950);
  mine.disconnect();
  await remote.hears(1);
});

test('an end that was sent is closed here; one that is in use, or was sent, cannot be sent', async (t) => {
  const remote = new Remote(cp);
  t.teardown(() => remote.end('SIGKILL'));
  const [left, right] = cp.createChannel();
  const sent = remote.run(take, { handle: right });
  t.false(right.connected);
  t.is((await new Promise((resolve) => { right.send(1, resolve); })).code, 'ERR_IPC_CHANNEL_CLOSED');
  t.throws(() => remote.child.send(1, right), { code: 'ERR_INVALID_STATE', message: /was sent/ });
  left.on('message', () => {});
  t.throws(() => remote.child.send(1, left), { code: 'ERR_INVALID_STATE', message: /in use/ });
  const [one, other] = cp.createChannel();
  t.throws(() => one.send(1, other), { code: 'ERR_INVALID_STATE', message: /its own channel/ });
  t.true(other.connected, 'it stays with its sender');
  t.throws(() => remote.child.send(1n, other), { code: 'ERR_INVALID_ARG_TYPE' });
  t.true(other.connected, 'so it does when the message is none');
  await sent;
  for (const end of [left, one, other]) if (end.connected) end.disconnect();
});

test('options are checked as Node checks its own', (t) => {
  t.throws(() => cp.createChannel({ serialization: 'xml' }), { code: 'ERR_INVALID_ARG_VALUE' });
  t.throws(() => cp.createChannel(null), { code: 'ERR_INVALID_ARG_TYPE' });
  t.throws(() => cp.createChannel('json'), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('the other sibling is told of a disconnect, behind the last message', async (t) => {
  const [left, right] = await siblings(t);
  await left.run(({ state }) => {
    for (let i = 0; i < 5000; i++) state.end.send(i);
    state.end.disconnect();
  });
  await right.hears(1);
  t.deepEqual(await right.run(({ state }) => [state.got.length, state.got.at(-1), state.end.connected]), [5000, 4999, false]);
  await left.hears(1);
});

test('the other sibling is told of a sibling that was killed, and lives on', async (t) => {
  const [left, right] = await siblings(t);
  await left.run(({ state, report }) => {
    const flood = () => {
      for (let i = 0; i < 100; i++) state.end.send({ i, text: 'x'.repeat(1000) });
      setImmediate(flood);
    };
    flood();
    report('flooding');
  });
  await left.hears(1);
  await left.end('SIGKILL');
  await right.hears(1);
  t.deepEqual(right.said, ['disconnect']);
  const outcome = await right.run(({ state }) => {
    const broken = state.got.findIndex((m, i) => m.i !== i % 100 || m.text.length !== 1000);
    return new Promise((resolve) => { state.end.send(1, (error) => resolve([broken, error.code])); });
  });
  t.deepEqual(outcome, [-1, 'ERR_IPC_CHANNEL_CLOSED']);
});

test('what a sibling sent right before process.exit() arrives', async (t) => {
  const [left, right] = await siblings(t);
  left.run(({ state }) => {
    for (let i = 0; i < 10_000; i++) state.end.send({ i, text: 'x'.repeat(100) });
    process.exit();
  }).catch(() => {});
  await right.hears(1);
  t.is(await right.run(({ state }) => state.got.length), 10_000);
});

test('send() is false while the sibling does not read, and all arrives when it does', async (t) => {
  const [mine, theirs] = cp.createChannel();
  let accepted = 0;
  let called = 0;
  while (mine.send('x'.repeat(10_000), () => { called++; })) accepted++;
  t.true(accepted > 5 && accepted < 1000, `${accepted}`);
  const remote = new Remote(cp);
  t.teardown(() => remote.end('SIGKILL'));
  await remote.run(take, { handle: theirs });
  await until(() => called === accepted + 1);
  await until(async () => await remote.run(({ state }) => state.got.length) === accepted + 1);
  t.true(mine.send('again'));
  mine.disconnect();
});

test('handles travel between siblings: a socket, a server, another end, shared memory', async (t) => {
  const [left, right] = await siblings(t);
  const port = await left.run(async ({ state, tools }) => {
    const server = tools.require('node:net').createServer((socket) => state.end.send('socket', socket));
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    state.server = server;
    return server.address().port;
  });
  const client = net.connect(port, '127.0.0.1');
  await once(client, 'connect');
  await right.run(async ({ state, tools }) => {
    await tools.until(() => state.extra);
    state.extra.end('from the sibling');
    state.extra = undefined;
  });
  t.is(String((await client.toArray()).join('')), 'from the sibling');
  await left.run(({ state }) => { state.end.send('server', state.server, () => state.server.close()); });
  const same = await right.run(async ({ state, tools }) => {
    await tools.until(() => state.extra);
    const { port: p } = state.extra.address();
    await new Promise((resolve) => { state.extra.close(resolve); });
    state.extra = undefined;
    return p;
  });
  t.is(same, port);
  await left.run(({ state, cp: own }) => {
    const [a, b] = own.createChannel();
    a.on('message', (message) => { state.nested = message; a.disconnect(); });
    state.end.send('end', b);
    state.memory = own.sharedMemory(8);
    state.end.send('memory', state.memory);
  });
  await right.run(async ({ state, tools }) => {
    await tools.until(() => state.got.at(-1) === 'memory');
    Atomics.store(new Int32Array(state.extra.buffer), 1, 77);
  });
  t.is(await left.run(({ state }) => Atomics.load(new Int32Array(state.memory.buffer), 1)), 77);
  // The end came before the memory took its place.
  t.deepEqual(await right.run(({ state }) => state.got), ['socket', 'server', 'end', 'memory']);
});

test('an end keeps its process alive while somebody listens, as ref() and unref() say', async (t) => {
  const ways = {
    'nobody listens': [() => {}, false],
    'somebody listens': [(end) => end.on('message', () => {}), true],
    'only disconnect is waited for': [(end) => end.on('disconnect', () => {}), true],
    'the listener has gone': [(end) => end.on('message', () => {}).removeAllListeners('message'), false],
    'unref() before listening': [(end) => { end.unref(); end.on('message', () => {}); }, false],
    'unref() after listening': [(end) => { end.on('message', () => {}); end.unref(); }, false],
    'ref() wins over nobody': [(end) => { end.send('x'); end.ref(); }, true],
  };
  await Promise.all(Object.entries(ways).map(async ([name, [body, stays]]) => {
    const [mine, theirs] = cp.createChannel();
    const remote = new Remote(cp);
    await remote.run(`({ state, handle }) => { state.end = handle; (${body})(handle); }`, { handle: theirs });
    remote.child.disconnect();
    if (stays) {
      // A round trip over the end itself: the process is there after its parent's channel has gone.
      mine.send('are you there?');
      await new Promise((resolve) => { setTimeout(resolve, 200); });
      t.is(remote.child.exitCode, null, name);
      mine.disconnect();
    }
    const [code] = await remote.left;
    t.is(code, 0, name);
    if (mine.connected) mine.disconnect();
  }));
});

test('an end may be sent in the tick of the fork, and the child disconnected right after', async (t) => {
  const [mine, theirs] = cp.createChannel();
  const child = cp.fork(require.resolve('./fixtures/echo-end.js'));
  const order = [];
  child.send('before', (error) => order.push(['before', error]));
  child.send('the end', theirs, (error) => order.push(['end', error]));
  child.send('after', (error) => order.push(['after', error]));
  child.disconnect();
  mine.send('hello');
  t.deepEqual((await once(mine, 'message'))[0], { echo: 'hello', heard: ['before', 'the end', 'after'] });
  t.deepEqual(order, [['before', null], ['end', null], ['after', null]]);
  mine.disconnect();
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a child that is not ours cannot get an end, and the end stays here', async (t) => {
  const [mine, theirs] = cp.createChannel();
  const stranger = new Remote(cp, { accelerate: false });
  t.throws(() => stranger.child.send(1, theirs), { code: 'ERR_IPC_NOT_ACCELERATED', message: /ChannelEnd/ });
  t.true(theirs.connected);
  await stranger.end();
  // The addon does not load there, which is found out only after the start.
  const failing = new Remote(cp, { env: { ...process.env, RS_CHILD_PROCESS_NATIVE: '0' } });
  const answers = [failing.run(() => 1, { handle: theirs }).catch((error) => error.code), failing.run(() => 'behind it')];
  t.deepEqual(await Promise.all(answers), ['ERR_IPC_NOT_ACCELERATED', 'behind it']);
  t.is(await failing.run(() => 'still there'), 'still there');
  t.true(theirs.connected);
  await failing.end();
  mine.send('and works');
  t.is((await once(theirs, 'message'))[0], 'and works');
  mine.disconnect();
});

test('nothing is left open: ends that were sent, closed, dropped, or lost with a child', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    tools.require('node:v8').setFlagsFromString('--expose-gc');
    const gc = tools.require('node:vm').runInNewContext('gc');
    const { Remote: R } = tools.require(`${tools.root}/__test__/beyond/helpers/remote.js`);
    const round = async () => {
      for (let i = 0; i < 20; i++) own.createChannel();
      for (const end of own.createChannel()) end.disconnect();
      const [used, other] = own.createChannel();
      other.on('message', () => {});
      used.send(1);
      used.disconnect();
      const killed = new R(own);
      await killed.run(() => 1);
      const [mine, lost] = own.createChannel();
      const gone = new Promise((resolve) => { mine.once('disconnect', resolve); });
      killed.child.send(1, lost, () => {});
      killed.end('SIGKILL');
      await Promise.all([gone, killed.left]);
      const remote = new R(own);
      const pairs = Array.from({ length: 10 }, () => own.createChannel());
      for (const [, theirs] of pairs) await remote.run(({ state, handle }) => { (state.ends ??= []).push(handle.on('message', () => {})); }, { handle: theirs });
      for (const [kept] of pairs) kept.disconnect();
      const inside = await remote.run(async ({ state, tools: t2 }) => {
        await t2.until(() => state.ends.every((end) => !end.connected));
        return Object.values(t2.descriptors()).filter((name) => name.startsWith('socket:')).length;
      });
      await remote.end();
      return inside;
    };
    const sockets = () => Object.values(tools.descriptors()).filter((name) => name.startsWith('socket:')).length;
    // Those of stdio, which children inherit.
    const given = sockets();
    await round();
    await tools.until(() => { gc(); return sockets() === given; }, 'sockets closed');
    const before = tools.descriptorCount();
    const inside = await round() - given;
    await tools.until(() => { gc(); return tools.descriptorCount() <= before; }, 'descriptors back');
    return { inside, sockets: sockets() - given, zombies: tools.zombies().length };
  });
  t.deepEqual(value, { inside: 1, sockets: 0, zombies: 0 });
});

test('garbage from a hostile peer is an error on the end, and the next message arrives', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    // What a loop keeps from its first pipe on.
    const [first, second] = own.createChannel();
    second.on('message', () => second.disconnect());
    first.on('disconnect', () => {}).send(1);
    await tools.once(first, 'disconnect');
    const { ChannelEnd } = tools.require(`${tools.root}/lib/ipc/channel-end.js`);
    const { binding } = tools.require(`${tools.root}/lib/native.js`);
    const { version } = tools.require(`${tools.root}/package.json`);
    const before = tools.descriptorCount();
    const fds = new Int32Array(2);
    binding.channelPair(fds);
    const end = new ChannelEnd(fds[0], 'json', {});
    const peer = binding.channelOpen(fds[1], false, false, undefined, {});
    const heard = [];
    end.on('error', (error) => heard.push(error.code));
    end.on('message', (message, handle) => heard.push(handle ? 'handle' : message));
    const envelope = (more) => JSON.stringify({ cmd: 'NODE_HANDLE', msg: 1, ...more });
    const null_ = tools.fs.openSync('/dev/null');
    const say = (text, fd = -1) => binding.channelSendText(peer, text, true, fd);
    const END = 'rs-child-process.ChannelEnd';
    const MEMORY = 'rs-child-process.SharedMemory';
    say('garbage');
    say(envelope({ type: MEMORY }), null_);
    say(envelope({ type: END, version, serialization: 'json' }), null_);
    const strange = binding.channelDeadEnd();
    say(envelope({ type: END, version: '0.0.0', serialization: 'json' }), strange);
    say(envelope({ type: END, version, serialization: '__proto__' }), strange);
    say(envelope({ type: 'rs-child-process.Other' }), null_);
    say(envelope({ type: '__proto__' }), null_);
    // Refused, with all behind it, until it comes again.
    say(envelope({ type: END, version, serialization: 'json' }));
    say('1');
    await tools.until(() => heard.includes(1));
    say(envelope({ type: END, version, serialization: 'json' }), null_);
    say('{"cmd":"NODE_HANDLE_ACK"}');
    say('"fine"');
    await tools.until(() => heard.includes('fine'));
    end.disconnect();
    binding.channelClose(peer);
    tools.fs.closeSync(null_);
    binding.closeFd(strange);
    await tools.until(() => tools.descriptorCount() <= before);
    return heard;
  });
  t.deepEqual(value, [...Array(7).fill('ERR_IPC_MALFORMED_MESSAGE'), 1, 'fine']);
});

test('a stock parent that sends what only we know gets nowhere', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    // Our side in this process, over a plain wire: nobody has said that the peer is ours.
    const fds = new Int32Array(2);
    const { binding } = tools.require(`${tools.root}/lib/native.js`);
    binding.channelPair(fds);
    own._forkChild(fds[0], 'json');
    process.on('disconnect', () => {});
    const peer = binding.channelOpen(fds[1], false, false, undefined, {});
    const warned = new Promise((resolve) => { process.once('warning', resolve); });
    const strange = binding.channelDeadEnd();
    binding.channelSendText(peer, JSON.stringify({ cmd: 'NODE_HANDLE', type: 'rs-child-process.ChannelEnd', msg: 1 }), true, strange);
    const warning = await warned;
    const [end] = own.createChannel();
    let code;
    try {
      process.send(1, end);
    } catch (error) {
      code = error.code;
    }
    process.disconnect();
    binding.channelClose(peer);
    return [warning.code, code, end.connected];
  });
  t.deepEqual(value, ['ERR_IPC_MALFORMED_MESSAGE', 'ERR_IPC_NOT_ACCELERATED', true]);
});

test('worker threads have ends of their own, and take them along when they end', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const { Worker } = tools.require('node:worker_threads');
    const code = `
      const { parentPort } = require('node:worker_threads');
      const cp = require(${JSON.stringify(tools.root)});
      const { Remote } = require(${JSON.stringify(`${tools.root}/__test__/beyond/helpers/remote.js`)});
      (async () => {
        const [mine, theirs] = cp.createChannel();
        globalThis.unused = cp.createChannel();
        const remote = new Remote(cp);
        await remote.run(({ handle }) => { handle.on('message', (m) => handle.send(m + 1)); }, { handle: theirs });
        mine.send(1);
        mine.on('message', (m) => { parentPort.postMessage(m); });
        parentPort.once('message', () => { remote.child.disconnect(); mine.disconnect(); parentPort.close(); });
      })();`;
    const round = async (terminate) => {
      const workers = Array.from({ length: 3 }, () => new Worker(code, { eval: true }));
      const answers = await Promise.all(workers.map((w) => new Promise((resolve, reject) => { w.once('message', resolve); w.once('error', reject); })));
      await Promise.all(workers.map((w) => new Promise((resolve) => {
        w.once('exit', resolve);
        if (terminate) w.terminate();
        else w.postMessage('end');
      })));
      return answers;
    };
    const answers = await round(false);
    // What waits for the children of ended threads stays.
    answers.push(...await round(true));
    await tools.until(() => tools.children().length === 0);
    const before = tools.descriptorCount();
    answers.push(...await round(true));
    await tools.until(() => tools.descriptorCount() <= before, 'descriptors back');
    await tools.until(() => tools.children().length === 0, 'children gone');
    return answers;
  });
  t.deepEqual(value, Array(9).fill(2));
});
