'use strict';
// createChannel(): ends that are lost, or whose other side is no friend. Each in a process of its own, whose descriptors and
// children are counted.

const test = require('ava');
const { freshValue } = require('../helpers/fresh.js');

test('nothing is left open: ends that were sent, closed, dropped, or lost with a child', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    tools.require('node:v8').setFlagsFromString('--expose-gc');
    const gc = tools.require('node:vm').runInNewContext('gc');
    const { Remote: R } = tools.require(`${tools.root}/__test__/channel/helpers/remote.js`);
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
    const { ChannelEnd } = tools.require(`${tools.root}/lib/channel/handles/channel-end.js`);
    const { binding } = tools.require(`${tools.root}/lib/addon/native.js`);
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
    const devNull = tools.fs.openSync('/dev/null');
    const say = (text, fd = -1) => binding.channelSendText(peer, text, true, fd);
    const END = 'rs-child-process.ChannelEnd';
    const MEMORY = 'rs-child-process.SharedMemory';
    say('garbage');
    say(envelope({ type: MEMORY }), devNull);
    say(envelope({ type: END, version, serialization: 'json' }), devNull);
    const strange = binding.channelDeadEnd();
    say(envelope({ type: END, version: '0.0.0', serialization: 'json' }), strange);
    say(envelope({ type: END, version, serialization: '__proto__' }), strange);
    say(envelope({ type: 'rs-child-process.Other' }), devNull);
    say(envelope({ type: '__proto__' }), devNull);
    // Refused, with all behind it, until it comes again.
    say(envelope({ type: END, version, serialization: 'json' }));
    say('1');
    await tools.until(() => heard.includes(1));
    say(envelope({ type: END, version, serialization: 'json' }), devNull);
    say('{"cmd":"NODE_HANDLE_ACK"}');
    say('"fine"');
    await tools.until(() => heard.includes('fine'));
    end.disconnect();
    binding.channelClose(peer);
    tools.fs.closeSync(devNull);
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
    const { binding } = tools.require(`${tools.root}/lib/addon/native.js`);
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

test('a listener that turns the loop itself has each message told once, in order', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const fds = new Int32Array(2);
    const { binding } = tools.require(`${tools.root}/lib/addon/native.js`);
    binding.channelPair(fds);
    own._forkChild(fds[0], 'json');
    // The first channel of this process is the one just opened.
    const first = 1;
    const peer = binding.channelOpen(fds[1], false, false, undefined, {});
    const heard = [];
    const whole = new Promise((resolve) => {
      process.on('message', (message) => {
        heard.push(message);
        if (message === 1) {
          binding.channelSendText(peer, '4\n5', true, -1);
          binding.channelReadNow(first);
          process._tickCallback();
          heard.push('turned');
        }
        if (message === 'end') resolve();
      });
    });
    binding.channelSendText(peer, '1\n2\n3', true, -1);
    setImmediate(() => setImmediate(() => binding.channelSendText(peer, '"end"', true, -1)));
    await whole;
    process.disconnect();
    binding.channelClose(peer);
    return heard;
  });
  t.deepEqual(value, [1, 2, 3, 4, 5, 'turned', 'end']);
});

test('worker threads have ends of their own, and take them along when they end', async (t) => {
  const value = await freshValue(t, async (own, tools) => {
    const { Worker } = tools.require('node:worker_threads');
    const code = `
      const { parentPort } = require('node:worker_threads');
      const cp = require(${JSON.stringify(tools.root)});
      const { Remote } = require(${JSON.stringify(`${tools.root}/__test__/channel/helpers/remote.js`)});
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
