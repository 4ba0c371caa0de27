'use strict';

// Messages and those who listen to them: none is lost to a listener that is late, throws or leaves.

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
