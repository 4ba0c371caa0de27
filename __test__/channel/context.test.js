'use strict';

// AsyncLocalStorage in what a channel calls: as with Node, in the parent and in the child.

const { AsyncLocalStorage, executionAsyncId } = require('node:async_hooks');
const { conversations } = require('./helpers/conversation.js');

conversations([
  {
    title: 'the store of fork is there in message, disconnect, exit and close, that of send in its callback',
    async parent(ctx) {
      const store = new AsyncLocalStorage();
      const note = (...args) => ctx.note('parent', ...args, store.getStore());
      const child = store.run('of fork', () => ctx.start());
      for (const event of ['spawn', 'message', 'disconnect', 'exit', 'close']) child.on(event, () => note(event));
      await ctx.noted('ready');
      for (const i of [1, 2, 3]) store.run(`of send ${i}`, () => child.send(i, () => note(`sent ${i}`)));
      child.send(4, () => note('sent 4'));
      await ctx.event(child, 'disconnect');
      store.run('late', () => child.send(5, (error) => note(error.code)));
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      note('ready');
      process.on('message', (message) => {
        if (message !== 4) return;
        process.send('a');
        process.send('b', () => process.disconnect());
      });
    },
  },
  {
    title: 'the store of a send whose write had to wait',
    async parent(ctx) {
      const store = new AsyncLocalStorage();
      const child = ctx.start();
      await ctx.noted('ready');
      const written = store.run('of the large one', () => new Promise((resolve) => {
        child.send('x'.repeat(2_000_000), () => resolve(store.getStore()));
      }));
      const behind = store.run('of the one behind', () => new Promise((resolve) => {
        child.send('behind', () => resolve(store.getStore()));
      }));
      ctx.unblock();
      ctx.note('parent', 'stores', await written, await behind);
      child.disconnect();
    },
    child({ note, block }) {
      process.on('message', () => {});
      note('ready');
      block('go');
    },
  },
  {
    title: 'the store of send in the child, and none in its listeners',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      child.send(1);
      // Not at once: whether they came with one read would decide what the child notes first.
      await ctx.event(child, 'message');
      child.send(2);
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      const { AsyncLocalStorage } = require('node:async_hooks');
      const store = new AsyncLocalStorage();
      store.run('of the listener', () => {
        process.on('message', (message) => {
          note('message', message, store.getStore());
          store.run(`inside ${message}`, () => process.send(message, () => note('sent', message, store.getStore())));
          if (message === 2) setImmediate(() => process.disconnect());
        });
      });
      process.on('disconnect', () => note('disconnect', store.getStore()));
      note('ready');
    },
  },
  {
    title: 'messages that waited for a listener, and errors of sends',
    async parent(ctx) {
      const store = new AsyncLocalStorage();
      const note = (...args) => ctx.note('parent', ...args, store.getStore());
      const child = store.run('of fork', () => ctx.start());
      await ctx.noted('sent');
      await ctx.sleep(30);
      store.run('of the listener', () => child.on('message', () => note('message')));
      await ctx.sleep(10);
      child.on('error', () => note('error'));
      child.disconnect();
      store.run('of the failing send', () => child.send('late'));
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      process.send(1);
      process.send(2);
      note('sent');
      process.on('disconnect', () => {});
    },
  },
  {
    title: 'a channel that was opened in no store, beside one that was, in a program that enters stores later',
    async parent(ctx) {
      const store = new AsyncLocalStorage();
      const child = ctx.start();
      child.on('message', (message) => ctx.note('parent', message, store.getStore(), executionAsyncId() !== 0));
      await ctx.noted('ready');
      await store.run('of a test', async () => {
        store.enterWith('of the program');
        child.send('one');
        await ctx.event(child, 'message');
      });
      child.send('two');
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      const { AsyncLocalStorage } = require('node:async_hooks');
      const store = new AsyncLocalStorage();
      process.on('message', (message) => {
        note(message, store.getStore());
        store.enterWith(`left by ${message}`);
        process.send(message);
        if (message === 'two') process.disconnect();
      });
      store.enterWith('of the script');
      note('ready');
    },
  },
  {
    title: 'what a listener had sent when it threw arrives, and so does what the next one sends',
    async parent(ctx) {
      const child = ctx.start();
      child.on('message', (message) => ctx.note('parent', message));
      await ctx.noted('ready');
      for (const i of [1, 2, 3]) child.send(i);
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      process.on('uncaughtException', (error) => {
        process.send(`caught ${error.message}`);
        if (error.message === '3') process.disconnect();
      });
      process.on('message', (message) => {
        for (const part of ['a', 'b', 'c']) process.send(`${message}${part}`);
        throw new Error(`${message}`);
      });
      note('ready');
    },
  },
  {
    title: 'what a listener leaves in a store is gone with its message, also where several came together',
    async parent(ctx) {
      const store = new AsyncLocalStorage();
      const child = ctx.start();
      child.on('message', (message) => {
        ctx.note('parent', message, store.getStore());
        store.enterWith(`left by ${message}`);
      });
      await ctx.noted('ready');
      for (let i = 0; i < 6; i++) child.send(i);
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      const { AsyncLocalStorage } = require('node:async_hooks');
      const store = new AsyncLocalStorage();
      process.on('uncaughtException', (error) => note('caught', error.message));
      process.on('message', (message) => {
        note(message, store.getStore());
        store.enterWith(`left by ${message}`);
        if (message === 3) throw new Error('thrown');
        process.send(message);
        process.send(`and ${message}`);
        if (message === 5) process.disconnect();
      });
      note('ready');
    },
  },
]);
