'use strict';
// Counts the primes below a bound, for one question, and ends.

process.once('message', ({ below }) => {
  if (!Number.isSafeInteger(below) || below < 0) throw new RangeError('the bound must be a whole number');
  const composite = new Uint8Array(below);
  let count = 0;
  for (let n = 2; n < below; n++) {
    if (composite[n]) continue;
    count += 1;
    for (let multiple = n * n; multiple < below; multiple += n) composite[multiple] = 1;
  }
  process.send({ below, count });
});
