// Makes the files out of which the package loads its own modules, because to find and open them one by one costs more than to run
// them. A forked child loads `lib/preload/child-side-json.cjs` or `-advanced.cjs` before its script: lib/preload/child.cjs with the
// modules that every channel of that mode needs; `child-side.bundle` beside them has the text of each other module, compiled when it is
// first required.
// `lib/addon/core.bundle.js` is what every user of the package loads, `lib/addon/channel.bundle.js` what comes with the first channel, and
// `lib/addon/rest.bundle.js` what only some need: ordinary modules, which test runners may load in contexts of their own, and in which tools that gather a program's files find
// what they look for, because only the package's own modules are asked for by another name than `require`. lib/addon/module-loader.js reads
// them; without them it loads the same modules one by one.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isMain, root } from './run.mjs';

const PRELOAD = 'lib/preload/child.cjs';
const CHILD = { json: 'lib/preload/child-side-json.cjs', advanced: 'lib/preload/child-side-advanced.cjs' };
const CHILD_LATER = 'lib/preload/child-side.bundle';
const CORE = 'lib/addon/core.bundle.js';
const WITH_CHANNEL = 'lib/addon/channel.bundle.js';
const REST = 'lib/addon/rest.bundle.js';

const PACKED = 'lib/addon/packed.js';
const CHANNEL = 'lib/channel/channel.js';
const codec = (mode) => `lib/channel/codec/${mode}.js`;

const REQUIRE = /\brequire\('(\.[^']+)'\)/g;
const OWN = /\brequire\('(lib\/[^']+|package\.json)'\)/g;
const BUILTIN = /\brequire\('(node:[^']+)'\)/g;
// What no version of the package has in its source: made by the build.
const ADDON = /\.node$|^native\.js$/;

/** The text of a module in a bundle, and which others it loads: at once, or later. */
function moduleText(id, load) {
  if (id.endsWith('.json')) return { text: `module.exports = { version: '${JSON.parse(load(id)).version}' };`, now: [], later: [] };
  if (id === PACKED) return { text: 'module.exports = true;', now: [], later: [] };
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

/** `ids` and all that they load, at once or later. -> what they load at once; `modules` takes the texts of all. */
function gather(ids, modules, load) {
  const core = closure(ids, modules, load);
  // A map grows while it is iterated: what is loaded later loads others in turn.
  for (const { later } of modules.values()) closure(later, modules, load);
  return core;
}

/** @param {(file: string) => string} load reads a file of the package @returns {Record<string, string>} */
function childTexts(load) {
  const modules = new Map();
  gather([CHANNEL], modules, load);
  const modes = Object.keys(CHILD);
  const needed = Object.fromEntries(modes.map((mode) => [mode, closure([CHANNEL, codec(mode)], modules, load)]));
  const define = (id) => `(function (require, module, exports) {${modules.get(id).text}\n})`;

  const later = {};
  let rest = '';
  for (const id of modules.keys()) {
    if (modes.every((mode) => needed[mode].includes(id))) continue;
    const begin = rest.length;
    rest += define(id);
    later[id] = { from: begin, to: rest.length };
  }
  const texts = { [CHILD_LATER]: rest };
  for (const mode of modes) {
    // In brackets, because V8 then compiles them with the first parse instead of a second one.
    const now = needed[mode].map((id) => `'${id}': ${define(id)},\n`);
    const bundled = `const bundled = {\nnow: {\n__proto__: null,\n${now.join('')}},\nlater: { __proto__: null, ...${JSON.stringify(later)} },\nend: ${rest.length},\n};\n`;
    texts[CHILD[mode]] = load(PRELOAD).replace("'use strict';\n", (first) => first + bundled);
  }
  return texts;
}

/** A module that exports those of `ids`, each as a function. Those in brackets V8 compiles with the first parse. */
function moduleOf(ids, modules, atOnce) {
  const define = (id) => `function (ours, module, exports) {${modules.get(id).text.replace(OWN, "ours('$1')").replace(BUILTIN, "ours.builtin('$1')")}\n}`;
  const lines = ids.map((id) => `'${id}': ${atOnce.includes(id) ? `(${define(id)})` : define(id)},\n`);
  return `'use strict';\n// Made by scripts/bundle.mjs of the files that it names.\nmodule.exports = {\n${lines.join('')}};\n`;
}

/** @param {(file: string) => string} load reads a file of the package @returns {Record<string, string>} */
export function bundleTexts(load) {
  const modules = new Map();
  const core = gather(['lib/public/node-api.js', 'lib/public/extensions.js'], modules, load);
  closure(['lib/promises/running-child.js', 'lib/public/without-addon.js'], modules, load);
  const without = (known, ids) => ids.filter((id) => !known.includes(id));
  const channel = without(core, closure([CHANNEL, codec('json'), codec('advanced')], modules, load));
  return {
    ...childTexts(load),
    [CORE]: moduleOf(core, modules, core),
    [WITH_CHANNEL]: moduleOf(channel, modules, closure([CHANNEL, codec('json')], modules, load)),
    [REST]: moduleOf(without([...core, ...channel], [...modules.keys()]), modules, []),
  };
}

/** Writes each file that is not what the sources make. */
export function bundle() {
  const texts = bundleTexts((name) => readFileSync(join(root, name), 'utf8'));
  for (const [name, text] of Object.entries(texts)) {
    const file = join(root, name);
    if (!existsSync(file) || readFileSync(file, 'latin1') !== text) writeFileSync(file, text);
  }
}

/**
 * A copy of the package as users have it: what npm would pack, with the addon of this machine, for tests and benchmarks of that form.
 * What was in the folder before is removed.
 * @param {string} [folder] @returns {string} the folder
 */
export function packedCopy(folder = join(root, 'target', 'package')) {
  bundle();
  rmSync(folder, { recursive: true, force: true });
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const addons = readdirSync(root).filter((name) => name.endsWith('.node'));
  for (const name of ['package.json', 'README.md', 'LICENSE', ...files.filter((entry) => !entry.includes('*')), ...addons]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  return folder;
}

if (isMain(import.meta)) bundle();
