'use strict';

// send() when nobody is there any more: after a disconnect, to a child that is dead, from a child whose parent has left.

const { conversations } = require('./helpers/conversation.js');

conversations([
  {
    title: 'sends after disconnect fail with ERR_IPC_CHANNEL_CLOSED, to the callback or as an error event, and return false',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      const note = (...args) => ctx.note('parent', ...args);
      await ctx.event(child, 'message');
      child.disconnect();
      note('connected', child.connected, child.channel);
      note('with callback', child.send('late', (...args) => note('callback', ...args)));
      note('without', child.send('late'));
      note('swallowed', child.send('late', undefined, { swallowErrors: true }));
      note('refused?', ctx.attempt('undefined', () => child.send(undefined, () => note('callback of undefined'))));
      note('handle?', ctx.attempt('handle', () => child.send(1, {}, () => note('callback of handle'))));
      ctx.attempt('options', () => child.send(1, undefined, 1));
      note('end of turn');
      ctx.attempt('second disconnect', () => child.disconnect());
    },
    child({ note, noteAll, attempt }) {
      noteAll('message', 'disconnect', 'error');
      process.on('disconnect', () => {
        note('state', process.connected, process.channel);
        note('with callback', process.send('late', (...args) => note('callback', ...args)));
        note('without', process.send('late'));
        attempt('second disconnect', () => process.disconnect());
      });
      process.send('ready');
    },
  },
  {
    title: 'without an error listener a second disconnect throws, and a send after it ends the process',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['message', 'disconnect', 'exit', 'close']);
    },
    child({ note, attempt }) {
      process.on('exit', (code) => note('exit', code));
      process.disconnect();
      attempt('second', () => process.disconnect());
      process.send('x');
    },
  },
  {
    title: 'a child that is dead but not yet seen to be: EPIPE to the callback and as an event',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      const note = (...args) => ctx.note('parent', ...args);
      await ctx.event(child, 'message');
      process.kill(child.pid, 'SIGKILL');
      ctx.busyUntilDead(child);
      note('first', child.send('to nobody', (...args) => note('callback', ...args)));
      note('second', child.send('to nobody', (...args) => note('callback 2', ...args)));
      note('without', child.send('to nobody'));
      note('swallowed', child.send('to nobody', undefined, { swallowErrors: true }));
      note('swallowed with callback', child.send('to nobody', undefined, { swallowErrors: true }, (...args) => note('callback 5', ...args)));
      note('connected', child.connected);
      await ctx.event(child, 'exit');
      note('after exit', child.connected, child.channel);
      note('after exit', child.send('to nobody', (...args) => note('callback 6', ...args)));
    },
    child({ noteAll }) {
      noteAll('message', 'disconnect');
      process.send('ready');
    },
  },
  {
    title: 'a large message that is on its way when the child dies ends as it does with Node',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      // That the write fails and that the child has exited are two events of the system, and either may be seen first.
      const note = (...args) => ctx.note('sends', ...args);
      await ctx.event(child, 'message');
      note('big', child.send('x'.repeat(2_000_000), (...args) => note('callback', ...args)));
      note('behind', child.send('behind', (...args) => note('callback 2', ...args)));
      await ctx.sleep(20);
      process.kill(child.pid, 'SIGKILL');
      await ctx.event(child, 'exit');
    },
    child({ block }) {
      process.on('message', () => {});
      process.send('ready', () => block('never'));
    },
  },
  {
    title: 'a child whose parent has left: EPIPE is no uncaught exception where Node has none',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['message', 'disconnect', 'exit', 'close']);
      await ctx.event(child, 'message');
      child.disconnect();
      // Only after the tick in which the descriptor is closed.
      await ctx.turn();
      await ctx.turn();
      ctx.unblock();
    },
    child({ note, block }) {
      process.on('exit', (code) => note('exit', code, process.connected));
      process.on('disconnect', () => note('disconnect'));
      process.send('ready', () => {
        block('go');
        note('first', process.send('to nobody', (...args) => note('callback', ...args)));
        note('second', process.send('to nobody', undefined, { swallowErrors: true }));
      });
    },
  },
  {
    title: 'a child whose parent has left, without callback: an error event',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.event(child, 'message');
      child.disconnect();
      await ctx.turn();
      await ctx.turn();
      ctx.unblock();
    },
    child({ note, block, noteAll }) {
      process.on('exit', (code) => note('exit', code));
      noteAll('error', 'disconnect');
      process.send('ready', () => {
        block('go');
        note('send', process.send('to nobody'));
      });
    },
  },
]);
