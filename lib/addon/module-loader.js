'use strict';
// Loads the modules of this package, each when it is first required. In a checkout they are the files of lib/. What npm installs has
// them in dist/ instead: start.js, which is this file with what every program needs, and modules.js, which has all. scripts/bundle.mjs
// makes these two, and scripts/parts.mjs says which modules are compiled together.
// The text of all modules is read when the package is loaded, into memory outside the heap, and compiled when it is needed. By then there may
// be no descriptor left to read it with, the process may be another user's, the folder may be gone, and the program may have replaced `fs`.
// Nothing here goes by `require`, which programs wrap and whose table of modules they see.

/* global packed */

// Where this file is a part of dist/start.js or of dist/child.cjs: what stands in front of it there.
const dist = typeof packed === 'undefined' ? undefined : packed;
const root = __dirname.slice(0, dist === undefined ? -'/lib/addon'.length : -'/dist'.length);

const builtin = process.getBuiltinModule ?? require;
const { readFileSync } = builtin('node:fs');
const { Error, eval: evaluate } = globalThis;
const { parse } = JSON;
const withSelf = Function.prototype.bind.bind(Function.prototype.call);
const repeat = withSelf(String.prototype.repeat);
const latin1Slice = withSelf(Buffer.prototype.latin1Slice);
const utf8Slice = withSelf(Buffer.prototype.utf8Slice);
const lastIndexOf = withSelf(String.prototype.lastIndexOf);
const slice = withSelf(String.prototype.slice);

const modules = { __proto__: null };

/** @param {string} id a module's file, as seen from the package's folder; -> its exports */
function load(id) {
  let loaded = modules[id];
  if (loaded === undefined) {
    loaded = modules[id] = { exports: {} };
    try {
      define(id, loaded);
    } catch (error) {
      // As when a file fails to load (on a full stack, say): the next one to need it tries again.
      delete modules[id];
      throw error;
    }
  }
  return loaded.exports;
}
load.root = root;
load.builtin = builtin;
modules['lib/addon/module-loader.js'] = { exports: load };

// Calls the function that the module's text is, in this file's own context, which may be a test runner's.
const define = dist === undefined ? fromSources() : fromDist();

function compile(text, file) {
  const named = `${text}\n//# sourceURL=${file}`;
  try {
    return evaluate(named);
  } catch (error) {
    if (error.name !== 'EvalError') throw error;
    // A process that makes no functions of text.
    return new (builtin('node:vm').Script)(text, { __proto__: null, filename: file }).runInThisContext();
  }
}

function fromDist() {
  const file = `${__dirname}/modules.js`;
  let text;
  try {
    text = readFileSync(file);
  } catch {
    // All of this is in one file of somebody else's, which has those modules as well.
  }
  if (text?.length !== dist.size) text = undefined;
  const definitions = { __proto__: null, ...dist.modules };
  let parts;
  let others;

  function check(hash) {
    if (hash !== dist.hash) throw new Error(`${file} belongs to another version of rs-child-process`);
  }

  function open(id) {
    if (text === undefined) {
      others ??= require('./modules.js');
      check(others.hash);
      return others.modules[id];
    }
    if (parts === undefined) {
      const index = parse(latin1Slice(text, '// '.length, dist.index));
      check(index.hash);
      ({ parts } = index);
    }
    let i = 0;
    while (!(id in parts[i].ids)) i++;
    const { from, to, line } = parts[i];
    // Line breaks in front, so that each line has the number that it has in the file.
    const made = compile(`${repeat('\n', line - 1)}(function (require, __dirname) {return {${latin1Slice(text, from, to)}};})`, file)(require, __dirname);
    for (const name in made) definitions[name] ??= made[name];
    return made[id];
  }

  return (id, loaded) => (definitions[id] ?? open(id))(load, loaded, loaded.exports);
}

function fromSources() {
  const { readdirSync } = builtin('node:fs');
  const texts = { __proto__: null, 'package.json': readFileSync(`${root}/package.json`) };
  for (const name of readdirSync(`${root}/lib`, { recursive: true })) {
    if (name.endsWith('.js')) texts[`lib/${name}`] = readFileSync(`${root}/lib/${name}`);
  }

  const dirname = (path) => slice(path, 0, lastIndexOf(path, '/'));

  // Not by node:path, whose functions use what programs replace.
  function join(folder, request) {
    let above = `/${folder}`;
    while (request[0] === '.') {
      const isAbove = request[1] === '.';
      if (isAbove) above = dirname(above);
      request = slice(request, isAbove ? '../'.length : './'.length);
    }
    return slice(`${above}/${request}`, 1);
  }

  const requirer = (id) => function(request) {
    if (request[0] !== '.') return request[4] === ':' ? builtin(request) : require(request);
    const path = join(dirname(id), request);
    if (path === 'native.js') return require('../../native.js');
    return load(texts[path] === undefined ? texts[`${path}.js`] === undefined ? `${path}/index.js` : `${path}.js` : path);
  };

  return (id, loaded) => {
    const text = utf8Slice(texts[id]);
    if (id === 'package.json') loaded.exports = parse(text);
    else compile(`(function (require, module, exports, __dirname) {${text}\n})`, `${root}/${id}`)(requirer(id), loaded, loaded.exports, `${root}/${dirname(id)}`);
  };
}

module.exports = load;
