'use strict';
// createChannel(): what an end is to the process that has it, and how it goes to another.

const test = require('ava');
const { EventEmitter, once } = require('node:events');
const { load } = require('../helpers/subject.js');
const { until } = require('../helpers/tools.js');
const { Remote } = require('./helpers/remote.js');
const { take } = require('./helpers/siblings.js');

const cp = load('ours');

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
