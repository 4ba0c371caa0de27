'use strict';
// One message there and back at a time.

const { inflate, load, now, median, samples, run } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { start, told } = require('./pair.cjs');

run(async (params) => {
  const cp = load(params.impl);
  inflate(params.rss);
  const child = start(cp, params);
  const ready = told(child, 'ready');
  child.send({ bench: 'echo' });
  await ready;
  const message = payloads.small.make();
  let arrived;
  child.on('message', () => arrived());
  const batch = 200;
  const values = await samples(() => new Promise((resolve) => {
    let left = batch;
    const begin = now();
    arrived = () => {
      if (--left === 0) resolve((now() - begin) / batch);
      else child.send(message);
    };
    child.send(message);
  }), { most: 200 });
  await child.end();
  return { value: median(values) * 1e3, samples: values.length * batch };
});
