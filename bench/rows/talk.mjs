// Rows about talking to a child, apart from messages in numbers: round trips, the first answer, handles, idle children, siblings, and
// messages on Node's own wire, where one end has Node's side of the channel or the ends cannot agree on anything better.
// `childSide` says whose side the child has when the parent is ours: 'stock'; 'descriptor' (ours, set up by `_forkChild` on a channel that
// Node has not taken); 'fork' (whatever fork() gives an unmodified script). The denominator is always stock to stock.

import { limits } from './limits.mjs';

const wire = (id, title, way, kind, target, childSide = 'descriptor', extra = {}) => ({
  id, group: 'wire', title, unit: '/s', better: 'higher', target, work: 'talk.cjs',
  params: { rss: 50, kind, way, pace: 'waiting', childSide, ...extra }, limit: null,
});

const firstAnswer = (id, rss, title, target, extra = {}) => ({
  id, group: 'fork', title: `fork() to the first answer, ${title}`, unit: 'ms', better: 'lower', target,
  work: 'first-answer.cjs', params: { rss, childSide: 'fork', ...extra }, limit: null,
});

const idle = (id, title, report, unit) => ({
  id, group: 'idle', title, unit, better: 'lower', target: null, mostAboveStock: 0.5,
  work: 'idle-life.cjs', params: { rss: 50, childSide: 'fork', report }, limit: null,
});

export const talkRows = [
  firstAnswer('fork-50m', 50, 'parent of 50 MB', 1), firstAnswer('fork-1g', 1024, 'parent of 1 GB', 2.5),
  firstAnswer('fork-first-advanced', 50, "'advanced'", 1, { serialization: 'advanced' }),
  {
    id: 'fork-round-trip', group: 'trip', title: 'round trip, one small message at a time', unit: 'us', better: 'lower', target: 1, limitTarget: 1.25,
    work: 'round-trip.cjs', params: { rss: 50, childSide: 'fork' }, limit: limits('round-trip'),
  },
  {
    id: 'handles', group: 'handles', title: 'accepted sockets handed to 4 children, a second', unit: '/s', better: 'higher', target: 1.2,
    work: 'handles.cjs', params: { rss: 50, childSide: 'fork' }, limit: limits('handles', '--count', 20000),
  },
  {
    id: 'siblings', group: 'handles', title: 'small messages from sibling to sibling', unit: '/s', better: 'higher', target: 10,
    work: 'siblings.cjs', params: { rss: 50, childSide: 'fork' }, limit: null,
  },
  {
    id: 'idle', group: 'idle', title: 'parent memory for one idle forked child', unit: 'B', better: 'lower', target: 1,
    work: 'idle.cjs', params: { rss: 50, childSide: 'fork' }, nodeArgs: ['--expose-gc', '--no-opt', '--single-threaded-gc'], limit: null,
  },
  idle('idle-wake-ups', 'wake-ups a second of a program with 100 idle children', 'wakeUps', 'a second'),
  idle('idle-threads', 'threads of a program with 100 idle children', 'threads', 'threads'),
];

export const wireRows = [
  wire('small-to-stock', 'small JSON, our parent to a stock child', 'down', 'small', 3.5, 'stock'),
  wire('small-from-stock', 'small JSON, a stock child to our parent', 'up', 'small', 1.1, 'stock'),
  wire('small-down', 'small JSON, parent to child', 'down', 'small', 6),
  wire('small-up', 'small JSON, child to parent', 'up', 'small', 6),
  wire('advanced-small-down', "small, 'advanced', parent to child", 'down', 'small', 1.3, 'descriptor', { serialization: 'advanced' }),
];
