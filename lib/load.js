'use strict';
// The modules of this package, out of two files that scripts/bundle.mjs makes of them: to find and open some thirty costs a
// program more than all that they do when they are loaded, and a build tool or a test runner starts many programs. One file
// has what every user of the package needs, the other what comes with the first channel. Where they have not been made the
// modules are loaded one by one.

const path = require('node:path');

const folder = path.dirname(__dirname);
const modules = { __proto__: null };
let core;
let later;

// Under their names as seen from the package's folder.
function load(id) {
  let loaded = modules[id];
  if (loaded === undefined) {
    loaded = modules[id] = { exports: {} };
    try {
      const define = core[id] ?? (later ??= require('./made/later'))[id];
      define(requireFrom, loaded, loaded.exports, path.join(folder, path.dirname(id)));
    } catch (error) {
      // As when a file fails to load (on a full stack, say): the next one to need it tries again.
      delete modules[id];
      throw error;
    }
  }
  return loaded.exports;
}

// What is none of ours is Node's or the addon, which lib/native.js asks for as seen from this folder.
function requireFrom(request) {
  return request.startsWith('lib/') || request === 'package.json' ? load(request) : require(request);
}

try {
  core = require('./made/core');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
}

module.exports = core === undefined ? (id) => require(path.join(folder, id)) : load;
