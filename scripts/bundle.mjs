// Makes dist/, from which an installed package loads its modules: to find and open some seventy files costs a program more than to run
// them. A checkout never loads it (index.js looks for lib/), so what is edited there is what runs.
//   start.js    the module loader and what every program needs at once; an ordinary module, which test runners may load in contexts of their own
//   modules.js  all modules of lib/. The loader reads it as text and compiles what is needed of it. It is an ordinary module as well, for
//               tools that put a program into one file
//   child.cjs   what a forked child runs before its script
// Names and lines are those of the sources, comments are left out: a stack names dist/modules.js and a line in it. The three name the hash of their sources,
// and refuse each other where it differs.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isMain, root } from './run.mjs';
import { AT_LOAD, TOGETHER } from './parts.mjs';
import { find } from './source.mjs';

const LOADER = 'lib/addon/module-loader.js';
const CHILD = 'lib/preload/child.cjs';

const read = (file) => readFileSync(join(root, file), 'utf8');

/** Every module that the loader loads. */
const sources = () => ['package.json', ...find('lib', /\.js$/).filter((id) => id !== LOADER)];

// Where what `id` requires is, as seen from the package's folder.
function target(id, request) {
  const path = posix.join(posix.dirname(id), request);
  return [path, `${path}.js`, `${path}/index.js`].find((file) => /\.\w+$/.test(file) && (file === 'native.js' || existsSync(join(root, file))));
}

/** The text of a file without its comments, line by line. What it requires of the package is asked of `ours`, so that tools look for nothing that is not there. */
function codeOf(id) {
  if (id.endsWith('.json')) return `module.exports = { version: '${JSON.parse(read(id)).version}' };`;
  const code = read(id).trimEnd()
    .replace(/^ *\/\/.*$/gm, '')
    .replace(/\brequire\('(\.[^']+)'\)/g, (whole, request) => {
      const file = target(id, request);
      // A file of dist/ itself.
      if (file === undefined) return whole;
      return file === 'native.js' ? "require('../native.js')" : `ours('${file}')`;
    })
    .replace(/\brequire\('(node:[^']+)'\)/g, "ours.builtin('$1')");
  // One character, one byte: offsets are the same in both.
  if (/[^ -~\n]/.test(code)) throw new Error(`${id} is not plain ASCII`);
  if (code.split('\n').some((line) => line.split('`').length % 2 === 0)) throw new Error(`${id} has a template of several lines`);
  return code;
}

// In brackets, because V8 then compiles it with the first parse instead of a second one.
const definition = (id) => `'${id}': (function (ours, module, exports) {${codeOf(id)}\n}),\n`;

/** @returns {string[][]} the modules of each part of dist/modules.js */
function partsOf(ids) {
  const together = Object.values(TOGETHER);
  const unknown = [...AT_LOAD, ...together.flat()].filter((id) => !ids.includes(id));
  if (unknown.length > 0) throw new Error(`scripts/parts.mjs names ${unknown}, which there is not`);
  return [...together, ...ids.filter((id) => !together.flat().includes(id)).map((id) => [id])];
}

/** dist/modules.js: its first line tells where the parts are. */
function modulesFile(parts, hash) {
  const begin = `'use strict';\nmodule.exports = { hash: '${hash}', modules: {\n`;
  const texts = parts.map((ids) => ids.map(definition).join(''));
  // The numbers in the first line move what they tell: it is made to the length that it can need at most.
  const place = (length) => {
    let from = length + begin.length;
    let line = 4;
    const places = texts.map((text, i) => {
      const part = { from, to: from += text.length, line, ids: Object.fromEntries(parts[i].map((id) => [id, 1])) };
      line += text.split('\n').length - 1;
      return part;
    });
    return `// ${JSON.stringify({ hash, parts: places })}`;
  };
  const index = place(9_000_000).length + 1;
  return { text: `${place(index).padEnd(index - 1)}\n${begin}${texts.join('')}} };\n`, index };
}

/** What stands in front of the loader where it is a part of another file. */
const packed = (fields, ids) =>
  `const packed = { ${fields.join(', ')}, modules: {\n__proto__: null,\n${ids.map(definition).join('')}} };\n`;

const withoutStrict = (code) => code.replace("'use strict';", '');

/** @returns {Record<string, string>} the files of dist/ and their texts */
export function bundleTexts() {
  const ids = sources();
  const hash = createHash('sha256');
  for (const file of [...ids, LOADER, CHILD, 'scripts/bundle.mjs', 'scripts/parts.mjs']) hash.update(`${file}\0${read(file)}\0`);
  const short = hash.digest('hex').slice(0, 16);
  const modules = modulesFile(partsOf(ids), short);
  const fields = [`hash: '${short}'`, `size: ${modules.text.length}`, `index: ${modules.index}`];
  const loader = withoutStrict(codeOf(LOADER));
  const child = codeOf(CHILD).replace(`ours('${LOADER}')`, () => `(() => {\nconst module = { exports: {} };\n${loader}\nreturn module.exports;\n})()`);
  const made = "'use strict';\n// Made by scripts/bundle.mjs of the files of lib/.\n";
  return {
    'start.js': `${made}${packed(fields, AT_LOAD)}${loader}\n`,
    'modules.js': modules.text,
    'child.cjs': `${made}${packed(fields, [])}${withoutStrict(child)}\n`,
  };
}

/** Writes dist/ into `folder`, where it is not there yet as the sources make it. */
export function bundle(folder = root) {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const texts = bundleTexts();
  for (const name of readdirSync(join(folder, 'dist'))) if (!(name in texts)) rmSync(join(folder, 'dist', name), { recursive: true });
  for (const [name, text] of Object.entries(texts)) {
    const file = join(folder, 'dist', name);
    if (existsSync(file) && readFileSync(file, 'latin1') === text) continue;
    // At once, for who reads it at this moment.
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
}

/**
 * A copy of the package as users have it: what npm would pack, with the addon of this machine, for tests and benchmarks of that form.
 * What was in the folder before is removed.
 * @param {string} [folder] @returns {string} the folder
 */
export function packedCopy(folder = join(root, 'target', 'package')) {
  rmSync(folder, { recursive: true, force: true });
  const { files } = JSON.parse(read('package.json'));
  const addons = readdirSync(root).filter((name) => name.endsWith('.node'));
  for (const name of ['package.json', 'README.md', 'LICENSE', ...files.filter((entry) => entry !== 'dist' && !entry.includes('*')), ...addons]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  bundle(folder);
  return folder;
}

if (isMain(import.meta)) bundle();
