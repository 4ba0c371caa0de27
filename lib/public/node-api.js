'use strict';
// The functions of the package, under the keys and in the order of Node's module.

const stock = require('../node/builtin');
const { binding } = require('../addon/native');
const { version } = require('../../package.json');
const { ChildProcess } = require('../process/child-process');
const { exec, execFile } = require('./exec');
const { execFileSync, execSync, spawnSync } = require('./spawn-sync');
const { fork } = require('./fork');
const { spawn } = require('./spawn');
const { numberIsInteger } = require('../node/primordials');

// The channel of a child, on a descriptor that Node itself has not taken.
function _forkChild(fd, serializationMode) {
  const isOurs = numberIsInteger(fd) && binding.channelIsMarked(fd);
  require('../channel/channel').forkChild(fd, serializationMode, isOurs ? version : undefined);
}

const own = {
  __proto__: null,
  _forkChild,
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
};

for (const key in own) stock.markOwn(own[key]);

// A Node that has more than we know keeps it.
module.exports = { ...stock.functions, ...own };
