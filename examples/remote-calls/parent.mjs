// Remote method calls in both directions over a child's channel, by birpc. 'advanced' serialization lets Map, Date, BigInt and
// typed arrays through as they are.

import { fork } from 'rs-child-process';
import { createBirpc } from 'birpc';

const child = fork(new URL('child.mjs', import.meta.url), { serialization: 'advanced' });

const statistics = createBirpc({
  progress(done, total) {
    console.log(`${done} of ${total}`);
  },
}, {
  post: (data) => child.send(data),
  on: (listener) => child.on('message', listener),
});

const numbers = Float64Array.from({ length: 9 }, (_, i) => i + 1);
console.log('mean', await statistics.mean(numbers));
console.log('histogram', await statistics.histogram(['b', 'a', 'b', 'c', 'b']));
console.log('factorial', await statistics.factorial(25n));
try {
  await statistics.mean(new Float64Array(0));
} catch (error) {
  console.log('refused:', error.message);
}
child.disconnect();
