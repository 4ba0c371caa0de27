// Rows about plain fork() with an unmodified child, where both ends may agree on better framing than Node's wire.

import { limits } from './limits.mjs';

const message = (id, title, way, kind, target, extra, limit) => ({
  id, group: 'accelerated', title, unit: '/s', better: 'higher', target,
  work: 'talk.cjs', params: { rss: 50, kind, way, childSide: 'fork', ...extra },
  limit,
});

const both = (id, title, kind, target, extra = {}, limit = null) => [
  message(`fork-${id}-down`, `fork(): ${title}, parent to child`, 'down', kind, target, extra, limit),
  message(`fork-${id}-up`, `fork(): ${title}, child to parent`, 'up', kind, target, extra, limit),
];

const advanced = { serialization: 'advanced' };
const shared = (bytes, count) => limits('shared', '--bytes', bytes, '--count', count);

export const acceleratedRows = [
  ...both('small', 'small JSON', 'small', 6),
  ...both('advanced-small', "small, 'advanced'", 'small', 6, advanced),
  ...both('advanced-table', "table of 100 rows, 'advanced'", 'table8k', 2.5, advanced),
  ...both('advanced-mixed', "Date, Map, Set, Buffer, BigInt, 'advanced'", 'mixed', 3, advanced),
  ...both('buffer-1m', "Buffer of 1 MB, 'advanced'", 'buffer1m', 6, advanced, shared(1 << 20, 4000)),
  ...both('buffer-16m', "Buffer of 16 MB, 'advanced'", 'buffer16m', 6, advanced, shared(16 << 20, 300)),
  ...both('string-16m', 'string of 16 MB', 'string16m', 2),
  ...both('raw-16m', 'Buffer of 16 MB with serialize: false', 'buffer16m', 8, { ...advanced, sendOptions: { serialize: false } }, shared(16 << 20, 300)),
  {
    id: 'fork-round-trip', group: 'trip', title: 'fork(): round trip, one small message at a time', unit: 'us', better: 'lower', target: 1,
    work: 'round-trip.cjs', params: { rss: 50, childSide: 'fork' }, limit: limits('round-trip'),
  },
  {
    id: 'fork-first-advanced', group: 'fork', title: "fork() to the first answer, 'advanced'", unit: 'ms', better: 'lower', target: 1,
    work: 'first-answer.cjs', params: { rss: 50, childSide: 'fork', serialization: 'advanced' }, limit: null,
  },
  {
    id: 'siblings', group: 'accelerated', title: 'small messages from sibling to sibling', unit: '/s', better: 'higher', target: 10,
    work: 'siblings.cjs', params: { rss: 50, childSide: 'fork' }, limit: null,
  },
];
