// Rows about messages between a program and the unmodified child that it forked. Each kind of message goes both ways, at three paces:
// `waiting`: the sender waits for the callback of one burst before it sends the next one; `loop`: it calls send() in one loop and waits for
// nothing, on a channel that has been used before; `first`: such a loop on a new channel.

import { limits } from './limits.mjs';

const words = {
  waiting: { suffix: '', title: '' },
  loop: { suffix: '-loop', title: ', sent in one loop' },
  first: { suffix: '-first', title: ', sent in one loop on a new channel' },
};
const ways = { down: 'parent to child', up: 'child to parent' };

const message = (id, title, way, pace, kind, { target, limit, ...params }) => ({
  id: `fork-${id}-${way}${words[pace].suffix}`, group: `messages-${pace}`, label: `${title}, ${ways[way]}`,
  title: `${title}, ${ways[way]}${words[pace].title}`, unit: '/s', better: 'higher', target: target?.[pace] ?? null,
  work: 'talk.cjs', params: { rss: 50, kind, way, pace, childSide: 'fork', ...params }, limit: limit?.(pace) ?? null,
});

const rowsOf = (id, title, kind, options, paces) => Object.entries(paces).flatMap(([pace, list]) =>
  list.map((way) => message(id, title, way, pace, kind, options)));
const both = Object.keys(ways);
const waiting = (id, title, kind, options = {}) => rowsOf(id, title, kind, options, { waiting: both });
const small = (id, title, kind, options = {}) => rowsOf(id, title, kind, options, { waiting: both, loop: both, first: ['down'] });
const large = (id, title, kind, options = {}) => rowsOf(id, title, kind, options, { waiting: both, loop: both, first: both });

const advanced = { serialization: 'advanced' };
// JSON alone, in two processes that do not talk to each other; the pace makes no difference to it.
const jsonAlone = (kind) => (pace) => pace === 'waiting' ? { program: 'node', work: 'json-alone.cjs', params: { kind } } : null;
// A sender that does not wait has as many places in shared memory as it sends payloads; a new channel has memory that nobody has touched.
const shared = (bytes, count, inLoop) => (pace) => pace === 'waiting'
  ? limits('shared', '--bytes', bytes, '--count', count)
  : limits('shared', '--bytes', bytes, '--count', inLoop, '--places', inLoop, ...(pace === 'first' ? ['--new'] : []));
const bulk = { waiting: 6, loop: 3, first: 2 };
const raw = { sendOptions: { serialize: false } };
// One message on a new channel.
const single = (id, title, options) => both.map((way) => {
  const row = message(id, title, way, 'first', 'buffer16m', { ...options, count: 1 });
  return {
    ...row, id: `fork-${id}-${way}-single`, label: `one single ${title}, ${ways[way]}`, title: `one single ${title} on a new channel, ${ways[way]}`, target: 1.2,
    limit: limits('shared', '--bytes', 16 << 20, '--count', 1, '--places', 1, '--new'),
  };
});

const all = [
  ...small('small', 'small JSON', 'small', { target: { waiting: 6 }, limit: jsonAlone('small') }),
  ...small('text-1k', 'text of 1 KB', 'text1k', { target: { waiting: 3 }, limit: jsonAlone('text1k') }),
  ...waiting('cjk-1k', 'Chinese text of 1 KB', 'cjk1k', { target: { waiting: 2 }, limit: jsonAlone('cjk1k') }),
  ...small('text-64k', 'text of 64 KB', 'text64k', { target: { waiting: 2 }, limit: jsonAlone('text64k') }),
  ...waiting('table-8k', 'table of 100 rows, 8 KB', 'table8k', { target: { waiting: 1.15 }, limit: jsonAlone('table8k') }),
  ...large('string-16m', 'string of 16 MB', 'string16m', { target: { waiting: 2 } }),
  ...small('advanced-small', "small, 'advanced'", 'small', { ...advanced, target: { waiting: 6 } }),
  ...small('advanced-table', "table of 100 rows, 'advanced'", 'table8k', { ...advanced, target: { waiting: 2.5 } }),
  ...waiting('advanced-mixed', "Date, Map, Set, Buffer, BigInt, 'advanced'", 'mixed', { ...advanced, target: { waiting: 3 } }),
  ...large('buffer-1m', "Buffer of 1 MB, 'advanced'", 'buffer1m', { ...advanced, target: bulk, limit: shared(1 << 20, 4000, 200) }),
  ...large('buffer-16m', "Buffer of 16 MB, 'advanced'", 'buffer16m', { ...advanced, target: bulk, limit: shared(16 << 20, 300, 20) }),
  ...single('buffer-16m', "Buffer of 16 MB, 'advanced'", advanced),
  ...waiting('raw-16m', 'Buffer of 16 MB with serialize: false', 'buffer16m', { ...advanced, ...raw, target: { waiting: 8 }, limit: shared(16 << 20, 300, 20) }),
  ...single('raw-json-16m', "Buffer of 16 MB with serialize: false, 'json'", raw),
];

// Rows of one pace stand together, as the tables do.
export const messageRows = Object.keys(words).flatMap((pace) => all.filter((row) => row.group === `messages-${pace}`));
