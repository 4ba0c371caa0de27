// What `npm start` shows: existing, unmodified scripts run through the package, then a short side by side with Node's own module on
// this machine. A taste of the bench in fewer rounds; `npm run bench` is the careful one.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import os from 'node:os';
import path from 'node:path';
import { rows as registry } from './rows/index.mjs';
import { figure, gain, median, times } from './lib/format.mjs';
import { measure } from './lib/measure.mjs';
import { packedForBench } from './lib/packed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cp = createRequire(import.meta.url)('..');
const live = process.stdout.isTTY;
const color = live && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
const paint = (code, text) => color ? `\x1b[${code}m${text}\x1b[0m` : text;
const bold = (text) => paint('1', text);
const soft = (text) => paint('2', text);

function runScript(name) {
  const args = ['--require', './register.js', path.join('bench', 'demo', name)];
  console.log(soft(`$ node ${args.join(' ')}`));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code, signal) => code === 0 ? resolve() : reject(new Error(`${name} ended with ${signal || code}`)));
  });
}

const shown = [
  { id: 'block-50m', label: 'spawn() holds the event loop, parent of 50 MB', rounds: 3 },
  { id: 'block-1g', label: 'spawn() holds the event loop, parent of 1 GB', rounds: 2 },
  { id: 'rate-50m', label: 'processes started a second', rounds: 3 },
  { id: 'spawnsync-50m', label: "spawnSync('/bin/echo')", rounds: 3 },
  { id: 'fork-small-down', label: 'small messages a second, to a forked child', rounds: 3 },
];

function bar(value, most, width) {
  const eighths = Math.max(1, Math.round(value / most * width * 8));
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7];
}

function say(step, text) {
  if (live) process.stdout.write(`\r\x1b[K  ${soft(`${step} ${text}`)}`);
  else console.log(`  ${step} ${text}`);
}

const folder = packedForBench();

async function compare({ id, label, rounds }, step) {
  const row = registry.find((one) => one.id === id);
  const values = { stock: [], ours: [] };
  let note;
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ['stock', 'ours'] : ['ours', 'stock'];
    if (live || round === 0) say(step, `measuring: ${label}${live ? `, round ${round + 1}/${rounds}` : ' ...'}`);
    for (const impl of order) {
      if (impl === 'ours' && note) continue;
      const result = await measure(row, { name: impl, impl }, { budget: 400, folder, timeout: 30000 });
      if (result.value === undefined) note = result.missing || result.error;
      else values[impl].push(result.value);
    }
  }
  if (live) process.stdout.write('\r\x1b[K');
  return { row, label, note, stock: values.stock.length > 0 && median(values.stock), ours: values.ours.length > 0 && median(values.ours) };
}

function print({ row, label, note, stock, ours }) {
  const width = 34;
  const most = Math.max(stock || 0, ours || 0);
  const line = (name, value, paintBar, tail) => console.log(`    ${name.padEnd(5)} ${figure(value, row.unit).padStart(11)}  ${paintBar(bar(value, most, width))}${tail}`);
  const ratio = stock && ours ? gain(row, ours, stock) : null;
  console.log(`  ${bold(label)} ${soft(row.better === 'lower' ? '(shorter is better)' : '(longer is better)')}`);
  if (stock) line('Node', stock, soft, '');
  if (ours) line('ours', ours, (text) => paint('33', text), ratio ? bold(`  ${times(ratio)} ${ratio >= 1 ? 'better' : "of Node's"}`) : '');
  else console.log(`    ours  not measured: ${note}`);
  console.log();
}

const started = Date.now();
console.log(bold('\n1. Existing scripts, unchanged, run through rs-child-process\n'));
if (cp.native !== true) console.log(`  The addon is not loaded here, so Node's own child_process does all of this.\n`);
for (const script of ['errands.js', 'workers.js']) {
  await runScript(script).catch((error) => {
    console.error(`\nthe demonstration failed: ${error.message}`);
    process.exit(1);
  });
  console.log();
}

console.log(bold("2. Side by side with Node's own child_process"));
console.log(soft(`   node ${process.version}, ${os.cpus().length} x ${os.cpus()[0].model.trim()}; each figure from fresh processes, in alternating rounds\n`));
if (cp.native === true) {
  for (const [i, one] of shown.entries()) print(await compare(one, `[${i + 1}/${shown.length}]`));
  console.log(soft(`Few and short rounds, in ${Math.round((Date.now() - started) / 1000)} s: the careful measurement is npm run bench.`));
}
