// Keeps what was measured in results.json: one part for each major version of Node, with the machine and the rows of its own runs.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rows as registry, linearity } from '../rows/index.mjs';
import { judgeLinearity } from './judge.mjs';

export const resultsFile = fileURLToPath(new URL('../results.json', import.meta.url));
export const mainNode = '24';
const majors = ['20', '22', '24', '26'];

/** @returns {{ nodes: Record<string, { node: string, machine: string, date: string, peers: object, rows: object[] }> }} */
export function readResults(file = resultsFile) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { nodes: {} };
}

/** The rows of the Node whose figures count, or of the newest one that was measured. */
export function mainResults({ nodes }) {
  return nodes[mainNode] ?? nodes[Object.keys(nodes).sort((a, b) => b - a)[0]] ?? null;
}

// Five digits are more than any measurement here is good for.
const short = (key, value) => typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;

// One row a line: a new measurement shows as the lines that it changed.
function text({ nodes }) {
  const parts = majors.filter((major) => nodes[major]).map((major) => {
    const { rows, ...rest } = nodes[major];
    return `  "${major}": {\n${Object.entries(rest).map(([key, value]) => `   "${key}": ${JSON.stringify(value, short)},\n`).join('')}   "rows": [\n${
      rows.map((row) => `    ${JSON.stringify(row, short)}`).join(',\n')}\n   ]\n  }`;
  });
  return `{\n "nodes": {\n${parts.join(',\n')}\n }\n}\n`;
}

/** A run of some rows replaces those and keeps the others. */
export function keepResults(file, major, { rows, peers, ...run }) {
  const { nodes } = readResults(file);
  const before = nodes[major] ?? { rows: [], peers: {} };
  const all = new Map([...before.rows, ...rows].map((row) => [row.id, row]));
  const known = registry.filter((row) => all.has(row.id)).map((row) => all.get(row.id));
  nodes[major] = { ...run, peers: { ...before.peers, ...peers }, linearity: judgeLinearity(linearity, known), rows: known };
  writeFileSync(file, text({ nodes }));
}
