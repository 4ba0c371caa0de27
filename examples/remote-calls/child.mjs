// The methods that parent.mjs calls; it calls back to tell how far it is.

import { createBirpc } from 'birpc';

const parent = createBirpc({
  async mean(numbers) {
    if (numbers.length === 0) throw new RangeError('nothing has no mean');
    let sum = 0;
    for (const [i, number] of numbers.entries()) {
      sum += number;
      if ((i + 1) % 3 === 0) await parent.progress(i + 1, numbers.length);
    }
    return sum / numbers.length;
  },
  histogram(words) {
    const counts = new Map();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts;
  },
  factorial(n) {
    let product = 1n;
    for (let i = 2n; i <= n; i++) product *= i;
    return product;
  },
}, {
  post: (data) => process.send(data),
  on: (listener) => process.on('message', listener),
});
