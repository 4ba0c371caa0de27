// The worker of workers.js: one question in, one answer out, then it leaves.

process.once('message', ({ from, to }) => {
  let found = 0;
  for (let n = Math.max(2, from); n < to; n++) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0;
    if (prime) found++;
  }
  process.send({ from, to, found }, () => process.disconnect());
});
