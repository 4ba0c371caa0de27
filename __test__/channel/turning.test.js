'use strict';

// The moment at which an end of an accelerated pair goes over from Node's form to its own, once it has sent several messages in one
// tick, or long ones: nothing is lost, doubled or overtaken there, whatever kind of message it falls on.

const path = require('node:path');
const test = require('ava');
const { conversations } = require('./helpers/conversation.js');
const { load } = require('../helpers/subject.js');
const { FEW } = require('../../lib/channel/codec/upgrade-policy.js');

const AROUND = 2 * FEW + 5;

function echo({ noteAll }) {
  noteAll('disconnect');
  process.on('message', (message, handle) => {
    process.send({ got: message, handle: handle?.constructor.name });
    handle?.destroy();
  });
}

const modes = (make) => ['json', 'advanced'].map((serialization) => make(serialization));

// Sends each, two in a turn or all in one, and notes what comes back.
async function askAll(ctx, serialization, messages, { turns }) {
  const child = ctx.start({ serialization });
  const answers = [];
  const all = new Promise((resolve) => {
    child.on('message', (answer) => { if (answers.push(answer) === messages.length) resolve(); });
  });
  for (const [i, [message, handle]] of messages.entries()) {
    child.send(message, handle);
    if (turns && i % 2 === 1) await ctx.turn();
  }
  await all;
  ctx.fact('answers', answers);
  child.disconnect();
}

const numbered = (count, make = (i) => ({ i, text: `message ${i}` })) => Array.from({ length: count }, (_, i) => [make(i)]);

conversations([
  ...[false, true].flatMap((turns) => modes((serialization) => ({
    title: `small messages around the turn, ${turns ? 'two in a turn' : 'all in one tick'} (${serialization})`,
    parent: (ctx) => askAll(ctx, serialization, numbered(AROUND), { turns }),
    child: echo,
  }))),
  ...modes((serialization) => ({
    title: `the first message is large, and small ones follow (${serialization})`,
    parent: (ctx) => askAll(ctx, serialization, [['x'.repeat(200_000)], ...numbered(AROUND)], { turns: false }),
    child: echo,
  })),
  ...modes((serialization) => ({
    title: `large messages fall on every place around the turn (${serialization})`,
    parent: (ctx) => askAll(ctx, serialization, numbered(AROUND, (i) => ({ i, text: (i % 2 ? 'a' : '本').repeat(i % 3 ? 10 : 70_000) })), { turns: true }),
    child: echo,
  })),
  ...modes((serialization) => ({
    title: `a message with a handle falls on the turn (${serialization})`,
    async parent(ctx) {
      const net = require('node:net');
      const server = net.createServer();
      await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      const accepted = [];
      const sockets = Array.from({ length: 4 }, () => ctx.keep(net.connect(server.address().port, '127.0.0.1')));
      for (const socket of sockets) socket.on('error', () => {});
      await new Promise((resolve) => {
        server.on('connection', (socket) => { if (accepted.push(socket) === 4) resolve(); });
      });
      const messages = numbered(AROUND);
      for (let i = 0; i < 4; i++) messages[FEW - 2 + i].push(accepted[i]);
      await askAll(ctx, serialization, messages, { turns: false });
      await new Promise((resolve) => { server.close(resolve); });
    },
    child: echo,
  })),
  {
    title: 'a toJSON sends others before the message that it belongs to, at every place around the turn',
    async parent(ctx) {
      const child = ctx.start();
      const answers = [];
      const all = new Promise((resolve) => {
        child.on('message', (answer) => { if (answers.push(answer) === 2 * AROUND) resolve(); });
      });
      for (let i = 0; i < AROUND; i++) {
        child.send({
          toJSON() {
            child.send(`inner ${i}`);
            return `outer ${i}`;
          },
        });
        await ctx.turn();
      }
      await all;
      ctx.fact('answers', answers);
      child.disconnect();
    },
    child: echo,
  },
  {
    title: 'a toJSON has ticks run, at every place around the turn',
    async parent(ctx) {
      for (let place = FEW - 2; place < FEW + 4; place++) {
        const child = ctx.start();
        const answers = [];
        const ask = (count, make) => new Promise((resolve) => {
          const wanted = answers.length + count;
          child.on('message', (answer) => { if (answers.push(answer) === wanted) resolve(child.removeAllListeners('message')); });
          for (let i = 0; i < count; i++) child.send(make(i));
        });
        // By its answer the ends have greeted.
        await ask(1, () => 'begin');
        await ask(AROUND, (i) => ({
          toJSON() {
            if (i === place) process._tickCallback();
            return `message ${i}`;
          },
        }));
        ctx.fact(`answers ${place}`, answers);
        child.disconnect();
      }
    },
    child: echo,
  },
  ...modes((serialization) => ({
    title: `a getter sends a handle, or has ticks run, while others of its tick wait (${serialization})`,
    async parent(ctx) {
      const net = require('node:net');
      const server = net.createServer();
      await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      const accepted = new Promise((resolve) => { server.once('connection', resolve); });
      ctx.keep(net.connect(server.address().port, '127.0.0.1')).on('error', () => {});
      const socket = await accepted;
      const child = ctx.start({ serialization });
      const answers = [];
      const ask = (count, send) => new Promise((resolve) => {
        const wanted = answers.length + count;
        child.on('message', (answer) => { if (answers.push(answer) === wanted) resolve(child.removeAllListeners('message')); });
        send();
      });
      const some = () => { for (let i = 0; i < 4; i++) child.send({ i }); };
      await ask(1, () => child.send('begin'));
      // Behind these comes the turn.
      await ask(AROUND, () => { for (let i = 0; i < AROUND; i++) child.send({ i }); });
      await ask(9, () => {
        some();
        child.send({
          get inner() {
            process._tickCallback();
            return 'ticks';
          },
        });
        some();
      });
      await ask(10, () => {
        some();
        child.send({
          get inner() {
            child.send('handle', socket);
            return 'sent';
          },
        });
        some();
      });
      ctx.fact('answers', answers);
      child.disconnect();
      await new Promise((resolve) => { server.close(resolve); });
    },
    child: echo,
  })),
  ...modes((serialization) => ({
    title: `messages sent on a full stack around the turn (${serialization})`,
    async parent(ctx) {
      const child = ctx.start({ serialization });
      const arrived = [];
      const accepted = await new Promise((resolve) => {
        child.on('message', (message) => {
          if (message.accepted) resolve(message.accepted);
          else arrived.push(message.i);
        });
        child.send('begin');
      });
      // One that threw may have gone all the same.
      ctx.fact('in order', arrived.every((i, at) => at === 0 || i > arrived[at - 1]));
      ctx.fact('lost', accepted.filter((i) => !arrived.includes(i)));
      ctx.fact('enough', accepted.length);
      child.disconnect();
    },
    child() {
      process.once('message', () => {
        const accepted = [];
        let i = 0;
        (function deep() {
          try {
            deep();
          } catch {}
          if (accepted.length === 40) return;
          try {
            process.send({ i: i++ });
            accepted.push(i - 1);
          } catch {}
        })();
        setTimeout(() => process.send({ accepted }), 10);
      });
    },
  })),
  {
    title: 'what a child sends around the turn before it exits arrives',
    async parent(ctx) {
      const child = ctx.listen(ctx.start(), ['message', 'exit']);
      child.send('begin');
      await ctx.event(child, 'exit');
    },
    child({ require: load }) {
      const { FEW: few } = load(`${load('node:path').join(__dirname, '../../../lib/channel/codec/upgrade-policy.js')}`);
      process.once('message', () => {
        for (let i = 0; i < 2 * few + 5; i++) process.send({ i });
        process.exit();
      });
    },
  },
]);

test('an eager channel turns with its first message, any other when several are sent in one tick', async (t) => {
  const cp = load('ours');
  const seen = {};
  for (const accelerate of [true, undefined]) {
    const child = cp.fork(path.join(__dirname, 'fixtures', 'echo.js'), [], { accelerate });
    child.send({ warm: 0 });
    await new Promise((resolve) => { child.once('message', resolve); });
    const key = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kLink');
    const port = child[key].port;
    const kinds = [];
    for (const method of ['sendText', 'stage']) {
      const original = port[method];
      port[method] = function watched(...args) {
        const result = original.apply(this, args);
        if (result !== undefined) kinds.push(method);
        return result;
      };
    }
    const ask = async (count) => {
      for (let i = 0; i < count; i++) child.send({ i });
      for (let i = 0; i < count; i++) await new Promise((resolve) => { child.once('message', resolve); });
    };
    for (let i = 0; i < AROUND; i++) await ask(1);
    await ask(FEW + 2);
    await ask(1);
    seen[accelerate] = kinds;
    child.disconnect();
    await new Promise((resolve) => { child.once('exit', resolve); });
  }
  // One line more than messages: the turn itself.
  t.deepEqual(seen.undefined, [...Array(AROUND + FEW + 2 + 1).fill('sendText'), 'stage']);
  t.deepEqual(seen.true, Array(AROUND + FEW + 2 + 1).fill('stage'));
});
