// Makes docs/performance.md out of the results. Nothing in it is typed by hand.

import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { figure, spread, times } from './lib/format.mjs';
import { mainResults } from './lib/results.mjs';

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const chartsFolder = new URL('charts/', import.meta.url);
const title = (name) => name[0].toUpperCase() + name.slice(1);

export const sections = [
  {
    title: 'Starting processes', groups: ['start'], charts: ['block', 'starts'],
    text: `Node starts a process by \`fork\`, which copies the page tables of the parent. The more memory a program holds, the longer its event loop stands
still. This package copies nothing (see [architecture](architecture.md)).`,
  },
  { title: 'Short commands', groups: ['short'], charts: ['commands'], text: 'From the call to the result.' },
  { title: 'Output of children', groups: ['volume'], charts: ['output'], text: 'What `head -c` copies from /dev/zero.' },
  { title: 'Many children at once', groups: ['kill'], text: "From the first `kill()` to the last `'exit'`." },
  {
    title: 'Forked children', groups: ['fork', 'trip', 'handles'],
    text: 'Each child is an unmodified script that was started by `fork()`. Most of the time to a first answer is the start of Node itself.',
  },
  {
    title: 'Messages, the sender waits', groups: ['messages-waiting'], charts: ['messages'],
    text: `The sender sends some messages, waits for the callback of the last one, and sends the next ones. So nobody wins by keeping messages in memory. The limit is
JSON alone in two processes that do not talk to each other, or copies through shared memory.`,
  },
  {
    title: 'Messages in one loop', groups: ['messages-loop'], charts: ['bulk'],
    text: `The sender calls \`send()\` in one loop and waits for nothing, as most programs do. The channel has been used before. One loop sends 20,000 small messages, 10,000
of 1 KB, 5,000 mixed ones, 1,000 tables, 400 texts of 64 KB, 200 Buffers of 1 MB, 20 of 16 MB, or 4 strings of 16 MB.`,
  },
  {
    title: 'Messages in one loop, on a new channel', groups: ['messages-first'],
    text: 'The same loops, on a channel of which only one small message each way has made use so far.',
  },
  {
    title: "Messages on Node's own wire", groups: ['wire'],
    text: `What is left where the child has Node's own side of the channel (the first two rows), and where both ends are this package's but cannot agree on anything better
than Node's form of messages.`,
  },
  {
    title: 'CPU time of a message at a steady rate', groups: ['cpu'], charts: ['cpu'],
    text: `User and system time of both processes, added up and divided by the number of messages. The messages are sent one by one, as events from outside come in. (At low rates
most of this time is Node itself, which wakes up for the event and goes to sleep again.)`,
  },
  {
    title: 'Idle children', groups: ['idle'],
    text: 'The program of 100 idle children has forked 50 of them and spawned 50 with three pipes each. Its wake-ups are those of all its threads and of its forked children.',
  },
];

const link = (name) => existsSync(new URL(`${name}.svg`, chartsFolder)) ? [`![${name}](../bench/charts/${name}.svg)`] : [];
const grid = (heads, lines) => [heads, heads.map((_, i) => i ? '--:' : '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
const shown = (row, side) => row.medians[side] === undefined ? '' : `${figure(row.medians[side], row.unit)}${spread(row.rounds[side])}`;
const bold = (ratio) => ratio === undefined ? '' : `**${times(ratio)}**`;

function table(rows, peers) {
  const some = (test) => rows.some(test);
  const columns = [
    ['work', (row) => (row.label ?? row.title).replaceAll('|', '\\|')],
    ['Node', (row) => shown(row, 'stock')],
    ['this package', (row) => shown(row, 'ours')],
    ['better by', (row) => bold(row.ratio)],
    ...some((row) => row.cpu?.ours !== undefined) ? [
      ['CPU a message, Node', (row) => figure(row.cpu?.stock, 'us')],
      ['CPU a message, this package', (row) => figure(row.cpu?.ours, 'us')],
    ] : [],
    ...peers.filter((peer) => some((row) => row.medians[peer] !== undefined)).map((peer) => [title(peer), (row) => shown(row, peer)]),
    ...some((row) => row.medians.limit !== undefined) ? [['limit', (row) => shown(row, 'limit')]] : [],
  ];
  return grid(columns.map(([head]) => head), rows.map((row) => columns.map(([, cell]) => cell(row))));
}

function versions({ nodes }) {
  const majors = Object.keys(nodes);
  const everywhere = mainResults({ nodes }).rows.filter((row) => majors.every((major) => nodes[major].rows.some((one) => one.id === row.id && one.medians.ours !== undefined)));
  if (majors.length < 2 || everywhere.length === 0) return [];
  const cell = (row, major) => {
    const { medians, ratio, unit } = nodes[major].rows.find((one) => one.id === row.id);
    return `${figure(medians.ours, unit)}${ratio === undefined ? '' : ` (${times(ratio)})`}`;
  };
  return [
    '## Other versions of Node',
    'What this package reaches, and in brackets how many times better that is than the same version of Node, measured in the same run.',
    grid(['work', ...majors.map((major) => `Node ${nodes[major].node.slice(1)}`)], everywhere.map((row) => [row.title, ...majors.map((major) => cell(row, major))])),
  ];
}

/** @returns {string} the whole page */
export function pageText(results) {
  const main = mainResults(results);
  if (!main) return '# Performance\n\nNothing has been measured yet: `npm run bench`.\n';
  const peers = Object.keys(main.peers ?? {});
  const others = peers.map((peer) => `${title(peer)} ${/\d+(\.\d+)+/.exec(main.peers[peer])?.[0]}`);
  const rounds = main.rows.map((row) => row.rounds.stock?.length ?? 0);
  const parts = [
    '# Performance',
    `<!-- Made by \`node scripts/readme-figures.mjs --write\` from bench/results.json. -->`,
    `Node ${main.node.slice(1)}${others.length > 0 ? `, ${others.join(', ')}` : ''}; ${main.machine}; ${main.date}.`,
    `- Each figure is the median of ${Math.max(...rounds)} rounds${Math.min(...rounds) < Math.max(...rounds) ? ` (of ${Math.min(...rounds)} at least)` : ''}. In each round every side runs once, in fresh processes. ±
  tells how far the rounds lie apart: half of the distance from the least one to the largest one.
- "Better by" compares this package with Node's own \`child_process\` in the same run on the same version of Node.
- What is measured is the package as npm packs it. A forked child is an ordinary script that knows nothing of this package.
- "CPU" is user and system time of both processes, parent and child, for one message.
- "Limit" is a small Rust program that does the same with bare system calls and waits as this package does. It starts processes by posix_spawn.
${others.length > 0 ? `- ${others.map((name) => name.split(' ')[0]).join(' and ')} run the same scripts, with their own \`child_process\`, in the rows that programs use most.\n` : ''}- The processors of a shared machine are not equally fast all day. Compare figures within a row, not between rows or machines.`,
  ];
  for (const { title: head, groups, charts = [], text } of sections) {
    const rows = main.rows.filter((row) => groups.includes(row.group) && row.medians.ours !== undefined);
    if (rows.length > 0) parts.push(`## ${head}`, text, table(rows, peers), ...charts.flatMap(link));
  }
  parts.push(
    ...versions(results),
    '## How to repeat it',
    `\`\`\`sh
npm run bench -- --quick                      # what programs do most, in less than 3 minutes; nothing is written
npm run bench -- --rounds 3 --budget 150      # every row on Node 24 with Bun and Deno, in about 12 minutes
npm run bench                                 # the same with 5 longer rounds
npm run bench -- --node 22 --few --rounds 3 --budget 250     # what programs do most on another version of Node, in about 5 minutes
npm run bench -- --rows 'fork-buffer-*'       # some rows; --list tells their names
\`\`\``,
    `npm brings Node, Bun and Deno. A run that is not \`--quick\` keeps its figures in \`bench/results.json\` and makes the charts and this page anew. Other programs take time from
the processors: the bench waits until they are quiet, and repeats what they disturbed.`,
  );
  return `${parts.join('\n\n')}\n`;
}

export function writePage(results) {
  writeFileSync(page, pageText(results));
  return page;
}
