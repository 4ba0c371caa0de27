// Draws the charts of the docs as SVG from the results: horizontal bars, readable in light and dark themes, no library. A logarithmic
// scale is used, and named in the subtitle, where a linear one would make the shorter bars vanish.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { figure, gain, times } from './format.mjs';
import { mainResults } from './results.mjs';

const width = 780;
const margin = { left: 24, right: 130, top: 74, bottom: 26 };
const barHeight = 18;
const shortNames = 74;
const sides = ['stock', 'bun', 'deno', 'ours', 'limit'];
const names = { stock: 'Node', ours: 'this package', bun: 'Bun', deno: 'Deno', limit: 'limit' };

const style = `
  .card { fill: #ffffff; stroke: #d8dee4 }
  text { font-family: -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 }
  .soft, .name { fill: #59636e }
  .soft { font-size: 12.5px }
  .name, .value { font-size: 12px }
  .group { font-size: 13px; font-weight: 600 }
  .ours { fill: #e8590c } .stock { fill: #8c959f } .bun { fill: #c8a96a } .deno { fill: #6b9bb8 }
  .limit { fill: none; stroke: #59636e; stroke-dasharray: 4 3 }
  .best { font-weight: 600 }
  .mark { stroke: #1f2328; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #30363d }
    text { fill: #e6edf3 }
    .soft, .name { fill: #9198a1 }
    .ours { fill: #ff7b3d } .stock { fill: #6e7681 } .bun { fill: #a98a4d } .deno { fill: #4f7f9c }
    .limit { stroke: #9198a1 }
    .mark { stroke: #e6edf3 }
  }`;

const escape = (text) => String(text).replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);

// A logarithmic scale begins well below the least value, so that even the shortest bar can be seen.
function scaleOf(values, log, room, floor = 10 ** (Math.floor(Math.log10(Math.min(...values))) - 0.5)) {
  const most = Math.max(...values);
  if (!log) return (value) => Math.max(1, value / most * room);
  return (value) => Math.max(1, Math.log10(value / floor) / Math.log10(most / floor) * room);
}

// groups: [{ label, bars: [{ side, name, value, text, mark }] }]; `nameWidth`: the width of the column of names; `gap`: between groups.
function barChart({ title, subtitle, groups, log, nameWidth = shortNames, gap = 12, floor }) {
  const values = groups.flatMap((group) => group.bars.flatMap((bar) => [bar.value, bar.mark].filter(Boolean)));
  const scale = scaleOf(values, log, width - margin.left - margin.right - nameWidth, floor);
  const x = margin.left + nameWidth;
  let y = margin.top;
  const parts = [];
  for (const { label, bars } of groups) {
    if (label) {
      parts.push(`<text class="group" x="${margin.left}" y="${y + 11}">${escape(label)}</text>`);
      y += 20;
    }
    for (const bar of bars) {
      const length = scale(bar.value);
      parts.push(`<text class="name" x="${x - 8}" y="${y + 13}" text-anchor="end">${escape(bar.name)}</text>`);
      parts.push(`<rect class="${bar.side}" x="${x}" y="${y + 1}" width="${length.toFixed(1)}" height="${barHeight - 3}" rx="2"/>`);
      if (bar.mark) parts.push(`<line class="mark" x1="${(x + scale(bar.mark)).toFixed(1)}" x2="${(x + scale(bar.mark)).toFixed(1)}" y1="${y - 1}" y2="${y + barHeight}"/>`);
      const end = x + Math.max(length, bar.mark ? scale(bar.mark) : 0) + 6;
      parts.push(`<text class="value${bar.side === 'ours' ? ' best' : ''}" x="${end.toFixed(1)}" y="${y + 13}">${escape(bar.text)}</text>`);
      y += barHeight;
    }
    y += gap;
  }
  const height = y - gap + margin.bottom;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
<style>${style}
</style>
<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
<text class="title" x="${margin.left}" y="32">${escape(title)}</text>
<text class="soft" x="${margin.left}" y="53">${escape(subtitle + (log ? ' Logarithmic scale.' : ''))}</text>
${parts.join('\n')}
</svg>
`;
}

const barsOf = (row) => sides.filter((side) => row.medians[side] !== undefined).map((side) => ({
  side, name: side === 'ours' ? 'ours' : names[side], value: row.medians[side],
  text: figure(row.medians[side], row.unit) + (side === 'ours' && row.ratio ? `  (${times(row.ratio)})` : ''),
}));

// For rows of very different sizes: everybody as a multiple of stock.
const multiplesOf = (row) => sides.filter((side) => side !== 'limit' && row.medians[side] !== undefined).map((side) => {
  const multiple = gain(row, row.medians[side], row.medians.stock);
  return { side, name: side === 'ours' ? 'ours' : names[side], value: multiple, text: `${times(multiple)} (${figure(row.medians[side], row.unit)})` };
});

const plans = [
  { file: 'block', title: 'How long spawn() holds the event loop', subtitle: 'By the memory of the calling process; shorter is better.', log: true,
    rows: { 'block-50m': '50 MB', 'block-1g': '1 GB', 'block-4g': '4 GB' }, bars: barsOf },
  { file: 'starts', title: 'Processes started a second, 16 at a time', subtitle: 'By the memory of the calling process; longer is better.',
    rows: { 'rate-50m': '50 MB', 'rate-pipes-50m': '50 MB, three pipes each', 'rate-1g': '1 GB' }, bars: barsOf },
  { file: 'commands', title: 'A short command, from the call to its result', subtitle: 'Calling process of 50 MB; shorter is better.',
    rows: { 'close-50m': "spawn to 'close'", execfile: 'execFile', exec: 'exec', 'spawnsync-50m': 'spawnSync' }, bars: barsOf },
  { file: 'output', title: "Much output of a child", subtitle: 'head -c from /dev/zero; longer is better.',
    rows: { stream: "512 MB by 'data' events", 'collect-execfile': '128 MB collected by execFile', 'collect-spawnsync': '128 MB collected by spawnSync' }, bars: barsOf },
  { file: 'messages', title: 'Messages between a program and its forked child, against Node', subtitle: "Multiples of Node's own rate, the sender waits for callbacks; longer is better.",
    rows: { 'fork-small-down': 'small JSON, parent to child', 'fork-small-up': 'small JSON, child to parent', 'fork-text-1k-down': 'text of 1 KB, parent to child', 'fork-text-1k-up': 'text of 1 KB, child to parent', 'fork-table-8k-down': 'table of 100 rows', 'fork-advanced-small-down': "small, 'advanced'", 'fork-advanced-table-down': "table of 100 rows, 'advanced'", 'fork-advanced-mixed-down': 'Date, Map, Set, Buffer, BigInt' }, bars: multiplesOf },
  { file: 'bulk', title: 'Large messages, parent to child, against Node', subtitle: "Multiples of Node's own rate; longer is better.",
    rows: { 'fork-buffer-1m-down': '1 MB, the sender waits', 'fork-buffer-1m-down-loop': '200 x 1 MB in one loop', 'fork-buffer-1m-down-first': '200 x 1 MB in one loop, new channel', 'fork-buffer-16m-down': '16 MB, the sender waits', 'fork-buffer-16m-down-loop': '20 x 16 MB in one loop', 'fork-buffer-16m-down-first': '20 x 16 MB in one loop, new channel', 'fork-buffer-16m-down-single': 'one single 16 MB, new channel', 'fork-string-16m-down': 'string of 16 MB, the sender waits' }, bars: multiplesOf },
  { file: 'cpu', title: 'CPU time of a small message, parent to child', subtitle: 'Both processes added up; shorter is better.',
    rows: { 'cpu-500': '500 a second', 'cpu-2000': '2,000 a second', 'cpu-5000': '5,000 a second', 'cpu-9000': '9,000 a second', 'cpu-ping-pong': 'one there and one back at a time' }, bars: barsOf },
];

// One bar each, for the README.
const overview = {
  'block-1g': 'spawn() blocks, parent of 1 GB', 'block-50m': 'spawn() blocks, parent of 50 MB', 'rate-50m': 'processes started a second', execfile: 'execFile', 'spawnsync-50m': 'spawnSync',
  'collect-execfile': 'execFile collecting 128 MB', 'fork-round-trip': 'round trip of a message', 'fork-small-down': 'small JSON messages', 'fork-text-1k-down': 'messages of 1 KB',
  'fork-advanced-small-down': "small messages, 'advanced'", 'fork-buffer-16m-down': 'Buffers of 16 MB', 'fork-buffer-16m-down-loop': 'Buffers of 16 MB, no waiting',
};

export function drawCharts(all, folder) {
  const results = mainResults(all);
  mkdirSync(folder, { recursive: true });
  const drawn = [];
  const draw = (file, chart) => {
    writeFileSync(path.join(folder, `${file}.svg`), barChart(chart));
    drawn.push(`${file}.svg`);
  };
  for (const plan of plans) {
    const groups = Object.entries(plan.rows).flatMap(([id, label]) => {
      const row = results.rows.find((one) => one.id === id);
      return row?.medians.ours === undefined ? [] : [{ label, bars: plan.bars(row) }];
    });
    if (groups.length > 0) draw(plan.file, { ...plan, groups });
  }
  const best = Object.entries(overview).flatMap(([id, label]) => {
    const row = results.rows.find((one) => one.id === id);
    return row?.ratio === undefined ? [] : [{ bars: [{ side: 'ours', name: label, value: row.ratio, text: `${times(row.ratio)} (${figure(row.medians.stock, row.unit)} → ${figure(row.medians.ours, row.unit)})` }] }];
  });
  if (best.length > 0) {
    draw('overview', { title: 'How many times better than Node', subtitle: `Node ${results.node.slice(1)}; longer is better.`, log: true, nameWidth: 245, floor: 0.7, gap: 5, groups: best });
  }
  return drawn;
}
