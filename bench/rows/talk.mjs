// Rows about talking to a child on Node's own wire. `childSide` says whose side the child has when the parent is ours: 'stock';
// 'descriptor' (ours, set up by `_forkChild` on a channel that Node has not taken); 'fork' (whatever fork() gives an unmodified script). The denominator is always stock to stock.

import { limits } from './limits.mjs';

const jsonAlone = (kind) => ({ program: 'node', work: 'json-alone.cjs', params: { kind } });

const message = (id, title, way, kind, target, extra = {}) => ({
  id, group: 'talk', title, unit: '/s', better: 'higher', target,
  work: 'talk.cjs', params: { rss: 50, kind, way, childSide: 'descriptor', ...extra },
  limit: extra.serialization === 'advanced' ? null : jsonAlone(kind),
});

const both = (id, title, kind, target, extra) => [
  message(`${id}-down`, `${title}, parent to child`, 'down', kind, target, extra),
  message(`${id}-up`, `${title}, child to parent`, 'up', kind, target, extra),
];

const firstAnswer = (size, rss, name, target) => ({
  id: `fork-${size}`, group: 'fork', title: `fork() to the first answer, parent of ${name}`, unit: 'ms', better: 'lower', target,
  work: 'first-answer.cjs', params: { rss, childSide: 'fork' }, limit: null,
});

export const talkRows = [
  message('small-to-stock', 'small JSON, our parent to a stock child', 'down', 'small', 3.5, { childSide: 'stock' }),
  message('small-from-stock', 'small JSON, a stock child to our parent', 'up', 'small', 1.1, { childSide: 'stock' }),
  ...both('small', 'small JSON', 'small', 6),
  ...both('text-1k', 'text of 1 KB', 'text1k', 3),
  ...both('text-64k', 'text of 64 KB', 'text64k', 2),
  ...both('table-8k', 'table of 100 rows, 8 KB', 'table8k', 1.15),
  ...both('cjk-1k', 'Chinese text of 1 KB', 'cjk1k', 2),
  ...both('advanced-small', "small, 'advanced'", 'small', 1.3, { serialization: 'advanced' }),
  {
    id: 'round-trip', group: 'trip', title: 'round trip, one small message at a time', unit: 'us', better: 'lower', target: 1, limitTarget: 1.25,
    work: 'round-trip.cjs', params: { rss: 50, childSide: 'descriptor' }, limit: limits('round-trip'),
  },
  firstAnswer('50m', 50, '50 MB', 1), firstAnswer('1g', 1024, '1 GB', 2.5),
  {
    id: 'handles', group: 'handles', title: 'accepted sockets handed to 4 children, a second', unit: '/s', better: 'higher', target: 1.2,
    work: 'handles.cjs', params: { rss: 50, childSide: 'descriptor' }, limit: limits('handles', '--count', 20000),
  },
  {
    id: 'idle', group: 'memory', title: 'parent memory for one idle forked child', unit: 'B', better: 'lower', target: 1,
    work: 'idle.cjs', params: { rss: 50, childSide: 'fork' }, nodeArgs: ['--expose-gc', '--no-opt', '--single-threaded-gc'], limit: null,
  },
];
