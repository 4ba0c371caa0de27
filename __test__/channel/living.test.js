'use strict';

// What keeps a child alive: each of these leaves when Node's does. Those that stay are ended by the parent's disconnect. And the
// object that users say it with.

const { conversations } = require('./helpers/conversation.js');

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
