// The one registry of everything that is measured. Groups are the tables of docs/performance.md.

import { startRows, linearity } from './start.mjs';
import { talkRows, wireRows } from './talk.mjs';
import { messageRows } from './messages.mjs';
import { cpuRows } from './cpu.mjs';

// What is measured on other versions of Node, in other runtimes, and by `--quick`: what programs do most.
const few = new Set([
  'block-50m', 'block-1g', 'rate-50m', 'rate-pipes-50m', 'close-50m', 'execfile', 'spawnsync-50m', 'collect-execfile', 'kill-250', 'fork-50m',
  'fork-round-trip', 'handles', ...['small', 'text-1k', 'advanced-small', 'advanced-table', 'buffer-16m'].flatMap((id) => [`fork-${id}-down`, `fork-${id}-up`]),
  'fork-small-down-loop', 'fork-buffer-1m-down-loop', 'fork-buffer-16m-down-loop', 'fork-small-down-first', 'fork-buffer-1m-down-first', 'fork-buffer-16m-down-first',
  'fork-buffer-16m-down-single', 'cpu-2000', 'cpu-ping-pong',
]);

export const rows = [...startRows, ...talkRows, ...messageRows, ...wireRows, ...cpuRows].map((row) => ({ ...row, few: few.has(row.id) }));
export { linearity };
