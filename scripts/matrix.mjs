// `npm run test:matrix [-- 22 24 …] [test files]`: runs the ava suite under several versions of Node. They behave differently, and
// this package behaves like the Node that runs it. The addon is built once: with Node-API one build works in all of them.

import { ava } from './ava.mjs';
import { majors, nodeOf, versionOf } from './nodes.mjs';
import { report, timed } from './report.mjs';
import { setup } from './setup.mjs';

const words = process.argv.slice(2);
const files = words.filter((word) => !/^\d+$/.test(word));
const chosen = words.filter((word) => /^\d+$/.test(word));

const results = [await timed('set-up', setup)];
if (results[0].failed === 0) {
  for (const major of chosen.length ? chosen : majors) {
    let node;
    results.push(await timed(`bringing Node ${major}`, async () => {
      node = await nodeOf(major);
    }));
    if (node) results.push(await timed(`ava on Node ${versionOf(node)}`, () => ava({ node, files })));
  }
}
report(results);
