'use strict';

// send(): its forms, what it returns, its callbacks, and what it refuses.

const { conversations } = require('./helpers/conversation.js');

/** Runs on either end: every form of send and what it gives. The order of callbacks is part of it. */
function sendInAllForms(target, note, attempt) {
  const got = (name) => (...args) => note(`callback of ${name}`, args.length, ...args);
  const forms = {
    plain: () => target.send({ a: 1 }),
    'with callback': () => target.send('text', got('with callback')),
    'with undefined handle': () => target.send(3, undefined, got('with undefined handle')),
    'with null handle': () => target.send(true, null, got('with null handle')),
    'with options': () => target.send(false, undefined, {}, got('with options')),
    'with undefined options': () => target.send([1, [2]], undefined, undefined, got('with undefined options')),
    'with swallowErrors': () => target.send({ b: 1 }, undefined, { swallowErrors: true }, got('with swallowErrors')),
    null: () => target.send(null, got('null')),
    'an empty string': () => target.send('', got('an empty string')),
    zero: () => target.send(0, got('zero')),
    'not a number': () => target.send(NaN, got('not a number')),
    'negative zero': () => target.send(-0),
    'falsy handles': () => [target.send(1, 0), target.send(1, ''), target.send(1, false)],
    'a callback that is none': () => target.send(1, undefined, undefined, 'callback'),
    'a Date': () => target.send(new Date(0)),
    'a boxed string': () => target.send(new String('boxed')),
    'a toJSON': () => target.send({ toJSON: () => 'from toJSON' }),
    'an Error': () => target.send(new Error('as JSON it is empty')),
    'a Map': () => target.send(new Map([[1, 2]])),
    'a Buffer': () => target.send(Buffer.from('abc')),
    'holes and undefined': () => target.send([, undefined, () => {}, Symbol('s')]),
    'undefined inside': () => target.send({ a: undefined, b: () => {}, c: Symbol('s') }),
    nothing: () => target.send(),
    undefined: () => target.send(undefined, got('undefined')),
    'a function': () => target.send(() => {}),
    'a symbol': () => target.send(Symbol('s')),
    'a bigint': () => target.send(1n),
    'a bigint inside': () => target.send({ n: 1n }),
    'a cycle': () => {
      const cycle = {};
      cycle.self = cycle;
      return target.send(cycle);
    },
    'a toJSON that throws': () => target.send({ toJSON() { throw new RangeError('not me'); } }),
    'options as null': () => target.send(1, undefined, null),
    'options as string': () => target.send(1, undefined, 'options'),
    'options as number': () => target.send(1, undefined, 1),
    'options as array': () => target.send(1, undefined, []),
    'an object as handle': () => target.send(1, {}),
    'a string as handle': () => target.send(1, 'handle'),
    'a number as handle': () => target.send(1, 7),
    'true as handle': () => target.send(1, true),
    'undefined with a wrong handle': () => target.send(undefined, {}),
    last: () => target.send('last', got('last')),
  };
  for (const [name, form] of Object.entries(forms)) {
    note(`form ${name}`, attempt(`form ${name} throws`, form));
  }
}

const formsOf = (title, options) => ({
  title: `send takes and refuses what Node's does, ${title}`,
  async parent(ctx) {
    const child = ctx.listen(ctx.start({ args: [String(sendInAllForms)], ...options }));
    const note = (...args) => ctx.note('parent', ...args);
    // Which messages of the child come between those of the parent is chance.
    await Promise.all([ctx.noted('ready'), new Promise((resolve) => {
      child.on('message', (message) => { if (message === 'last') resolve(); });
    })]);
    sendInAllForms(child, note, ctx.attempt.bind(ctx));
    await ctx.noted('last seen');
    child.disconnect();
  },
  child({ note, attempt, args, noteAll }) {
    noteAll('message', 'disconnect');
    process.on('message', (message) => {
      if (message === 'last') note('last seen');
    });
    (0, eval)(`(${args[0]})`)(process, note, attempt);
    note('ready');
  },
});

conversations([
  formsOf('from either end'),
  {
    title: 'callbacks come in order, after the tick, with null, between those of other ticks',
    async parent(ctx) {
      const child = ctx.start();
      const note = (...args) => ctx.note('parent', ...args);
      await ctx.noted('ready');
      for (const i of [1, 2, 3]) {
        process.nextTick(() => note(`tick before ${i}`));
        child.send(i, (...args) => {
          note(`sent ${i}`, ...args);
          process.nextTick(note, `tick of ${i}`);
          Promise.resolve().then(() => note(`microtask of ${i}`));
          if (i === 2) child.send('2b', () => note('sent 2b'));
        });
        process.nextTick(() => note(`tick after ${i}`));
      }
      Promise.resolve().then(() => note('microtask'));
      note('end of turn');
      await ctx.event(child, 'message');
      child.disconnect();
    },
    child({ note }) {
      note('ready');
      process.on('message', (message) => {
        note('message', message);
        if (message === '2b') process.send('done');
      });
    },
  },
  {
    title: 'a throwing callback takes nothing from the next ones',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      process.on('uncaughtException', (error) => note('uncaught', error.message));
      for (const i of [1, 2, 3]) {
        process.send(i, (error) => {
          note(`sent ${i}`, error);
          if (i === 2) throw new Error('in the callback');
        });
      }
      process.send(4, () => process.disconnect());
    },
  },
  {
    title: 'send returns false while a large message waits for a peer that does not read, and its callback waits',
    async parent(ctx) {
      const child = ctx.start();
      const note = (...args) => ctx.note('parent', ...args);
      child.on('message', () => {});
      await ctx.noted('ready');
      const big = 'x'.repeat(1_000_000);
      note('small', child.send('small', (...args) => note('small sent', ...args)));
      await ctx.sleep(20);
      note('big', child.send(big, (...args) => note('big sent', ...args)));
      note('behind', child.send('behind', (...args) => note('behind sent', ...args)));
      await ctx.sleep(30);
      note('still blocked', child.send('still', (...args) => note('still sent', ...args)));
      ctx.unblock();
      await ctx.event(child, 'message');
      note('drained', child.send('drained', (...args) => note('drained sent', ...args)));
      await ctx.turn();
      child.disconnect();
    },
    child({ note, block }) {
      process.on('message', (message) => {
        note('message', message);
        if (message === 'still') process.send('got it');
      });
      note('ready');
      block('go');
    },
  },
  {
    // What the kernel takes before anything waits is its affair, and libuv's: newer ones make the socket's buffers smaller.
    title: 'send returns false at the same number of queued bytes, one message a turn',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      const message = 'x'.repeat(8_189);
      let waiting = 0;
      const send = () => {
        waiting++;
        return child.send(message, () => { waiting--; });
      };
      while (send()) await ctx.turn();
      ctx.note('parent', 'waiting', waiting);
      ctx.unblock();
      // What still waits at a disconnect is lost with Node, and not with us.
      await ctx.event(child, 'message');
      child.disconnect();
    },
    child({ note, block }) {
      let count = 0;
      process.on('message', () => {
        if (++count === 1) process.send('reading');
      });
      note('ready');
      block('go');
    },
  },
  {
    title: 'a message is what it was when send was called',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      const message = { list: [1], text: 'as sent' };
      for (let i = 0; i < 5; i++) {
        child.send(message);
        message.list.push(i);
        message.text += i;
        message[`key${i}`] = i;
      }
      child.send('end');
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      note('ready');
      process.on('message', (message) => {
        if (message === 'end') process.disconnect();
        else note('message', message);
      });
    },
  },
  {
    title: 'what is sent from within a callback, a listener and a microtask keeps its order',
    async parent(ctx) {
      const child = ctx.start();
      await ctx.noted('ready');
      child.send('a', () => child.send('d'));
      Promise.resolve().then(() => child.send('e'));
      process.nextTick(() => child.send('c'));
      child.send('b');
      await ctx.event(child, 'message');
      child.disconnect();
    },
    child({ note }) {
      let count = 0;
      process.on('message', (message) => {
        note('message', message);
        if (++count === 5) process.send('all');
      });
      note('ready');
    },
  },
  {
    title: 'a child without listeners is no error for its parent',
    async parent(ctx) {
      const child = ctx.listen(ctx.start());
      for (let i = 0; i < 20; i++) child.send({ i });
      await ctx.noted('ready');
      child.send('more');
      await ctx.turn();
      child.disconnect();
    },
    child({ note, sleep }) {
      note('ready');
      sleep(100);
    },
  },
]);
