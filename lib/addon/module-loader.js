'use strict';
// The modules of this package, out of three files that scripts/bundle.mjs makes of them: to find and open some thirty costs a
// program more than all that they do when they are loaded, and a build tool or a test runner starts many programs. One file
// has what every user of the package needs, the second what comes with the first channel, the third what only some need.
// Where they have not been made the modules are loaded one by one.

const { compileFunction } = require('node:vm');

const modules = { __proto__: null };
let core;
let channel;
let rest;
let Function;
// The text of those two until they are needed: by then there may be no descriptor left, the user of this process another one,
// or the package's folder gone.
const held = { __proto__: null };

function definition(id) {
  return core[id] ??
    (channel ??= open('channel.bundle.js', () => require('./channel.bundle')))[id] ??
    (rest ??= open('rest.bundle.js', () => require('./rest.bundle')))[id];
}

// The text first: to load by name is to use `fs`, which programs stub. By name where there is none, in a program in one file, say.
function open(name, byName) {
  const text = held[name];
  // eslint-disable-next-line no-restricted-syntax -- a method of the addon's class
  const opened = text?.length > 0 ? run(text.slice(0, text.length), `${__dirname}/${name}`) : byName();
  held[name] = undefined;
  return opened;
}

function run(text, file) {
  const loaded = { exports: {} };
  compile(text, file)(loaded, require);
  return loaded.exports;
}

// In the context that this file was loaded in, which is a test runner's own with some, unless the process makes no functions of text.
function compile(text, file) {
  try {
    return new Function('module', 'require', `${text}//# sourceURL=${file}`);
  } catch {
    return compileFunction(text, ['module', 'require'], { __proto__: null, filename: file });
  }
}

function hold() {
  ({ Function } = load('lib/node/primordials.js'));
  const { binding } = load('lib/addon/native.js');
  if (binding === null) return;
  held['channel.bundle.js'] = new binding.HeldText(`${__dirname}/channel.bundle.js`);
  held['rest.bundle.js'] = new binding.HeldText(`${__dirname}/rest.bundle.js`);
}

// Not by `require`, which programs wrap.
load.builtin = process.getBuiltinModule ?? require;

// Under their names as seen from the package's folder.
function load(id) {
  let loaded = modules[id];
  if (loaded === undefined) {
    loaded = modules[id] = { exports: {} };
    try {
      definition(id)(load, loaded, loaded.exports);
    } catch (error) {
      // As when a file fails to load (on a full stack, say): the next one to need it tries again.
      delete modules[id];
      throw error;
    }
  }
  return loaded.exports;
}

// Not by `require`: tools that gather a program's files would take that for a request to gather everything.
function loadFile(id) {
  const { createRequire } = require('node:module');
  return createRequire(__filename)(`../../${id}`);
}

try {
  core = require('./core.bundle');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
}

module.exports = core === undefined ? loadFile : load;
if (core !== undefined) hold();
