// Imports point down the list of rooms of docs/architecture.md, never up, and never in a ring. The list stands
// here once more as data; a file that has no room in it is a fault too, so that new rooms get their place
// deliberately.

import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { isMain, root } from './run.mjs';
import { conclude, find, jsCode, lineOf, read, rustCode } from './source.mjs';

// From the ground up; names in one row may import each other as long as no ring comes of it.
const JS_FLOORS = [
  ['lib/node'],
  ['lib/addon'],
  ['lib/arguments'],
  ['lib/channel'],
  ['lib/preload'],
  ['lib/process'],
  ['lib/public', 'lib/promises'],
  ['index', 'register', 'promises'],
];
const RUST_FLOORS = [['error'], ['sys'], ['stdio'], ['spawn', 'spawn_sync', 'watch', 'ipc'], ['binding'], ['lib']];

// Who alone may load what.
const JS_ONLY = [
  { what: /^(node:)?child_process$/, who: /^(lib\/node\/builtin\.js|register\.js)$/, name: 'Node\'s own child_process' },
  { what: /\.node$|^native\.js$/, who: /^lib\/addon\/(native|module-loader)\.js$/, name: 'the addon' },
];

const floorOf = (floors, room) => floors.findIndex((names) => names.includes(room));

/** lib/channel/codec/json.js lives in lib/channel, index.mjs in index. */
function jsRoom(file) {
  return JS_FLOORS.flat().find((room) => file.startsWith(`${room}/`) || file === `${room}.js` || file === `${room}.mjs`);
}

const rustRoom = (file) => /^src\/(\w+)(\.rs|\/)/.exec(file)?.[1];

/** @returns {{ target: string, index: number }[]} what a JavaScript file loads */
function jsImports(text) {
  const pattern = /\b(?:require\(|import\(|from\s+|import\s+)\s*['"]([^'"]+)['"]/g;
  return [...jsCode(text).matchAll(pattern)].map((match) => ({ target: match[1], index: match.index }));
}

/** The first names of the parts of `a::b, c::{d, e}, f}…`, up to the brace that closes the list. */
function braced(code) {
  const parts = [''];
  let depth = 0;
  for (const char of code) {
    depth += char === '{' ? 1 : char === '}' ? -1 : 0;
    if (depth < 0) break;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => /\w+/.exec(part)?.[0]).filter(Boolean);
}

/** @returns {{ target: string, index: number }[]} the rooms of this crate that a Rust file names */
function rustImports(text, ownRoom) {
  const code = rustCode(text);
  const out = [];
  for (const match of code.matchAll(/\bcrate::(?:(\w+)|\{)/g)) {
    const names = match[1] ? [match[1]] : braced(code.slice(match.index + match[0].length));
    out.push(...names.map((target) => ({ target, index: match.index })));
  }
  const rooms = RUST_FLOORS.flat();
  for (const match of code.matchAll(/\b(?:super::)+(\w+)/g)) {
    if (rooms.includes(match[1]) && match[1] !== ownRoom) out.push({ target: match[1], index: match.index });
  }
  return out.filter(({ target }) => rooms.includes(target));
}

/** Rings among rooms of one floor (between floors the direction already forbids them). */
function rings(edges) {
  const found = [];
  const visit = (node, path) => {
    if (path.includes(node)) return void found.push([...path.slice(path.indexOf(node)), node].join(' -> '));
    for (const next of edges.get(node) ?? []) visit(next, [...path, node]);
  };
  for (const node of edges.keys()) visit(node, []);
  return [...new Map(found.map((ring) => [[...new Set(ring.split(' -> '))].sort().join(), ring])).values()];
}

function direction(floors, from, to, where, edges, problems) {
  if (from === to) return;
  if (floorOf(floors, to) > floorOf(floors, from)) problems.push(`${where} ${from} imports upwards: ${to}`);
  if (!edges.has(from)) edges.set(from, new Set());
  edges.get(from).add(to);
}

export function checkJs(files, load) {
  const problems = [];
  const edges = new Map();
  const within = new Map();
  for (const file of files) {
    const room = jsRoom(file);
    if (!room) {
      problems.push(`${file} has no room in scripts/check-imports.mjs`);
      continue;
    }
    const text = load(file);
    for (const { target, index } of jsImports(text)) {
      const where = `${file}:${lineOf(jsCode(text), index)}`;
      const path = target.startsWith('.') ? posix.join(posix.dirname(file), target) : target;
      for (const { what, who, name } of JS_ONLY) {
        if (what.test(path) && !who.test(file)) problems.push(`${where} only ${who.source} may load ${name}`);
      }
      if (!target.startsWith('.')) {
        if (!isBuiltin(target)) problems.push(`${where} a dependency at run time: ${target}`);
        continue;
      }
      if (/^native\.js$|\.node$|^package\.json$|^dist\//.test(path)) continue;
      const whole = /\.m?js$/.test(path) ? path : files.includes(`${path}/index.js`) ? `${path}/index.js` : `${path}.js`;
      const to = jsRoom(whole);
      if (!to) problems.push(`${where} leaves the package's rooms: ${target}`);
      else if (room === to) within.set(file, (within.get(file) ?? new Set()).add(whole));
      else direction(JS_FLOORS, room, to, where, edges, problems);
    }
  }
  return problems.concat([...rings(edges), ...rings(within)].map((ring) => `in a ring: ${ring}`));
}

export function checkRust(files, load) {
  const problems = [];
  const edges = new Map();
  for (const file of files) {
    const room = rustRoom(file);
    if (floorOf(RUST_FLOORS, room) < 0) {
      problems.push(`${file} has no room in scripts/check-imports.mjs`);
      continue;
    }
    const text = load(file);
    for (const { target, index } of rustImports(text, room)) {
      direction(RUST_FLOORS, room, target, `${file}:${lineOf(text, index)}`, edges, problems);
    }
  }
  return problems.concat(rings(edges).map((ring) => `rooms in a ring: ${ring}`));
}

if (isMain(import.meta)) {
  const top = ['index.js', 'index.mjs', 'register.js', 'promises.js', 'promises.mjs'].filter((file) => existsSync(root + file));
  conclude('imports', [
    ...checkJs([...top, ...find('lib', /\.[cm]?js$/)], read),
    ...checkRust(find('src', /\.rs$/), read),
  ]);
}
