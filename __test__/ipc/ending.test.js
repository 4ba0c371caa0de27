'use strict';

// How a channel ends, from which side and when, and in which order that is told together with the end of the child.

const { conversations, endsInOrder, ourConversations } = require('./helpers/conversation.js');
const { alive } = require('../helpers/tools.js');

const states = `(target) => [target.connected, target.channel === null ? 'null' : typeof target.channel]`;
const state = (0, eval)(states);

/** A child that notes all it sees and lives as long as its channel. */
function witness({ note, noteAll }) {
  noteAll('message', 'disconnect');
  process.on('beforeExit', () => note('beforeExit', process.connected));
  process.on('exit', (code) => note('exit', code, process.connected, process.channel === null));
  process.send('ready');
}

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
    child({ tmp }) {
      // Its descriptors are its parent's end of the channel: dup it through stdio.
      const { spawn } = require('node:child_process');
      const script = 'end=$(($(date +%s)+20)); while [ ! -e "$1/go" ] && [ "$(date +%s)" -lt "$end" ]; do sleep 0.02; done';
      spawn('/bin/sh', ['-c', script, 'sh', tmp], { stdio: ['ignore', 'ignore', 'ignore', process.channel.fd], detached: true }).unref();
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
    child({ tmp }) {
      const { spawn } = require('node:child_process');
      const script = 'end=$(($(date +%s)+20)); while [ ! -e "$1/go" ] && [ "$(date +%s)" -lt "$end" ]; do sleep 0.02; done';
      spawn('/bin/sh', ['-c', script, 'sh', tmp], { stdio: ['ignore', 'ignore', 'ignore', process.channel.fd], detached: true }).unref();
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

// What keeps a child alive: each of these leaves when Node's does. Those that stay are ended by the parent's disconnect.
const livings = {
  'no listener': () => {},
  'a message listener': () => process.on('message', () => {}),
  'a message listener that is removed': () => {
    const listener = () => {};
    process.on('message', listener);
    process.removeListener('message', listener);
  },
  'two message listeners, one removed': () => {
    const listener = () => {};
    process.on('message', listener).on('message', () => {});
    process.removeListener('message', listener);
  },
  'all message listeners removed': () => {
    process.on('message', () => {}).on('message', () => {});
    process.removeAllListeners('message');
  },
  'all listeners removed': () => {
    process.on('message', () => {}).on('disconnect', () => {});
    process.removeAllListeners();
  },
  'a message listener and a message': (tell) => process.on('message', () => tell()),
  'a message listener for once': () => process.once('message', () => {}),
  'a message listener for once and a message': (tell) => process.once('message', () => tell()),
  'a disconnect listener': () => process.on('disconnect', () => {}),
  'a disconnect listener for once, removed': () => {
    const listener = () => {};
    process.once('disconnect', listener);
    process.off('disconnect', listener);
  },
  'an internalMessage listener': () => process.on('internalMessage', () => {}),
  'an exit listener': () => process.on('exit', () => {}),
  ref: () => process.channel.ref(),
  unref: () => process.channel.unref(),
  'a listener and unref': () => process.on('message', () => {}) && process.channel.unref(),
  'unref and a listener': () => process.channel.unref() || process.on('message', () => {}),
  'ref, unref, a listener': () => process.channel.ref() || process.channel.unref() || process.on('message', () => {}),
  'unref, ref': () => process.channel.unref() || process.channel.ref(),
  'a listener, unref, ref': () => process.on('message', () => {}) && (process.channel.unref() || process.channel.ref()),
  refCounted: () => process.channel.refCounted(),
  'refCounted and unrefCounted': () => process.channel.refCounted() || process.channel.unrefCounted(),
  'unrefCounted and a listener': () => process.channel.unrefCounted() || process.on('message', () => {}),
  'a send under way': () => process.send('sent'),
  'a listener added later and removed': () => setTimeout(() => {
    const listener = () => {};
    process.on('disconnect', listener);
    setTimeout(() => process.off('disconnect', listener), 5);
  }, 5),
};

conversations(Object.entries(livings).map(([name, live]) => ({
  title: `what keeps a child alive: ${name}`,
  async parent(ctx) {
    const child = ctx.listen(ctx.start({ args: [String(live)] }), ['message', 'exit', 'disconnect', 'error']);
    const left = ctx.event(child, 'exit');
    const stayed = (times) => Promise.race([left, ctx.noted('stayed', { times }).catch(() => left)]);
    await stayed(1);
    if (/and a message$/.test(name)) {
      child.send('one');
      await stayed(2);
    }
    if (child.connected) child.disconnect();
  },
  child({ args, note }) {
    // A timer that does not keep the loop alive itself: it tells only a loop that something else keeps.
    const tell = () => setTimeout(note, 100, 'stayed').unref();
    process.on('exit', (code) => note('exit', code));
    (0, eval)(args[0])(tell);
    tell();
  },
})));

conversations([
  {
    title: 'the channel object: keys, methods and events',
    async parent(ctx) {
      const child = ctx.start();
      const describe = (target) => [typeof target.channel.ref, typeof target.channel.unref, typeof target.channel.fd,
        typeof target.channel.refCounted, typeof target.channel.unrefCounted, typeof target.channel.on,
        target.channel.constructor.name, Object.getOwnPropertyNames(target.channel.constructor.prototype).sort()];
      ctx.fact('parent', describe(child));
      ctx.fact('own keys', Object.keys(child).sort());
      ctx.fact('functions', ['send', '_send', 'disconnect', '_disconnect'].map((key) => [key, child[key].length, Object.hasOwn(child, key)]));
      ctx.fact('alias', '_channel' in child);
      await ctx.event(child, 'message');
      child.disconnect();
      ctx.fact('own keys later', Object.keys(child).sort());
    },
    child({ note }) {
      process.channel.on('unref', () => note('unref'));
      const keys = Object.getOwnPropertyNames(process.channel.constructor.prototype).sort();
      note('channel', process.channel.constructor.name, keys, typeof process.channel.fd, '_channel' in process);
      const listener = () => {};
      process.on('message', listener);
      process.off('message', listener);
      note('functions', ['send', '_send', 'disconnect', '_disconnect'].map((key) => [key, process[key].length, Object.hasOwn(process, key)]));
      process.send('ready');
      process.on('disconnect', () => note('disconnect', process.channel, Object.hasOwn(process, 'channel')));
    },
  },
]);

// Beyond stock.

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

ourConversations([
  ...['exits', 'throws', 'ends', 'disconnects', 'really exits', 'exits in an exit listener'].map((ending) => ({
    title: `20,000 messages of a child that ${ending} arrive`,
    pairings: ['stock-ours', 'ours-ours', 'ours-preloaded'],
    ...flood(ending),
  })),
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
    child({ note, block }) {
      note('ready');
      block('go');
      for (let i = 0; i < 50; i++) process.send('x'.repeat(100_000));
      note('exits');
      process.exit();
    },
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
    child({ note, block }) {
      note('ready');
      block('go');
      for (let i = 0; i < 50; i++) process.send('x'.repeat(100_000));
      note('exits');
      process.exit();
    },
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
