// Prints the README's table in Markdown from results.json (or the file named as argument).

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { figure, times } from './lib/format.mjs';

const file = process.argv[2] || fileURLToPath(new URL('results.json', import.meta.url));
const results = JSON.parse(readFileSync(file, 'utf8'));
const rows = results.rows.filter((row) => row.ratio !== undefined);
const peers = Object.keys(results.peers || {}).filter((name) => rows.some((row) => row.medians[name] !== undefined));
const title = (name) => name[0].toUpperCase() + name.slice(1);

const table = [
  ['', 'Node', ...peers.map(title), 'rs-child-process', 'against Node', 'wanted', 'against the limit'],
  ['---', '--:', ...peers.map(() => '--:'), '--:', '--:', '--:', '--:'],
  ...rows.map((row) => [
    row.title, figure(row.medians.stock, row.unit), ...peers.map((name) => figure(row.medians[name], row.unit)), figure(row.medians.ours, row.unit),
    `**${times(row.ratio)}**`, row.target ? `${times(row.target)}${row.pass ? '' : row.misses.includes('stock') ? ' (missed)' : ''}` : '', row.ofLimit ? times(row.ofLimit) : '',
  ]),
];
for (const line of table) console.log(`| ${line.join(' | ')} |`);

const versions = Object.values(results.peers || {}).map((text) => text.split(' (')[0]);
console.log(`\nNode ${results.node.slice(1)}${versions.length > 0 ? `, ${versions.join(', ')}` : ''}; ${results.machine}; ${results.date.slice(0, 10)}. Medians of ${results.roundsPerRow} alternating rounds, ` +
  'each in a fresh process. "Against the limit" compares with a small Rust program that does the same with plain system calls (or, for messages, with JSON alone).');
if (results.linearity) console.log(`A child killed among 1,000 costs ${times(results.linearity.growth)} of one killed among 250.`);
