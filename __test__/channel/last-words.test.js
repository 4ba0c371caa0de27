'use strict';

// Beyond Node: what was accepted arrives, whatever end either side takes, and the ends are told in one order.

const { endsInOrder, ourConversations } = require('./helpers/conversation.js');
const { alive } = require('../helpers/tools.js');
const { witness } = require('./helpers/witness.js');

const count = 20_000;
const flood = (ending) => ({
  async parent(ctx) {
    const child = ctx.start({ args: [ending] });
    const seen = { count: 0, wrong: 0, order: [] };
    child.on('message', ({ i }) => {
      if (i !== seen.count) seen.wrong++;
      seen.count++;
    });
    for (const event of ['disconnect', 'exit', 'close']) child.on(event, () => seen.order.push(`${event} after ${seen.count}`));
    await ctx.event(child, 'close');
    ctx.fact('seen', seen);
  },
  child({ args }) {
    for (let i = 0; i < 20_000; i++) process.send({ i, text: 'x'.repeat(100) });
    if (args[0] === 'exits') process.exit(0);
    if (args[0] === 'throws') throw new Error('the end');
    if (args[0] === 'disconnects') process.disconnect();
    if (args[0] === 'really exits') process.reallyExit(0);
    if (args[0] === 'exits in an exit listener') process.on('exit', () => process.send({ i: 20_000 }));
  },
  check(t, trace, pairing) {
    const total = ending === 'exits in an exit listener' ? count + 1 : count;
    const { order, ...seen } = trace.facts.seen;
    t.deepEqual(seen, { count: total, wrong: 0 }, trace.stderr);
    const ends = [`disconnect after ${total}`, `exit after ${total}`, `close after ${total}`];
    // That no message comes later is the child's doing; in which order the ends are told is the parent's.
    if (pairing.startsWith('ours') || endsInOrder) t.deepEqual(order, ends);
    else t.deepEqual(order.sort(), ends.sort());
  },
});

/** A child that sends 50 messages in a tick and ends by `end`, before the tick does. */
const lastWords = (title, end, { count: wanted = 50, ...options } = {}) => ({
  title: `the last words of a child that ${title}`,
  pairings: ['stock-stock', 'stock-ours', 'ours-ours', 'ours-preloaded'],
  ...options,
  async parent(ctx) {
    const child = ctx.start({ detached: true });
    let seen = 0;
    child.on('message', () => { seen++; });
    ctx.fact('end', await ctx.event(child, 'close'));
    ctx.fact('seen', seen);
  },
  child: end,
  check(t, trace) {
    t.is(trace.facts.seen, wanted, trace.stderr);
  },
});

function fillAndExit({ note, block }) {
  note('ready');
  block('go');
  for (let i = 0; i < 50; i++) process.send('x'.repeat(100_000));
  note('exits');
  process.exit();
}

ourConversations([
  ...['exits', 'throws', 'ends', 'disconnects', 'really exits', 'exits in an exit listener'].map((ending) => ({
    title: `20,000 messages of a child that ${ending} arrive`,
    pairings: ['stock-ours', 'ours-ours', 'ours-preloaded'],
    ...flood(ending),
  })),
  lastWords('ends itself by a signal', () => {
    for (let i = 0; i < 50; i++) process.send('x'.repeat(100));
    process.kill(process.pid, 'SIGTERM');
    for (;;);
  }),
  lastWords('ends its process group by a signal', () => {
    for (let i = 0; i < 50; i++) process.send('x'.repeat(100));
    process.kill(0, 'SIGKILL');
    for (;;);
  }),
  lastWords('removes its handler of a signal and raises that signal again', () => {
    process.once('SIGINT', () => {
      for (let i = 0; i < 50; i++) process.send('x'.repeat(100));
      process.kill(process.pid, 'SIGINT');
    });
    process.kill(process.pid, 'SIGINT');
    setInterval(() => {}, 1_000);
  }),
  lastWords('raises a signal that does not end it before one that does', () => {
    for (let i = 0; i < 25; i++) process.send('x'.repeat(100));
    process.kill(process.pid, 'SIGCONT');
    for (let i = 0; i < 25; i++) process.send('x'.repeat(100));
    process.kill(process.pid, 'SIGKILL');
  }),
  lastWords('raises one that does not end it in an earlier turn', () => {
    for (let i = 0; i < 25; i++) process.send('x'.repeat(100));
    process.kill(process.pid, 'SIGCONT');
    setTimeout(() => {
      for (let i = 0; i < 25; i++) process.send('x'.repeat(100));
      process.kill(process.pid, 'SIGKILL');
    }, 20);
  }),
  lastWords('becomes another program', () => {
    for (let i = 0; i < 50; i++) process.send('x'.repeat(100));
    process.execve('/bin/true', ['true']);
  }, { skip: () => !process.execve && 'this Node has no process.execve' }),
  lastWords('ends itself by a signal when the socket is full', () => {
    for (let i = 0; i < 50; i++) process.send('x'.repeat(100_000));
    process.kill(process.pid, 'SIGTERM');
    // Node loses them.
  }, { pairings: ['stock-ours', 'ours-ours', 'ours-preloaded'] }),
  {
    title: 'a signal that is handled does not end the wait of a child that exits',
    pairings: ['stock-ours', 'ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const child = ctx.start();
      let seen = 0;
      child.on('message', () => { seen++; });
      await ctx.noted('ready');
      ctx.unblock();
      ctx.busyUntilNoted('exits');
      for (let i = 0; i < 8; i++) {
        ctx.busy(100);
        process.kill(child.pid, 'SIGUSR2');
      }
      await ctx.event(child, 'close');
      ctx.fact('seen', seen);
    },
    child({ note, block }) {
      process.on('SIGUSR2', () => {});
      note('ready');
      block('go');
      for (let i = 0; i < 50; i++) process.send('x'.repeat(100_000));
      note('exits');
      process.exit();
    },
    check(t, trace) {
      t.is(trace.facts.seen, 50);
    },
  },
  {
    title: 'what a child sent before its exit arrives although the parent is busy and the socket full',
    pairings: ['stock-ours', 'ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const child = ctx.start();
      let seen = 0;
      child.on('message', () => { seen++; });
      await ctx.noted('ready');
      ctx.unblock();
      // From here on nothing is read, or a quick parent would have emptied the socket.
      ctx.busyUntilNoted('exits');
      // Longer than a moment, shorter than the bounded wait of an exiting child without progress.
      ctx.busy(800);
      ctx.fact('alive meanwhile', alive(child.pid));
      await ctx.event(child, 'close');
      ctx.fact('seen', seen);
    },
    child: fillAndExit,
    check(t, trace) {
      t.deepEqual(trace.facts, { 'alive meanwhile': true, seen: 50 });
    },
  },
  {
    title: 'a child whose parent never reads exits after a bounded wait',
    pairings: ['stock-ours', 'ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      ctx.unblock();
      ctx.busyUntilNoted('exits');
      const begin = Date.now();
      ctx.busyUntilDead(child);
      ctx.fact('waited', Date.now() - begin);
      await ctx.event(child, 'exit');
    },
    child: fillAndExit,
    check(t, trace) {
      t.true(trace.facts.waited > 1_000, `waited ${trace.facts.waited} ms`);
      t.true(trace.facts.waited < 15_000, `waited ${trace.facts.waited} ms`);
    },
  },
  ...[0, 500].map((longer) => ({
    title: `an orderly end: a busy parent is told messages, disconnect, exit, close, ${longer} ms after the child left`,
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.noted('ready');
      ctx.unblock();
      ctx.busyUntilDead(child);
      ctx.busy(longer);
      await ctx.event(child, 'close');
    },
    child({ note, block }) {
      note('ready');
      block('go');
      for (let i = 0; i < 3; i++) process.send(i);
      process.exit(3);
    },
    check(t, trace) {
      t.deepEqual(trace.emitters.parent.map(({ event }) => event), ['spawn', 'message', 'message', 'message', 'disconnect', 'exit', 'close']);
    },
  })),
  {
    title: 'close comes after the parent\'s own disconnect',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.event(child, 'message');
      child.disconnect();
      await ctx.event(child, 'close');
    },
    child: witness,
    check(t, trace) {
      t.deepEqual(trace.emitters.parent.map(({ event }) => event), ['spawn', 'message', 'disconnect', 'exit', 'close']);
      t.deepEqual(trace.emitters.parent.at(-1).args, [0, null]);
    },
  },
  {
    title: 'close comes once, after an own disconnect that came after the exit',
    async parent(ctx) {
      const child = ctx.listen(ctx.start({ stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
      child.once('message', () => {
        child.disconnect();
        ctx.unblock();
      });
      await ctx.event(child, 'close');
      await ctx.sleep(20);
    },
    child({ block }) {
      process.send('x', () => {
        block('go');
        process.exit(5);
      });
    },
    check(t, trace) {
      t.deepEqual(trace.emitters.parent.map(({ event }) => event), ['spawn', 'message', 'disconnect', 'exit', 'close']);
    },
  },
  {
    title: 'what is queued in a full socket at the parent\'s disconnect arrives',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      for (let i = 0; i < 20; i++) child.send('x'.repeat(100_000));
      child.disconnect();
      await ctx.event(child, 'disconnect');
      ctx.unblock();
      await ctx.event(child, 'close');
    },
    child({ note, block }) {
      let seen = 0;
      process.on('message', () => { seen++; });
      process.on('disconnect', () => note('seen', seen));
      note('ready');
      block('go');
    },
    check(t, trace) {
      t.deepEqual(trace.children.child.at(-1), { event: 'seen', args: [20] });
    },
  },
]);
