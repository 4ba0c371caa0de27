// npm run bench: every row in alternating rounds of stock, ours, the physical limit and, with --peers, other runtimes. Each
// measurement is a fresh process; a ratio only ever compares figures of one run.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import os from 'node:os';
import { rows as registry, linearity } from './rows/index.mjs';
import { figure, median, times } from './lib/format.mjs';
import { buildLimits, measure } from './lib/measure.mjs';
import { bringPeers } from './lib/peers.mjs';
import { calm, waitForQuiet, watch } from './lib/quiet.mjs';
import { judge, judgeLinearity } from './lib/judge.mjs';
import { drawCharts } from './lib/charts.mjs';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' }, rounds: { type: 'string', default: '5' }, quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false }, out: { type: 'string' }, list: { type: 'boolean', default: false },
    patience: { type: 'string', default: '5' }, 'no-limit': { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  console.log(`usage: npm run bench -- [--rows id,id] [--rounds n] [--quick] [--peers] [--no-limit] [--patience s] [--out file] [--list]
  --rows    only these; an id may end in * (talk rows of another Node: run that node on bench/run.mjs)
  --patience  seconds to wait for other programs to calm down before a measurement (it is repeated when they did not, and the calmest counts)
  --quick   2 short rounds, nothing written unless --out is given
  --peers   also measures the npm packages bun and deno (installed into bench/.peers)`);
  process.exit(0);
}

const chosen = (() => {
  if (!flags.rows) return registry;
  const patterns = flags.rows.split(',');
  const matches = (id, pattern) => pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
  const unknown = patterns.filter((pattern) => !registry.some((row) => matches(row.id, pattern)));
  if (unknown.length > 0) {
    console.error(`no such row: ${unknown.join(', ')} (see --list)`);
    process.exit(2);
  }
  return registry.filter((row) => patterns.some((pattern) => matches(row.id, pattern)));
})();

if (flags.list) {
  for (const row of chosen) console.log(`${row.id.padEnd(24)} ${row.title}${row.target ? `  (at least ${times(row.target)})` : ''}`);
  process.exit(0);
}

const rounds = flags.quick ? 2 : Number(flags.rounds);
const budget = flags.quick ? 400 : 1200;
const out = flags.out || (flags.quick ? null : fileURLToPath(new URL('results.json', import.meta.url)));
const patience = Number(flags.patience) * 1000;
const say = (text) => console.log(text);
const sides = [{ name: 'stock', impl: 'stock' }, { name: 'ours', impl: 'ours' }];
if (!flags['no-limit']) {
  if (buildLimits()) sides.push({ name: 'limit', impl: 'stock' });
  else say('the limits program could not be built (cargo missing?): the distance to the limit is not shown');
}
if (flags.peers) sides.push(...bringPeers(say));

const machine = `${os.cpus().length} x ${os.cpus()[0].model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.release()}`;
say(`node ${process.version} on ${machine}; ${chosen.length} rows, ${rounds} rounds of ${sides.map((side) => side.version ? `${side.name} ${side.version}` : side.name).join(', ')}\n`);

const live = process.stdout.isTTY;
const progress = (text) => { if (live) process.stdout.write(`\r\x1b[K${text.slice(0, process.stdout.columns - 1)}`); };

// What other programs take from two cores is in the figure; such a measurement is repeated, and the calmest one counts.
async function undisturbed(row, side, waiting) {
  let best;
  for (let attempt = 0; attempt < (patience > 0 ? 3 : 1); attempt++) {
    if (patience > 0) await waitForQuiet(patience, waiting);
    const share = watch();
    const result = await measure(row, side, { budget });
    result.foreign = share();
    if (!best || result.foreign < best.foreign) best = result;
    if (best.foreign < calm || result.missing || result.error) break;
  }
  return best;
}

async function measureRow(row, place) {
  const results = {};
  const taking = sides.filter((side) => side.name !== 'limit' || row.limit);
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

function report(result, place) {
  progress('');
  const { medians, unit, notes } = result;
  const parts = [`stock ${figure(medians.stock, unit)}`];
  if (medians.ours !== undefined) parts.push(`ours ${figure(medians.ours, unit)}`, `${times(result.ratio)}${result.target ? ` (at least ${times(result.target)})` : ''}`);
  if (result.ofLimit === undefined && medians.limit !== undefined) parts.push(`limit ${figure(medians.limit, unit)}`);
  if (result.ofLimit !== undefined) parts.push(`${times(result.ofLimit)} of the limit ${figure(medians.limit, unit)}${result.limitTarget ? ` (at most ${times(result.limitTarget)})` : ''}`);
  for (const { name } of sides.filter((side) => side.version && medians[side.name] !== undefined)) {
    parts.push(`${name} ${figure(medians[name], unit)}${result.ahead?.[name] ? ` (${times(result.ahead[name])})` : ''}`);
  }
  if (result.foreign > calm) parts.push(`disturbed: other programs took ${Math.round(result.foreign * 100)}% of a core`);
  for (const [side, note] of Object.entries(notes)) parts.push(`${side}: ${note}`);
  say(`[${place}] ${result.id.padEnd(18)} ${result.pass === null ? '    ' : result.pass ? 'ok  ' : 'MISS'} ${parts.join(' | ')}`);
}

const measured = [];
const started = Date.now();
for (const [i, row] of chosen.entries()) {
  const place = `${String(i + 1).padStart(2)}/${chosen.length}`;
  const result = await measureRow(row, place);
  result.date = new Date().toISOString();
  result.node = process.version;
  measured.push(result);
  report(result, place);
  if (out) save();
}

// A run of some rows replaces those and keeps the others; each row keeps the date and Node of its own run.
function save() {
  const before = existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : { rows: [] };
  const kept = before.rows.filter((row) => !measured.some((other) => other.id === row.id));
  const order = new Map(registry.map((row, i) => [row.id, i]));
  const all = [...kept, ...measured].filter((row) => order.has(row.id)).sort((a, b) => order.get(a.id) - order.get(b.id));
  const peers = { ...before.peers, ...Object.fromEntries(sides.filter((side) => side.version).map((side) => [side.name, side.version])) };
  const document = { machine, node: process.version, date: new Date().toISOString(), roundsPerRow: rounds, peers, linearity: judgeLinearity(linearity, all), rows: all };
  writeFileSync(out, `${JSON.stringify(document, null, 1)}\n`);
}

const linear = judgeLinearity(linearity, measured);
if (linear) say(`killing many: a child among 1,000 costs ${times(linear.growth)} of one among 250 (at most ${times(linear.slack)}) ${linear.pass ? 'ok' : 'MISS'}`);
const missed = measured.filter((row) => row.pass === false);
const open = measured.filter((row) => row.pass === null);
say(`\n${measured.length - missed.length - open.length} of ${measured.length} rows reach their target, ${missed.length} miss, ${open.length} not measured for us; ${Math.round((Date.now() - started) / 1000)} s`);
if (out) {
  if (!flags.out) {
    const drawn = drawCharts(JSON.parse(readFileSync(out, 'utf8')), fileURLToPath(new URL('charts/', import.meta.url)));
    say(`charts: ${drawn.join(', ')}`);
  }
  say(`written to ${out}; Markdown: node bench/summary.mjs`);
}
