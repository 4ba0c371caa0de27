// The figures in the READMEs are the measured ones of bench/results.json, and never typed by hand. A text says
//   <!-- figure block-1g ratio -->…<!-- /figure -->     one figure (ratio, stock, ours, limit, or a peer's name)
//   <!-- table start short -->…<!-- /table -->          a table of those groups of rows
//   <!-- machine -->…<!-- /machine -->                  where and when they were measured
// `--write` fills them in; without it a text that differs from the measurement is a fault.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rows as registry } from '../bench/rows/index.mjs';
import { figure, times } from '../bench/lib/format.mjs';
import { root, say } from './run.mjs';

const texts = {
  'README.md': {
    heads: ['work', 'stock', 'ours', 'better by', 'bare system calls'], missing: 'not measured yet',
    machine: ({ machine, node, date }) => `Node ${node.slice(1)}, ${machine}, ${date.slice(0, 10)}`,
  },
  'README.zh-CN.md': {
    heads: ['测试项', '原生', '本项目', '提升', '裸系统调用'], missing: '尚未测量',
    machine: ({ machine, node, date }) => `Node ${node.slice(1)}，${machine}，${date.slice(0, 10)}`,
  },
};

function table(groups, results, { heads, missing }) {
  const rows = (results?.rows ?? []).filter((row) => groups.includes(row.group) && row.medians.ours !== undefined);
  if (rows.length === 0) return `\n${missing}\n`;
  const cell = (row, side) => row.medians[side] === undefined ? '' : figure(row.medians[side], row.unit);
  const lines = rows.map((row) => [row.title.replaceAll('|', '\\|'), cell(row, 'stock'), cell(row, 'ours'), `**${times(row.ratio)}**`, cell(row, 'limit')]);
  return `\n${[heads, heads.map((_, i) => i ? '--:' : '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`;
}

/** The text with every figure as `results` has it. */
export function filled(text, results, words) {
  return text
    .replace(/(<!-- figure (\S+) (\S+) -->)[\s\S]*?(<!-- \/figure -->)/g, (_, open, id, what, close) => {
      const row = results?.rows.find((one) => one.id === id);
      if (!registry.some((one) => one.id === id)) throw new Error(`the bench has no row ${id}`);
      const value = what === 'ratio' ? row?.ratio : row?.medians[what];
      const shown = value === undefined ? words.missing : what === 'ratio' ? times(value) : figure(value, row.unit);
      return open + shown + close;
    })
    .replace(/(<!-- table ([\w ]+) -->)[\s\S]*?(<!-- \/table -->)/g, (_, open, groups, close) => open + table(groups.split(' '), results, words) + close)
    .replace(/(<!-- machine -->)[\s\S]*?(<!-- \/machine -->)/g, (_, open, close) => open + (results ? words.machine(results) : words.missing) + close);
}

const measured = join(root, 'bench', 'results.json');
const results = existsSync(measured) ? JSON.parse(readFileSync(measured, 'utf8')) : null;
// Whoever only tried `npm run bench` must not find the tests broken: what is not committed yet is reported, no fault.
const fresh = spawnSync('git', ['status', '--porcelain', '--', measured], { cwd: root, encoding: 'utf8' })
  .stdout?.trim();
for (const [name, words] of Object.entries(texts)) {
  const path = join(root, name);
  if (!existsSync(path)) continue;
  const text = readFileSync(path, 'utf8');
  for (const [, target] of text.matchAll(/\]\((?!\w+:|#)([^)#]+)/g)) {
    // Charts come with the measurement of their rows.
    const awaited = target.startsWith('bench/charts/') && !registry.every(({ id }) => results?.rows.some((row) => row.id === id));
    if (awaited || existsSync(join(root, target))) continue;
    say(`  ${name} names ${target}, which does not exist`);
    process.exitCode = 1;
  }
  const wanted = filled(text, results, words);
  if (wanted === text) continue;
  if (process.argv.includes('--write')) {
    writeFileSync(path, wanted);
    say(`  ${name} has the measured figures now`);
  } else if (fresh) {
    say(`  ${name}: bench/results.json holds a new measurement; node scripts/readme-figures.mjs --write takes it over`);
  } else {
    say(`  ${name} has other figures than bench/results.json: node scripts/readme-figures.mjs --write`);
    process.exitCode = 1;
  }
}
