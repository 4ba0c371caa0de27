'use strict';
// A short command from the call to its result: execFile, exec and spawnSync.

const { inflate, load, now, median, samples, run } = require('./common.cjs');

run(async ({ impl, rss, call }) => {
  const cp = load(impl);
  inflate(rss);
  const check = (text) => { if (text !== 'hello\n') throw new Error(`unexpected output: ${JSON.stringify(text)}`); };
  const timed = (start, stdout) => { const end = now(); check(String(stdout)); return end - start; };
  const calls = {
    execFile: () => new Promise((resolve, reject) => {
      const start = now();
      cp.execFile('/bin/echo', ['hello'], (error, stdout) => error ? reject(error) : resolve(timed(start, stdout)));
    }),
    exec: () => new Promise((resolve, reject) => {
      const start = now();
      cp.exec('echo hello', (error, stdout) => error ? reject(error) : resolve(timed(start, stdout)));
    }),
    spawnSync: async () => {
      const start = now();
      return timed(start, cp.spawnSync('/bin/echo', ['hello']).stdout);
    },
  };
  const values = await samples(calls[call]);
  return { value: median(values) * 1e3, samples: values.length };
});
