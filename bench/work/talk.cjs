'use strict';
// Messages a second in one direction between a parent and a child, with the CPU time that one of them costs both processes together. `pace`
// is told in bench/rows/messages.mjs. The clock runs from the first send() (from the request for it, where the child sends) until the
// receiver has all.

const { inflate, load, now, median, samples, run } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { pump } = require('./pump.cjs');
const { start, told, countCpu } = require('./pair.cjs');

run(async (params) => {
  const { impl, rss, kind, way, pace = 'waiting', sendOptions } = params;
  const cp = load(impl);
  inflate(rss);
  const { make, burst: whole, n: many, loop } = payloads[kind];
  const burst = pace === 'waiting' ? whole : 0;
  // `serialize: false` is ours alone; stock sends the same bytes as it always does.
  const options = impl === 'ours' ? sendOptions : undefined;
  const payload = make();

  const down = (child, n) => {
    const send = options ? (m, callback) => child.send(m, null, options, callback) : (m, callback) => child.send(m, callback);
    const done = told(child, 'done');
    pump(send, payload, n, burst);
    return done;
  };
  const up = (child, n) => new Promise((resolve) => {
    let left = n;
    const listen = () => {
      if (--left > 0) return;
      child.off('message', listen);
      resolve();
    };
    child.on('message', listen);
    child.send({ bench: 'source', n, kind, burst, options });
  });

  let sent = 0;
  let cpuMs = 0;
  // One stretch: milliseconds for n messages. The child answers when it is ready (it has made what it will send), with its CPU time so far.
  const stretch = async (child, n) => {
    const ready = told(child, 'ready');
    child.send({ bench: 'sink', n: way === 'down' ? n : 0, kind: way === 'up' ? kind : undefined });
    const cpu = await countCpu(child, (await ready).ms);
    const begin = now();
    await (way === 'down' ? down : up)(child, n);
    const ms = now() - begin;
    cpuMs += await cpu();
    sent += n;
    return ms;
  };

  let n;
  let values;
  if (pace === 'first') {
    n = params.count || loop;
    values = await samples(async () => {
      const child = start(cp, params);
      const ms = await stretch(child, n);
      await child.end();
      return ms;
    }, { warm: 0, least: 1, most: 40 });
  } else {
    n = pace === 'loop' ? loop : Math.ceil(many / 8);
    const child = start(cp, params);
    // Both sides get the same time to compile their code, and not the same number of messages.
    for (const begin = now(); now() - begin < 300;) await stretch(child, n);
    sent = cpuMs = 0;
    values = await samples(() => stretch(child, n), { warm: 0, least: 1, most: 100 });
    await child.end();
  }
  return { value: n / median(values) * 1e3, cpu: cpuMs / sent * 1e3, samples: values.length * n };
});
