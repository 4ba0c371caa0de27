'use strict';
// Much output of one child: streamed by 'data', or collected whole by execFile and spawnSync. Answers in MB/s (10^6 bytes).

const { inflate, load, now, median, samples, run } = require('./common.cjs');

run(async ({ impl, rss, call, mebibytes }) => {
  const cp = load(impl);
  inflate(rss);
  const bytes = mebibytes * 1048576;
  const args = ['-c', String(bytes), '/dev/zero'];
  const check = (got) => { if (got !== bytes) throw new Error(`${got} of ${bytes} bytes arrived`); };
  const calls = {
    stream: () => new Promise((resolve, reject) => {
      const start = now();
      const child = cp.spawn('head', args, { stdio: ['ignore', 'pipe', 'ignore'] });
      let got = 0;
      child.stdout.on('data', (chunk) => { got += chunk.length; });
      child.on('error', reject);
      child.on('close', () => { const ms = now() - start; check(got); resolve(ms); });
    }),
    execFile: () => new Promise((resolve, reject) => {
      const start = now();
      cp.execFile('head', args, { maxBuffer: Infinity }, (error, stdout) => {
        if (error) return reject(error);
        const ms = now() - start;
        check(stdout.length);
        resolve(ms);
      });
    }),
    spawnSync: async () => {
      const start = now();
      const { stdout } = cp.spawnSync('head', args, { maxBuffer: Infinity });
      const ms = now() - start;
      check(stdout.length);
      return ms;
    },
  };
  const values = await samples(calls[call], { warm: 1, least: 3, most: 8 });
  return { value: bytes / 1e6 / (median(values) / 1e3), samples: values.length };
});
