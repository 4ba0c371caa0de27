'use strict';
// Messages a second in one direction between a parent and a child.

const { inflate, load, now, run } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { pump } = require('./pump.cjs');
const { start, told } = require('./pair.cjs');

run(async (params) => {
  const { impl, rss, kind, way, scale = 1, sendOptions } = params;
  const cp = load(impl);
  inflate(rss);
  const child = start(cp, params);
  const { make, burst, n: whole } = payloads[kind];
  // `serialize: false` is ours alone; stock sends the same bytes as it always does.
  const options = impl === 'ours' ? sendOptions : undefined;
  const send = options ? (m, callback) => child.send(m, null, options, callback) : (m, callback) => child.send(m, callback);

  const down = async (n) => {
    const ready = told(child, 'ready');
    child.send({ bench: 'sink', n });
    await ready;
    const done = told(child, 'done');
    const begin = now();
    pump(send, make(), n, burst);
    await done;
    return now() - begin;
  };
  const up = (n) => new Promise((resolve) => {
    let left = n;
    const begin = now();
    const listen = () => {
      if (--left > 0) return;
      child.off('message', listen);
      resolve(now() - begin);
    };
    child.on('message', listen);
    child.send({ bench: 'source', n, kind, options });
  });

  const stretch = way === 'down' ? down : up;
  const n = Math.max(8, Math.round(whole * scale));
  await stretch(Math.ceil(n / 4));
  const ms = await stretch(n);
  await child.end();
  return { value: n / ms * 1e3, samples: n };
});
