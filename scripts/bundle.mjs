// Makes `lib/accelerate/child-side.bundle` of what a forked child loads before its script: opening some forty files would cost
// every child more than all the rest of our side. The first line says what is where; then comes one expression with the
// modules that every channel needs, and behind it the text of each other module, compiled when it is first required.
// lib/accelerate/preload.js reads it; without it that file loads the same modules one by one.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isMain, root } from './run.mjs';

const ENTRY = 'lib/ipc/channel.js';
const BUNDLE = 'lib/accelerate/child-side.bundle';

const REQUIRE = /\brequire\('(\.[^']+)'\)/g;
// What no version of the package has in its source: made by the build.
const ADDON = /\.node$|^native\.js$/;

/** The text of a module in a bundle, and which others it loads: at once, or later. */
function moduleText(id, load) {
  if (id.endsWith('.json')) return { text: `module.exports = { version: '${JSON.parse(load(id)).version}' };`, now: [], later: [] };
  const lines = load(id).split('\n').filter((line) => !/^\s*\/\//.test(line));
  const now = [];
  const later = [];
  const text = lines.map((line) => line.replace(REQUIRE, (whole, request) => {
    const path = posix.join(posix.dirname(id), request);
    if (ADDON.test(path)) return whole;
    const target = /\.\w+$/.test(path) ? path : existsSync(join(root, `${path}.js`)) ? `${path}.js` : `${path}/index.js`;
    (/^const\b/.test(line) ? now : later).push(target);
    return `require('${target}')`;
  })).join('\n');
  // One character, one byte: offsets are the same in both, and V8 keeps it so.
  if (/[^ -~\n]/.test(text)) throw new Error(`${id} is not plain ASCII`);
  if (lines.some((line) => line.split('`').length % 2 === 0)) throw new Error(`${id} has a template of several lines`);
  return { text, now, later };
}

/** Everything that `ids` load at once, in depth. */
function closure(ids, modules, load) {
  const found = [];
  const visit = (id) => {
    if (found.includes(id)) return;
    found.push(id);
    if (!modules.has(id)) modules.set(id, moduleText(id, load));
    modules.get(id).now.forEach(visit);
  };
  ids.forEach(visit);
  return found;
}

/** @param {(file: string) => string} load reads a file of the package */
export function bundleText(load) {
  const modules = new Map();
  const core = closure([ENTRY], modules, load);
  // A map grows while it is iterated: what is loaded later loads others in turn.
  for (const { later } of modules.values()) closure(later, modules, load);

  // In brackets, because V8 then compiles them with the first parse instead of a second one.
  const whole = core.map((id) => `'${id}': (function (require, module, exports) {${modules.get(id).text}\n}),\n`);
  const head = { core: 0, late: {}, end: 0 };
  let body = `({\n${whole.join('')}})`;
  head.core = body.length;
  for (const [id, { text }] of modules) {
    if (core.includes(id)) continue;
    head.late[id] = [body.length, 0];
    body += `(function (require, module, exports) {${text}\n})`;
    head.late[id][1] = body.length;
  }
  head.end = body.length;
  return `${JSON.stringify(head)}\n${body}`;
}

/** Writes the bundle where it is not what the sources make. */
export function bundle() {
  const file = join(root, BUNDLE);
  const text = bundleText((name) => readFileSync(join(root, name), 'utf8'));
  if (!existsSync(file) || readFileSync(file, 'latin1') !== text) writeFileSync(file, text);
}

if (isMain(import.meta)) bundle();
