'use strict';
// The functions that this package puts in the place of Node's: the same keys, in the same order.

const stock = require('../node/builtin');
const { binding } = require('../addon/native');
const { version } = require('../../package.json');
const { ChildProcess } = require('../process/child-process');
const { exec, execFile } = require('./exec');
const { execFileSync, execSync, spawnSync } = require('./spawn-sync');
const { fork } = require('./fork');
const { spawn } = require('./spawn');
const { numberIsInteger } = require('../node/primordials');

// Opens the channel in a child, on a descriptor that Node itself did not open.
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

// A newer Node may have functions that we do not know. They stay.
module.exports = { ...stock.functions, ...own };
