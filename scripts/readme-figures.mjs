// Keeps the figures in the READMEs and docs/performance.md equal to the measured ones in bench/results.json. In the READMEs they stand
// between marks:
//   <!-- figure block-1g ratio -->…<!-- /figure -->     one figure (ratio, stock, ours, limit, or a peer's name)
//   <!-- three -->…<!-- /three -->                      the three numbers that sell it, as a table
//   <!-- machine -->…<!-- /machine -->                  where and when they were measured
// docs/performance.md is generated as a whole. With `--write` the figures are written; without it this fails if a text has others.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rows as registry } from '../bench/rows/index.mjs';
import { figure, times } from '../bench/lib/format.mjs';
import { mainResults, readResults, resultsFile } from '../bench/lib/results.mjs';
import { pageText } from '../bench/page.mjs';
import { root, say } from './run.mjs';

const texts = {
  'README.md': {
    heads: ['', 'Node', 'this package', 'better by'], missing: 'not measured yet',
    three: ['one `spawn()` blocks the event loop of a program of 1 GB', 'processes started a second', 'small messages to a forked child'],
    machine: ({ machine, node, date }) => `Node ${node.slice(1)}, ${machine}, ${date}`,
  },
  'README.zh-CN.md': {
    heads: ['', 'Node', '本项目', '提升'], missing: '尚未测量',
    three: ['占用 1 GB 内存的程序每次 `spawn()` 阻塞事件循环', '每秒启动的进程', '发给 fork 子进程的小消息'],
    machine: ({ machine, node, date }) => `Node ${node.slice(1)}，${machine}，${date}`,
  },
};
// The rows behind the three numbers.
const three = ['block-1g', 'rate-50m', 'fork-small-down'];

function threeNumbers(results, { heads, three: words, missing }) {
  const lines = three.map((id, i) => {
    const row = results?.rows.find((one) => one.id === id);
    const cells = row?.ratio === undefined ? [missing, missing, missing] : [figure(row.medians.stock, row.unit), figure(row.medians.ours, row.unit), `**${times(row.ratio)}**`];
    return [words[i], ...cells];
  });
  return `\n${[heads, heads.map((_, i) => i ? '--:' : '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`;
}

/** -> the text with the figures of `results`. */
export function filled(text, results, words) {
  return text
    .replace(/(<!-- figure (\S+) (\S+) -->)[\s\S]*?(<!-- \/figure -->)/g, (_, open, id, what, close) => {
      const row = results?.rows.find((one) => one.id === id);
      if (!registry.some((one) => one.id === id)) throw new Error(`the bench has no row ${id}`);
      const value = what === 'ratio' ? row?.ratio : row?.medians[what];
      const shown = value === undefined ? words.missing : what === 'ratio' ? times(value) : figure(value, row.unit);
      return open + shown + close;
    })
    .replace(/(<!-- three -->)[\s\S]*?(<!-- \/three -->)/g, (_, open, close) => open + threeNumbers(results, words) + close)
    .replace(/(<!-- machine -->)[\s\S]*?(<!-- \/machine -->)/g, (_, open, close) => open + (results ? words.machine(results) : words.missing) + close);
}

const all = readResults();
const results = mainResults(all);
// `npm run bench` changes bench/results.json. Until that is committed, different figures are reported but are not a failure.
const fresh = spawnSync('git', ['status', '--porcelain', '--', resultsFile], { cwd: root, encoding: 'utf8' })
  .stdout?.trim();
function compare(name, wanted) {
  const path = join(root, name);
  if (existsSync(path) && wanted === readFileSync(path, 'utf8')) return;
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

for (const [name, words] of Object.entries(texts)) {
  const path = join(root, name);
  if (!existsSync(path)) continue;
  const text = readFileSync(path, 'utf8');
  compare(name, filled(text, results, words));
}
compare('docs/performance.md', pageText(all));
