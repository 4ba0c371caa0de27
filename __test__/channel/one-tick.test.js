'use strict';

// What is sent in one tick leaves in one write, and yet nothing that comes next in that tick overtakes it: no signal, no wait for
// the child; and what is lost of it is told as if each message had been written for itself.

const { createHook } = require('node:async_hooks');
const path = require('node:path');

const test = require('ava');
const { load } = require('../helpers/subject.js');
const { conversations } = require('./helpers/conversation.js');

function childThatEndsBySignal({ note, noteAll }) {
  noteAll('message');
  process.on('SIGTERM', () => {
    note('SIGTERM');
    process.exit();
  });
  process.send('ready');
}

/** `end` is what follows three messages in their tick; the tick lasts until the child has seen the signal. */
const signalled = (title, end) => ({
  title,
  async parent(ctx) {
    const child = ctx.start();
    await ctx.event(child, 'message');
    for (const message of ['one', 'two', 'three']) child.send(message);
    end(child);
    ctx.busyUntilNoted('SIGTERM');
  },
  child: childThatEndsBySignal,
});

/** A child that is killed behind the first of some messages; `send` sends the others. */
const lost = (title, send) => ({
  title,
  async parent(ctx) {
    const child = ctx.listen(ctx.start(), ['error']);
    const note = (...args) => ctx.note('sends', ...args);
    await ctx.event(child, 'message');
    child.send('nobody asks');
    await ctx.turn();
    note('first', child.send('first', (...args) => note('callback', ...args)));
    process.kill(child.pid, 'SIGKILL');
    ctx.busyUntilDead(child);
    send(child, note);
  },
  child() {
    process.on('message', () => {});
    process.send('ready');
  },
});

function childThatNotesTheEnd({ note, noteAll }) {
  noteAll('message');
  process.on('disconnect', () => note('disconnect'));
  process.send('ready');
}

/** A parent that is busy from its own 'disconnect' on until the child has seen the end as well; `when` calls what sends and leaves. */
const left = (title, when) => ({
  title,
  async parent(ctx) {
    const child = ctx.start();
    child.once('disconnect', () => ctx.fact('the child has seen it meanwhile', ctx.busyUntilNoted('disconnect')));
    await when(child, () => {
      for (let i = 0; i < 6; i++) child.send(i);
      child.disconnect();
    });
  },
  child: childThatNotesTheEnd,
});

conversations([
  left('a disconnect is seen although its turn of the loop goes on', async (child, leave) => {
    await new Promise((resolve) => { child.once('message', resolve); });
    await new Promise((resolve) => { setImmediate(resolve); });
    leave();
  }),

  left('a disconnect by a listener is seen although the delivery that called it goes on', async (child, leave) => {
    child.once('message', leave);
  }),

  signalled('a signal comes behind the messages that were sent before it', (child) => { child.kill('SIGTERM'); }),
  signalled('and so it does behind a disconnect', (child) => {
    child.disconnect();
    child.kill('SIGTERM');
  }),
  {
    title: 'a tick of the parent that does not end holds nothing up, not even its last message',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.event(child, 'message');
      for (let i = 0; i < 9; i++) child.send(i);
      ctx.fact('seen meanwhile', ctx.busyUntilNoted('the last'));
      child.disconnect();
    },
    child({ note, noteAll }) {
      noteAll('message');
      process.on('message', (message) => { if (message === 8) note('the last'); });
      process.send('ready');
    },
  },
  {
    title: 'nor does one of the child, whose messages come while it goes on',
    async parent(ctx) {
      const child = ctx.listen(ctx.start(), ['message']);
      child.on('message', (i) => ctx.unblock(`seen ${i}`));
    },
    child({ block, note }) {
      for (let i = 0; i < 9; i++) {
        process.send(i);
        block(`seen ${i}`);
      }
      note('all seen');
      process.disconnect();
    },
  },
  {
    title: 'of a child that ends while the tick lasts only what it could not read is told as lost',
    async parent(ctx) {
      const child = ctx.listen(ctx.start(), ['error']);
      await ctx.event(child, 'message');
      for (let i = 0; i < 9; i++) child.send(i);
      ctx.busyUntilDead(child);
      child.send('late');
    },
    child({ noteAll }) {
      noteAll('message');
      process.on('message', (message) => { if (message === 8) process.kill(process.pid, 'SIGKILL'); });
      process.send('ready');
    },
  },
  {
    title: 'order and content hold for many messages of a tick that lasts',
    async parent(ctx) {
      const child = ctx.start();
      let wrong = 0;
      let count = 0;
      child.on('message', ({ i, text }) => { if (i !== count++ || text !== 'é'.repeat(i % 700)) wrong++; });
      await ctx.event(child, 'exit');
      ctx.fact('seen', { count, wrong });
    },
    child() {
      const end = Date.now() + 300;
      for (let i = 0; Date.now() < end || i < 2_000; i++) {
        if (i >= 2_000) continue;
        process.send({ i, text: 'é'.repeat(i % 700) });
        const pause = performance.now() + i % 7 * 0.05;
        while (performance.now() < pause);
      }
      // Node loses what waits for room when it disconnects.
      process.send({ i: 2_000, text: 'é'.repeat(2_000 % 700) }, () => process.disconnect());
    },
  },
  {
    title: 'a program that is waited for may wait for a message that was sent before',
    async parent(ctx) {
      const child = ctx.start({ args: [ctx.file('done')] });
      await ctx.event(child, 'message');
      child.send('one');
      child.send('two');
      const wait = 'i=0; while [ ! -e "$0" ]; do i=$((i+1)); [ $i -gt 200 ] && exit 1; sleep 0.05; done';
      const { status } = ctx.cp.spawnSync('/bin/sh', ['-c', wait, ctx.file('done')]);
      ctx.fact('status', status);
      child.disconnect();
    },
    child({ args }) {
      process.on('message', (message) => {
        if (message === 'two') require('node:fs').writeFileSync(args[0], '');
      });
      process.send('ready');
    },
  },
  lost('of two messages with callbacks one is lost: its callback alone is told', (child, note) => {
    note('second', child.send('second', (...args) => note('callback of second', ...args)));
  }),
  lost('each message that is lost has an error event of its own', (child) => {
    for (let i = 0; i < 3; i++) child.send(i);
  }),
  lost('errors come for those without callback, where only some have one', (child, note) => {
    child.send('no');
    child.send('yes', (...args) => note('callback of yes', ...args));
    child.send('swallowed', undefined, { swallowErrors: true });
    child.send('no');
  }),
  lost('a message too long to wait takes nothing away from those before it', (child, note) => {
    child.send('no');
    child.send('x'.repeat(100_000), (...args) => note('callback of the long one', ...args));
  }),
]);

test('the first message of a turn of the loop asks for no tick, the second for one, and the rest join it', async (t) => {
  const child = load('ours').fork(path.join(__dirname, 'fixtures', 'echo.js'), [], { accelerate: false });
  await new Promise((resolve) => { child.once('spawn', resolve); });
  let ticks = 0;
  const hook = createHook({ init(id, type) { if (type === 'TickObject') ticks++; } }).enable();
  const asked = [];
  const send = (message) => {
    const before = ticks;
    child.send(message);
    return ticks - before;
  };
  for (let turn = 0; turn < 30; turn++) {
    await new Promise((resolve) => { setImmediate(resolve); });
    asked.push([send(1), send(2), send(3), send(4)]);
  }
  hook.disable();
  const answers = [];
  await new Promise((resolve) => { child.on('message', (answer) => { if (answers.push(answer) === 120) resolve(); }); });
  child.disconnect();
  await new Promise((resolve) => { child.once('exit', resolve); });
  t.deepEqual(answers, Array.from({ length: 120 }, (_, i) => 1 + i % 4));
  // The first four messages of a channel are written by themselves.
  t.deepEqual(asked.map((turn) => turn.join('')), ['0000', ...Array(29).fill('0100')]);
});
