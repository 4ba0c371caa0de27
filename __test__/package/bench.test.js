'use strict';
// The bench measures the package in its packed form, keeps what it measured, and can make the page of it.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const test = require('ava');

const root = path.join(__dirname, '..', '..');
const bench = path.join(root, 'bench');
const [major] = process.versions.node.split('.');
const load = (name) => import(path.join(bench, name));

test('every row has a name of its own, a group that the page shows, and a script', async (t) => {
  const { rows } = await load('rows/index.mjs');
  const { sections } = await load('page.mjs');
  const shown = sections.flatMap((section) => section.groups);
  t.is(new Set(rows.map((row) => row.id)).size, rows.length);
  for (const row of rows) {
    t.true(shown.includes(row.group), row.id);
    t.true(fs.existsSync(path.join(bench, 'work', row.work)), row.id);
  }
});

test('a run of some rows replaces those in the results, and keeps the others and other versions of Node', async (t) => {
  const { keepResults, readResults } = await load('lib/results.mjs');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-bench-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'results.json');
  const row = (id, ours) => ({ id, medians: { stock: 1, ours }, rounds: {} });
  const keep = (node, rows) => keepResults(file, node, { node: `v${node}.1.2`, rows, peers: {} });
  keep('24', [row('fork-50m', 1), row('block-50m', 2.1234567)]);
  keep('22', [row('fork-50m', 3)]);
  keep('24', [row('fork-50m', 4), row('no-longer-there', 5)]);
  const { nodes } = readResults(file);
  t.deepEqual(Object.keys(nodes), ['22', '24']);
  t.deepEqual(nodes[24].rows.map(({ id, medians }) => [id, medians.ours]), [['block-50m', 2.1235], ['fork-50m', 4]]);
  t.deepEqual(nodes[22].rows.map(({ medians }) => medians.ours), [3]);
});

test('a short run measures time and CPU of stock and of the packed package, and the page shows them', async (t) => {
  t.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-bench-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true }));
  const out = path.join(folder, 'results.json');
  const ids = ['fork-small-down', 'fork-small-up-loop', 'fork-buffer-16m-down-single', 'cpu-ping-pong'];
  const args = ['--node', major, '--rows', ids.join(','), '--rounds', '1', '--budget', '50', '--patience', '0', '--no-peers', '--no-limit', '--out', out];
  await promisify(execFile)(process.execPath, [path.join(bench, 'run.mjs'), ...args], { timeout: 110_000 });
  const results = JSON.parse(fs.readFileSync(out, 'utf8'));
  const { rows } = results.nodes[major];
  t.deepEqual(rows.map((row) => row.id), ids);
  for (const row of rows) {
    t.deepEqual(row.notes, {}, row.id);
    for (const side of ['stock', 'ours']) t.true(row.medians[side] > 0 && row.cpu[side] > 0, `${row.id}, ${side}`);
  }
  const { pageText } = await load('page.mjs');
  const page = pageText(results);
  for (const { title, label = title } of rows) t.true(page.includes(`| ${label} |`), label);
});
