// Checks the imports of lib/ and src/. The rooms of docs/architecture.md stand one above the other; an import goes down or stays in
// its room. There must be no ring, neither of rooms nor of files in one room. The lists below repeat that order as data. A file
// without a room is a fault too, so that whoever adds a room must decide on its place.

import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { isMain, root } from './run.mjs';
import { fileArrows, pathsOf } from './rust-modules.mjs';
import { conclude, find, jsCode, lineOf, read } from './source.mjs';

// The lowest first. Rooms in one row may import each other, but not in a ring.
const JS_FLOORS = [
  ['lib/node'],
  ['lib/addon'],
  ['lib/arguments'],
  ['lib/channel/codec'],
  ['lib/channel/handles'],
  ['lib/channel'],
  ['lib/preload'],
  ['lib/process'],
  ['lib/public', 'lib/promises'],
  ['index', 'register', 'promises'],
];
const RUST_FLOORS = [['error'], ['child'], ['sys'], ['stdio'], ['spawn', 'spawn_sync', 'watch', 'ipc'], ['binding'], ['lib']];

// Modules that only some files (`who`) may load.
const JS_ONLY = [
  { what: /^(node:)?child_process$/, who: /^(lib\/node\/builtin\.js|register\.js)$/, name: 'Node\'s own child_process' },
  { what: /\.node$|^native\.js$/, who: /^lib\/addon\/(native|module-loader)\.js$/, name: 'the addon' },
];

const floorOf = (floors, room) => floors.findIndex((names) => names.includes(room));

/** lib/channel/codec/fast/tags.js lives in lib/channel/codec, index.mjs in index: the innermost folder that is a room. */
function jsRoom(file) {
  const rooms = JS_FLOORS.flat().filter((room) => file.startsWith(`${room}/`) || file === `${room}.js` || file === `${room}.mjs`);
  return rooms.sort((a, b) => b.length - a.length)[0];
}

const rustRoom = (file) => /^src\/(\w+)(\.rs|\/)/.exec(file)?.[1];

/** @returns {{ target: string, index: number }[]} what a JavaScript file loads */
function jsImports(text) {
  const pattern = /\b(?:require\(|import\(|from\s+|import\s+)\s*['"]([^'"]+)['"]/g;
  return [...jsCode(text).matchAll(pattern)].map((match) => ({ target: match[1], index: match.index }));
}

/** -> the shortest ring of imports from `start` back to it, or undefined. */
function ringFrom(start, arrows) {
  const ways = [[start]];
  const seen = new Set();
  for (const way of ways) {
    for (const next of arrows.get(way.at(-1)) ?? []) {
      if (next === start) return [...way, start];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

/** Rings among the rooms of one row (from row to row they are forbidden by the direction), or among files. */
function rings(arrows) {
  const found = [...arrows.keys()].map((node) => ringFrom(node, arrows)).filter(Boolean);
  const named = new Map(found.map((ring) => [[...new Set(ring)].sort().join(' '), `in a ring: ${ring.join(' -> ')}`]));
  return [...named.values()];
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
  return [...problems, ...rings(edges), ...rings(within)];
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
    for (const { names: [target], index } of pathsOf(file, text)) {
      if (floorOf(RUST_FLOORS, target) >= 0) direction(RUST_FLOORS, room, target, `${file}:${lineOf(text, index)}`, edges, problems);
    }
  }
  const within = [...fileArrows(files, load)].map(([file, all]) => [file, [...all].filter((target) => rustRoom(target) === rustRoom(file))]);
  return [...new Set(problems), ...rings(edges), ...rings(new Map(within))];
}

if (isMain(import.meta)) {
  const top = ['index.js', 'index.mjs', 'register.js', 'promises.js', 'promises.mjs'].filter((file) => existsSync(root + file));
  conclude('imports', [
    ...checkJs([...top, ...find('lib', /\.[cm]?js$/)], read),
    ...checkRust(find('src', /\.rs$/), read),
  ]);
}
