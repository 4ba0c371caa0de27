'use strict';

// The events of messages: which, when, in which order, and that none is lost to a listener that is late, throws or leaves.

const { conversations, ourConversations } = require('./helpers/conversation.js');

conversations([
  {
    title: 'messages that came before any listener wait for the first one, in the child',
    async parent(ctx) {
      const child = ctx.start();
      for (let i = 0; i < 5; i++) child.send({ i });
      await ctx.noted('ready');
      child.send('late');
      child.send('later');
      await ctx.turn();
      ctx.unblock();
      await ctx.event(child, 'message');
      child.disconnect();
    },
    async child({ note, sleep, noteAll, unblocked }) {
      process.channel.ref();
      noteAll('disconnect');
      note('ready');
      await unblocked('go');
      // All is in the socket now, and a few turns take it in.
      await sleep(20);
      note('listening');
      process.on('message', (message) => {
        note('message', message);
        if (message === 'later') process.send('all');
      });
      note('listens');
      process.nextTick(() => note('tick'));
    },
  },
  {
    title: 'messages that came before any listener wait for the first one, in the parent',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('sent');
      await ctx.sleep(50);
      ctx.note('parent', 'listening');
      child.on('message', (message) => ctx.note('parent', 'message', message));
      ctx.note('parent', 'listens');
      process.nextTick(() => ctx.note('parent', 'tick'));
      await ctx.sleep(20);
      child.send('end');
    },
    child({ note }) {
      for (let i = 0; i < 5; i++) process.send([i], i < 4 ? undefined : () => note('sent'));
      process.once('message', () => {});
    },
  },
  {
    title: 'a listener of another event wakes no message',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('sent');
      await ctx.sleep(30);
      ctx.listen(child, ['disconnect', 'internalMessage', 'anything', 'exit']);
      await ctx.sleep(20);
      ctx.note('parent', 'now');
      ctx.listen(child, ['message']);
      await ctx.sleep(10);
      child.send('end');
    },
    child({ note }) {
      process.send('kept', () => note('sent'));
      process.once('message', () => {});
    },
  },
  {
    title: 'cmd beginning with NODE_ and one character more is internal',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['message', 'internalMessage', 'disconnect', 'exit']);
      const messages = [
        { cmd: 'NODE_' }, { cmd: 'NODE_X' }, { cmd: 'NODE' }, { cmd: 'node_x' }, { cmd: ['NODE_X'] }, { cmd: 'XNODE_X' },
        { cmd: 'NODE_OWN', data: { a: 1 } }, 'NODE_X', ['NODE_X'], { a: { cmd: 'NODE_X' } }, { cmd: 'NODE_\u2028' }, 'end',
      ];
      await ctx.noted('ready');
      for (const message of messages) child.send(message);
      await ctx.event(child, 'disconnect');
    },
    child({ note, noteAll }) {
      noteAll('message', 'internalMessage');
      note('ready');
      process.on('message', (message) => {
        if (message !== 'end') return;
        process.send({ cmd: 'NODE_' });
        process.send({ cmd: 'NODE_UP', up: true }, (error) => {
          note('sent', error);
          process.disconnect();
        });
      });
    },
  },
  {
    title: 'answers and questions that nobody asked for are no harm',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['message', 'internalMessage', 'exit']);
      await ctx.noted('ready');
      for (const cmd of ['NODE_SOCKET_COUNT', 'NODE_SOCKET_ALL_CLOSED', 'NODE_SOCKET_NOTIFY_CLOSE', 'NODE_SOCKET_GET_COUNT', 'NODE_CLUSTER']) {
        child.send({ cmd, key: '6::::0' });
      }
      child.send('end');
      await ctx.event(child, 'exit');
    },
    child({ note, noteAll }) {
      noteAll('message', 'internalMessage');
      process.on('message', () => process.disconnect());
      note('ready');
    },
  },
  {
    title: 'each message has listeners of its own: ticks and microtasks between those of one read',
    async parent(ctx) {
      const child = ctx.start();
      const note = (...args) => ctx.note('parent', ...args);
      child.on('message', (message) => {
        note('message', message);
        process.nextTick(note, `tick of ${message}`);
        Promise.resolve().then(() => note(`microtask of ${message}`));
        queueMicrotask(() => process.nextTick(note, `tick of microtask of ${message}`));
      });
      // All of them are there before the first one is read.
      ctx.busyUntilNoted('sent');
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      process.channel.unref();
      process.send(1);
      process.send(2);
      process.send(3, () => {
        note('sent');
        const end = Date.now() + 100;
        while (Date.now() < end);
      });
    },
  },
  {
    title: 'a listener that throws loses no message behind it',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      for (let i = 0; i < 10; i++) child.send(i);
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      process.on('uncaughtException', (error) => note('uncaught', error.message));
      process.on('message', (message) => {
        note('message', message);
        if (message === 9) process.disconnect();
        if (message % 2 === 0) throw new Error(`at ${message}`);
      });
      note('ready');
    },
  },
  {
    title: 'a listener that throws and no handler: the child ends as with Node, and what it had sent is there',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.noted('ready');
      child.send(1);
      child.send(2);
      await ctx.turn();
      ctx.unblock();
      await ctx.event(child, 'exit');
    },
    child({ note, block }) {
      process.on('exit', (code) => note('exit', code));
      process.on('message', (message) => {
        note('message', message);
        process.send(`got ${message}`);
        throw new Error('not handled');
      });
      note('ready');
      block('go');
    },
  },
  {
    title: 'a rejection in an async listener with a handler loses none',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      for (let i = 0; i < 4; i++) child.send(i);
      // A rejection is told when all that came in one read is: they must come in one.
      await ctx.turn();
      ctx.unblock();
      await ctx.event(child, 'exit');
    },
    child({ note, block }) {
      process.on('unhandledRejection', (error) => note('unhandled', error.message));
      process.on('message', async (message) => {
        note('message', message);
        if (message === 3) setImmediate(() => process.disconnect());
        throw new Error(`at ${message}`);
      });
      note('ready');
      block('go');
    },
  },
  {
    title: 'a listener that removes itself leaves the next message to be kept',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      for (let i = 0; i < 3; i++) child.send(i);
      await ctx.turn();
      ctx.unblock();
      await ctx.event(child, 'exit');
    },
    async child({ note, sleep, unblocked }) {
      process.channel.ref();
      process.once('message', (message) => note('first', message));
      note('ready');
      await unblocked('go');
      // All is in the socket now, and a few turns take it in.
      await sleep(20);
      process.on('message', (message) => {
        note('then', message);
        if (message === 2) process.disconnect();
      });
    },
  },
  {
    title: 'disconnect from within a listener: what was read already behind it',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      for (let i = 0; i < 6; i++) child.send(i);
      await ctx.turn();
      ctx.unblock();
      await ctx.event(child, 'exit');
    },
    child({ note, block, noteAll }) {
      noteAll('disconnect');
      process.on('message', (message) => {
        note('message', message);
        if (message === 2) process.disconnect();
      });
      note('ready');
      block('go');
    },
  },
  {
    title: 'a message to itself through the other side keeps the order of two directions',
    async parent(ctx) {
      const child = ctx.start();
      const seen = [];
      child.on('message', (message) => {
        seen.push(message);
        if (message < 50) child.send(message + 1);
        else child.disconnect();
      });
      child.send(0);
      await ctx.event(child, 'exit');
      ctx.fact('seen', seen);
    },
    child() {
      process.on('message', (message) => process.send(message));
    },
  },
  {
    title: 'ten thousand messages each way at once arrive whole and in order',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      let next = 0;
      let wrong = 0;
      child.on('message', ({ i, text }) => {
        if (i !== next || text !== 'u'.repeat(i % 300)) wrong++;
        next++;
      });
      for (let i = 0; i < 10_000; i++) {
        if (!child.send({ i, text: 'd'.repeat(i % 300) })) await ctx.turn();
      }
      await ctx.event(child, 'disconnect');
      ctx.fact('arrived', [next, wrong]);
    },
    async child({ note }) {
      let next = 0;
      let wrong = 0;
      process.on('message', ({ i, text }) => {
        if (i !== next || text !== 'd'.repeat(i % 300)) wrong++;
        if (++next === 10_000) note('arrived', wrong);
      });
      note('ready');
      let sent = 0;
      for (let i = 0; i < 10_000; i++) {
        const accepted = process.send({ i, text: 'u'.repeat(i % 300) }, () => { sent++; });
        if (!accepted) await new Promise(setImmediate);
      }
      while (next < 10_000 || sent < 10_000) await new Promise(setImmediate);
      process.disconnect();
    },
  },
  {
    title: 'listeners see one argument more: the handle, undefined where none came',
    async parent(ctx) {
      const child = ctx.start();
      child.on('message', (...args) => {
        ctx.note('parent', 'message', args.length, ...args);
        child.send(1);
      });
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      process.on('message', (...args) => {
        note('message', args.length, ...args);
        process.disconnect();
      });
      process.send(0);
    },
  },
]);

ourConversations([
  {
    title: 'once in a loop with awaits between loses no message',
    pairings: ['stock-ours', 'ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const child = ctx.start();
      for (let i = 0; i < 50; i++) child.send(i);
      child.on('message', (message) => { if (message === 'go on') child.send('end'); });
      await ctx.event(child, 'exit');
    },
    async child({ note, sleep }) {
      const { once } = require('node:events');
      process.channel.ref();
      for (let i = 0; i < 50; i++) {
        const [message] = await once(process, 'message');
        if (message !== i) note('wrong', i, message);
        if (i % 3 === 0) await sleep(1);
        if (i % 3 === 1) await null;
      }
      process.send('go on');
      note('end', await once(process, 'message'));
      process.disconnect();
    },
    check(t, trace) {
      t.deepEqual(trace.children.child, [{ event: 'end', args: [['end', '<undefined>']] }]);
    },
  },
  {
    title: 'once in a loop with awaits between loses no message of the child',
    async parent(ctx) {
      const child = ctx.start();
      const seen = [];
      await ctx.noted('sent');
      await ctx.sleep(30);
      for (let i = 0; i < 50; i++) {
        const [message] = await ctx.event(child, 'message');
        seen.push(message);
        if (i % 3 === 0) await ctx.sleep(1);
      }
      ctx.fact('seen', seen);
      child.disconnect();
    },
    child({ note }) {
      for (let i = 0; i < 50; i++) process.send(i);
      note('sent');
      process.on('disconnect', () => {});
    },
    check(t, trace) {
      t.deepEqual(trace.facts.seen, Array.from({ length: 50 }, (_, i) => i));
    },
  },
  {
    title: 'what waited for a listener when the child left is there for a later one (Node drops it)',
    async parent(ctx) {
      const child = ctx.start();
      child.on('exit', () => child.on('message', (message) => ctx.note('parent', 'message', message)));
      await ctx.event(child, 'close');
    },
    child() {
      process.send('kept');
      process.send('kept too');
    },
    check(t, trace) {
      t.deepEqual(trace.emitters.parent?.map(({ args }) => args[0]), ['kept', 'kept too']);
    },
  },
]);
