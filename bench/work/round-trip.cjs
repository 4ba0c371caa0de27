'use strict';
// One message there and back at a time: the time of a round trip, or the CPU time of a message.

const { inflate, load, now, median, samples, run } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { start, told, countCpu } = require('./pair.cjs');

run(async (params) => {
  const cp = load(params.impl);
  inflate(params.rss);
  const child = start(cp, params);
  const ready = told(child, 'ready');
  child.send({ bench: 'echo' });
  await ready;
  const message = payloads.small.make();
  let arrived = () => {};
  child.on('message', (m) => { if (m.bench === undefined) arrived(); });
  const batch = 200;
  const take = () => new Promise((resolve) => {
    let left = batch;
    const begin = now();
    arrived = () => {
      if (--left === 0) resolve((now() - begin) / batch);
      else child.send(message);
    };
    child.send(message);
  });
  for (let i = 0; i < 5; i++) await take();
  const cpu = await countCpu(child);
  const values = await samples(take, { warm: 0, most: 200 });
  // Two messages to a round trip.
  const perMessage = await cpu() * 1e3 / (values.length * batch * 2);
  await child.end();
  return { value: params.report === 'cpu' ? perMessage : median(values) * 1e3, cpu: perMessage, samples: values.length * batch };
});
