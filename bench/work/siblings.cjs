'use strict';
// Small messages from one child to its sibling: relayed by the parent (all that stock offers), or over a channel of their own.

const { inflate, load, need, now, run } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { start, told } = require('./pair.cjs');

run(async (params) => {
  const { impl, rss, scale = 1 } = params;
  const cp = load(impl);
  inflate(rss);
  need(cp, impl, ['createChannel', 'fork'].filter((key) => key !== 'createChannel' || impl === 'ours'));
  const from = start(cp, params);
  const to = start(cp, params);
  const ask = async (child, message, handle) => {
    const ready = told(child, 'ready');
    child.send(message, handle);
    await ready;
  };
  if (impl === 'ours') {
    const [left, right] = cp.createChannel();
    await ask(from, { bench: 'channel' }, left);
    await ask(to, { bench: 'channel' }, right);
  } else {
    from.on('message', (message) => { if (message.bench === undefined) to.send(message); });
  }
  const stretch = async (n) => {
    await ask(to, { bench: 'sink', n });
    const done = told(to, 'done');
    const begin = now();
    from.send({ bench: 'source', n, kind: 'small', burst: payloads.small.burst });
    await done;
    return now() - begin;
  };
  const n = Math.round(payloads.small.n * scale / 4);
  await stretch(n);
  const ms = await stretch(n);
  await Promise.all([from.end(), to.end()]);
  return { value: n / ms * 1e3, samples: n };
});
