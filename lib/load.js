'use strict';
// The modules of this package, out of three files that scripts/bundle.mjs makes of them: to find and open some thirty costs a
// program more than all that they do when they are loaded, and a build tool or a test runner starts many programs. One file
// has what every user of the package needs, the second what comes with the first channel, the third what only some need.
// Where they have not been made the modules are loaded one by one.

const modules = { __proto__: null };
let core;
let channel;
let rest;
// The third file, from the first channel on: when it is needed there may be no descriptor left to open it by.
let held;

function definition(id) {
  return core[id] ?? (channel ??= openChannel())[id] ?? (rest ??= openRest())[id];
}

function openChannel() {
  const opened = require('./channel.bundle');
  const { binding } = load('lib/native.js');
  if (binding !== null) held = new binding.HeldText(`${__dirname}/rest.bundle.js`);
  return opened;
}

function openRest() {
  let opened;
  try {
    opened = require('./rest.bundle');
  } catch (error) {
    if (!held?.length) throw error;
    const { compileFunction } = require('node:vm');
    const loaded = { exports: {} };
    compileFunction(held.slice(0, held.length), ['module', 'require'], { filename: `${__dirname}/rest.bundle.js` })(loaded, require);
    opened = loaded.exports;
  }
  held = undefined;
  return opened;
}

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
  return createRequire(__filename)(`../${id}`);
}

try {
  core = require('./core.bundle');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
}

module.exports = core === undefined ? loadFile : load;
