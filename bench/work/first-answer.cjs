'use strict';
// From fork() to the child's answer to a question sent at once. The child is an unmodified script.

const { inflate, load, now, median, samples, run } = require('./common.cjs');
const { start, told } = require('./pair.cjs');

run(async (params) => {
  const cp = load(params.impl);
  inflate(params.rss);
  const values = await samples(async () => {
    const begin = now();
    const child = start(cp, params);
    child.send({ bench: 'question' });
    await told(child, 'answer');
    const ms = now() - begin;
    await child.end();
    return ms;
  }, { warm: 2, most: 40 });
  return { value: median(values), samples: values.length };
});
