'use strict';

// The events of messages: which, with what, and in which order among the ticks of both ends.

const { conversations } = require('./helpers/conversation.js');

conversations([
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
