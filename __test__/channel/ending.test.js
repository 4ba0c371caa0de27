'use strict';

// How a channel ends, from which side and when, and in which order that is told together with the end of the child.

const { conversations, endsInOrder } = require('./helpers/conversation.js');
const { witness } = require('./helpers/witness.js');

const state = (target) => [target.connected, target.channel === null ? 'null' : typeof target.channel];

conversations([
  {
    title: 'the parent disconnects: what it sent before arrives, in order, then the end',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.event(child, 'message');
      ctx.note('parent', 'before', ...state(child));
      for (let i = 0; i < 5; i++) child.send(i, (error) => ctx.note('parent', `sent ${i}`, error, ...state(child)));
      child.disconnect();
      ctx.note('parent', 'after', ...state(child));
      process.nextTick(() => ctx.note('parent', 'tick', ...state(child)));
      await ctx.event(child, 'disconnect');
      ctx.note('parent', 'disconnected', ...state(child));
    },
    child: witness,
  },
  {
    title: 'the child disconnects: what it sent before arrives, in order, then the end',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      if (endsInOrder) {
        child.on('disconnect', () => ctx.note('parent', 'state', ...state(child)));
        child.on('exit', () => ctx.note('parent', 'state at exit', ...state(child), child.exitCode));
      }
      await ctx.event(child, 'close');
    },
    child({ note }) {
      process.on('disconnect', () => note('disconnect', process.connected, process.channel));
      for (let i = 0; i < 5; i++) process.send(i, (error) => note(`sent ${i}`, error, process.connected));
      note('before', process.connected, process.channel === null);
      process.disconnect();
      note('after', process.connected, process.channel);
      process.nextTick(() => note('tick'));
      process.on('exit', () => note('exit'));
    },
  },
  {
    title: 'both disconnect at once',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.event(child, 'message');
      child.disconnect();
      ctx.unblock();
    },
    child({ note, noteAll, block }) {
      noteAll('disconnect');
      process.send('ready', () => {
        block('go');
        process.disconnect();
        note('after', process.connected);
      });
    },
  },
  {
    title: 'the child exits at once after it sent',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      child.on('message', () => ctx.note('parent', 'state', ...state(child)));
      if (endsInOrder) {
        child.on('disconnect', () => ctx.note('parent', 'state at disconnect', ...state(child), child.exitCode));
        child.on('exit', () => ctx.note('parent', 'state at exit', ...state(child)));
      }
      await ctx.event(child, 'close');
    },
    child() {
      for (let i = 0; i < 5; i++) process.send(i);
      process.exit(7);
    },
  },
  {
    title: 'the child throws after it sent',
    async parent(ctx) {
      await ctx.event(ctx.listen(ctx.start()), 'close');
    },
    child() {
      for (let i = 0; i < 5; i++) process.send(i);
      throw new Error('the end');
    },
  },
  {
    title: 'the child runs out of work after it sent',
    async parent(ctx) {
      await ctx.event(ctx.listen(ctx.start()), 'close');
    },
    child() {
      for (let i = 0; i < 5; i++) process.send(i);
    },
  },
  {
    title: 'the child kills itself after it sent',
    async parent(ctx) {
      await ctx.event(ctx.listen(ctx.start()), 'close');
    },
    child() {
      process.send('first');
      process.kill(process.pid, 'SIGKILL');
    },
  },
  {
    title: 'a parent that was busy while the child sent and left: messages, disconnect, exit, close',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.noted('ready');
      ctx.unblock();
      ctx.busyUntilDead(child);
      ctx.busy(500);
      await Promise.all([ctx.event(child, 'close'), ctx.event(child, 'disconnect')]);
    },
    child({ note, block }) {
      note('ready');
      block('go');
      for (let i = 0; i < 100; i++) process.send(i);
      process.exit(3);
    },
  },
  {
    title: 'a busy parent: a child that disconnects and leaves',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.noted('ready');
      ctx.unblock();
      ctx.busyUntilDead(child);
      await Promise.all([ctx.event(child, 'close'), ctx.event(child, 'disconnect')]);
    },
    child({ note, block }) {
      note('ready');
      block('go');
      for (let i = 0; i < 10; i++) process.send(i);
      process.disconnect();
    },
  },
  {
    title: 'a busy parent: pipes, channel and exit of a child',
    async parent(ctx) {
      const child = ctx.start({ stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      ctx.listen(child, ['message', 'disconnect', 'exit', 'close']);
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
      await ctx.noted('ready');
      ctx.unblock();
      ctx.busyUntilDead(child);
      await Promise.all([ctx.event(child, 'close'), ctx.event(child, 'disconnect')]);
      ctx.fact('out', out);
    },
    child({ note, block }) {
      note('ready');
      block('go');
      process.stdout.write('text');
      process.send('message');
      process.exit(0);
    },
  },
  {
    title: 'kill: disconnect, exit, close',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.event(child, 'message');
      child.kill();
      ctx.note('parent', 'state', ...state(child));
      await ctx.event(child, 'close');
    },
    child: witness,
  },
  {
    title: 'kill from within a message listener, with more messages behind',
    async parent(ctx) {
      const child = ctx.listen(ctx.start(), ['disconnect', 'exit', 'close']);
      child.once('message', () => {
        child.kill('SIGKILL');
        ctx.note('parent', 'killed');
      });
      await ctx.event(child, 'close');
    },
    child() {
      process.on('message', () => {});
      process.send(1);
    },
  },
  {
    title: 'a grandchild that holds the channel open: exit without it, disconnect and close with it',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child);
      await ctx.event(child, 'exit');
      ctx.note('parent', 'state', ...state(child));
      await ctx.sleep(50);
      ctx.note('parent', 'now');
      ctx.unblock();
      await ctx.event(child, 'close');
    },
    child({ holdChannel }) {
      holdChannel('go');
      process.send('started', () => process.disconnect());
    },
  },
  {
    title: 'the parent closes while a grandchild holds the channel open',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['message', 'disconnect', 'exit']);
      await ctx.event(child, 'exit');
      ctx.note('parent', 'state', ...state(child));
      if (child.connected) child.disconnect();
      await ctx.sleep(30);
      ctx.unblock();
    },
    child({ holdChannel }) {
      holdChannel('go');
      process.send('started', () => process.exit());
    },
  },
  {
    title: 'disconnect in the same tick as fork',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      child.send('sent');
      child.disconnect();
      await ctx.event(child, 'exit');
    },
    async child({ note, noteAll, sleep }) {
      noteAll('message', 'disconnect');
      note('begin', process.connected);
      await sleep(50);
      note('later', process.connected);
    },
  },
  {
    title: 'disconnect within the disconnect event and the exit event',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      child.on('disconnect', () => child.disconnect());
      child.on('exit', () => child.disconnect());
      await ctx.event(child, 'close');
    },
    child() {
      process.send('x', () => process.disconnect());
    },
  },
  {
    title: 'a child that fails to start has a channel for a moment',
    async parent(ctx) {
      for (const [execPath, options] of [['/nowhere/node', {}], ['/etc/passwd', {}], [undefined, { cwd: '/nowhere' }]]) {
        const child = ctx.listen(ctx.cp.fork('x.js', [], { execPath, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], ...options }));
        ctx.note('parent', 'state', ...state(child), child.pid);
        ctx.note('parent', 'send', child.send('x', (error) => ctx.note('parent', 'sent', error?.code ?? error)));
        await ctx.event(child, 'close');
        ctx.note('parent', 'state', ...state(child));
      }
    },
  },
]);
