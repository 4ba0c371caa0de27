'use strict';
// The package for programs that await: exec and execFile as promises, and spawn() as an object that can be awaited, read
// line by line and disposed of. It is built on the public functions alone, so it works over Node's own module as well.

const { promisify } = require('node:util');

const cp = require('./index');

// A checkout runs what is in lib/, and an installed package dist/, which is made of it.
const sources = `${__dirname}/lib/addon/module-loader.js`;
const builtin = process.getBuiltinModule ?? require;
const load = builtin('node:fs').existsSync(sources) ? builtin('node:module').createRequire(__filename)(sources) : require('./dist/start.js');

const { Run } = load('lib/promises/running-child.js');

function spawn(file, args, options) {
  if (options === undefined && args !== null && typeof args === 'object' && !Array.isArray(args)) {
    options = args;
    args = undefined;
  }
  return new Run(cp.spawn(file, args ?? [], options), options ?? {});
}

module.exports = { exec: promisify(cp.exec), execFile: promisify(cp.execFile), spawn };
