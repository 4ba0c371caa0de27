// npm run bench: every row in alternating rounds of stock, ours, the physical limit and other runtimes. Each measurement is a fresh process,
// and what is measured is the package as npm would pack it. A ratio only ever compares figures of one run.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import os from 'node:os';
import { majors, nodeOf, versionOf } from '../scripts/nodes.mjs';
import { rows as registry, linearity } from './rows/index.mjs';
import { figure, median, times } from './lib/format.mjs';
import { buildLimits, measure } from './lib/measure.mjs';
import { packedForBench } from './lib/packed.mjs';
import { bringPeers } from './lib/peers.mjs';
import { calm, waitForQuiet, watch } from './lib/quiet.mjs';
import { judge, judgeLinearity } from './lib/judge.mjs';
import { keepResults, mainNode, readResults, resultsFile } from './lib/results.mjs';
import { drawCharts } from './lib/charts.mjs';
import { writePage } from './page.mjs';

const { values: flags } = parseArgs({
  options: {
    node: { type: 'string', default: mainNode }, rows: { type: 'string' }, few: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false },
    rounds: { type: 'string' }, budget: { type: 'string' }, peers: { type: 'boolean', default: false }, 'no-peers': { type: 'boolean', default: false },
    'no-limit': { type: 'boolean', default: false }, patience: { type: 'string', default: '5' }, out: { type: 'string' },
    list: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  console.log(`usage: npm run bench -- [options]
  --node n      the version of Node to measure on: 20, 22, 24 (the default) or 26; npm brings it
  --rows id,id  only these; an id may end in *
  --few         only what programs do most, without other runtimes
  --quick       --few in 2 short rounds; nothing is written unless --out is given (less than 3 minutes)
  --rounds n    5 unless given
  --budget ms   how long most rows may take for one measurement (1200 unless given); '--rounds 3 --budget 150' takes about 12 minutes in all
  --peers, --no-peers  with or without the npm packages bun and deno (installed into bench/.peers), which are measured in the rows of --few
  --no-limit    leaves out the small Rust program with bare system calls
  --patience s  how long to wait for other programs to calm down, before a row and before a disturbed measurement is repeated (the calmest counts)
  --out file    instead of bench/results.json, from which charts and docs/performance.md are made
  --list        the rows`);
  process.exit(0);
}

const matches = (row, pattern) => pattern.endsWith('*') ? row.id.startsWith(pattern.slice(0, -1)) : row.id === pattern;

function chooseRows() {
  if (!flags.rows) return registry.filter((row) => row.few || !(flags.few || flags.quick));
  const patterns = flags.rows.split(',');
  const unknown = patterns.filter((pattern) => !registry.some((row) => matches(row, pattern)));
  if (unknown.length > 0) fail(`no such row: ${unknown.join(', ')} (see --list)`);
  return registry.filter((row) => patterns.some((pattern) => matches(row, pattern)));
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

if (!majors.includes(flags.node)) fail(`--node is one of ${majors.join(', ')}`);
const chosen = chooseRows();
if (flags.list) {
  for (const row of chosen) console.log(`${row.id.padEnd(30)} ${row.title}${row.target ? `  (at least ${times(row.target)})` : ''}`);
  process.exit(0);
}

const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 5));
const budget = Number(flags.budget ?? (flags.quick ? 150 : 1200));
const out = flags.out || (flags.quick ? null : resultsFile);
const patience = Number(flags.patience) * 1000;
const say = (text) => console.log(text);
const runtime = await nodeOf(flags.node);
const node = versionOf(runtime);
const folder = packedForBench();
const sides = [{ name: 'stock', impl: 'stock', runtime }, { name: 'ours', impl: 'ours', runtime }];
if (!flags['no-limit']) {
  if (buildLimits()) sides.push({ name: 'limit', impl: 'stock', runtime });
  else say('the limits program could not be built (cargo missing?): the distance to the limit is not shown');
}
const bring = flags.peers || !(flags['no-peers'] || flags.quick || flags.few);
const peers = bring && chosen.some((row) => row.few) ? bringPeers(say) : [];
sides.push(...peers);

const machine = `${os.cpus().length} x ${os.cpus()[0].model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.release()}`;
say(`node ${node} on ${machine}; ${chosen.length} rows, ${rounds} rounds of ${sides.map((side) => side.version ? `${side.name} ${side.version}` : side.name).join(', ')}\n`);

const live = process.stdout.isTTY;
const progress = (text) => { if (live) process.stdout.write(`\r\x1b[K${text.slice(0, process.stdout.columns - 1)}`); };

// What other programs take from the cores is in the figure; such a measurement is repeated, and the calmest one counts.
async function undisturbed(row, side, waiting) {
  let best;
  for (let attempt = 0; attempt < (patience > 0 ? 3 : 1); attempt++) {
    if (attempt > 0) await waitForQuiet(patience, waiting);
    const share = watch();
    const result = await measure(row, side, { budget, folder });
    result.foreign = share();
    if (!best || result.foreign < best.foreign) best = result;
    if (best.foreign < calm || result.missing || result.error) break;
  }
  return best;
}

function takes(row, side) {
  if (side.name === 'limit') return Boolean(row.limit);
  return !side.version || row.few;
}

async function measureRow(row, place) {
  const results = {};
  const taking = sides.filter((side) => takes(row, side));
  if (patience > 0) await waitForQuiet(patience, () => progress(`[${place}] ${row.title}: waiting for a quiet machine ...`));
  for (let round = 0; round < rounds; round++) {
    // The order turns around each round, so that a drift of the machine's speed favours nobody.
    const order = round % 2 === 0 ? taking : [...taking].reverse();
    for (const side of order) {
      const known = (results[side.name] ||= []);
      // A side that cannot run a row will not learn it in the next round.
      if (known.some((result) => result.missing) || known.filter((result) => result.error).length > 1) continue;
      const shown = taking.filter(({ name }) => results[name]?.some((result) => 'value' in result))
        .map(({ name }) => `${name} ${figure(median(results[name].filter((result) => 'value' in result).map((result) => result.value)), row.unit)}`).join('  ');
      progress(`[${place}] ${row.title}: round ${round + 1}/${rounds}, ${side.name} ...  ${shown}`);
      known.push(await undisturbed(row, side, () => progress(`[${place}] ${row.title}: waiting for a quiet machine ...`)));
    }
  }
  return judge(row, results);
}

const verdict = (result) => {
  if (result.pass === null) return '    ';
  return result.pass ? 'ok  ' : 'MISS';
};

function report(result, place) {
  progress('');
  const { medians, cpu, unit, notes } = result;
  const parts = [`stock ${figure(medians.stock, unit)}`];
  if (medians.ours !== undefined) parts.push(`ours ${figure(medians.ours, unit)}`);
  if (result.ratio !== undefined) parts.push(`${times(result.ratio)}${result.target ? ` (at least ${times(result.target)})` : ''}`);
  if (cpu.ours !== undefined) parts.push(`CPU ${figure(cpu.stock, 'us')} -> ${figure(cpu.ours, 'us')}`);
  if (result.ofLimit === undefined && medians.limit !== undefined) parts.push(`limit ${figure(medians.limit, unit)}`);
  if (result.ofLimit !== undefined) parts.push(`${times(result.ofLimit)} of the limit ${figure(medians.limit, unit)}${result.limitTarget ? ` (at most ${times(result.limitTarget)})` : ''}`);
  for (const { name } of peers.filter((side) => medians[side.name] !== undefined)) {
    parts.push(`${name} ${figure(medians[name], unit)}${result.ahead?.[name] ? ` (${times(result.ahead[name])})` : ''}`);
  }
  if (result.foreign > calm) parts.push(`disturbed: other programs took ${Math.round(result.foreign * 100)}% of a core`);
  for (const [side, note] of Object.entries(notes)) parts.push(`${side}: ${note}`);
  say(`[${place}] ${result.id.padEnd(28)} ${verdict(result)} ${parts.join(' | ')}`);
}

const measured = [];
const started = Date.now();
for (const [i, row] of chosen.entries()) {
  const place = `${String(i + 1).padStart(3)}/${chosen.length}`;
  const result = await measureRow(row, place);
  result.date = new Date().toISOString().slice(0, 10);
  measured.push(result);
  report(result, place);
  if (out) {
    const versions = Object.fromEntries(peers.map((side) => [side.name, side.version]));
    keepResults(out, flags.node, { node, machine, date: result.date, rounds, budget, peers: versions, rows: measured });
  }
}

const linear = judgeLinearity(linearity, measured);
if (linear) say(`killing many: a child among 1,000 costs ${times(linear.growth)} of one among 250 (at most ${times(linear.slack)}) ${linear.pass ? 'ok' : 'MISS'}`);
const missed = measured.filter((row) => row.pass === false);
const open = measured.filter((row) => row.pass === null);
say(`\n${measured.length - missed.length - open.length} of ${measured.length} rows reach their target, ${missed.length} miss, ${open.length} not measured for us; ${Math.round((Date.now() - started) / 1000)} s`);
if (out) say(`written to ${out}`);
if (out === resultsFile) {
  say(`charts: ${drawCharts(readResults(), fileURLToPath(new URL('charts/', import.meta.url))).join(', ')}`);
  say(`tables: ${writePage(readResults())}`);
}
