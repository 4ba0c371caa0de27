'use strict';
// fork(): spawn of a Node with a module and a channel. The options are Node's: whatever `shell` says is ignored, and an
// inherited --eval does not travel on.

const accelerate = require('./accelerate');
const check = require('./validate');
const { fromString } = require('./stdio');
const { ipcRequired } = require('./errors');
const { spawnWith } = require('./spawn');
const { arrayFilter, arrayIncludes, arrayIsArray, arrayLastIndexOf, flatList } = require('./originals');

// process._eval is the text given to -e; the child has a module to run instead.
function inheritedArguments() {
  const { execArgv, _eval: text } = process;
  if (text === undefined || text === null) return execArgv;
  const at = arrayLastIndexOf(execArgv, text);
  return at > 0 ? arrayFilter(execArgv, (_, i) => i !== at && i !== at - 1) : execArgv;
}

function stdioWithChannel(stdio, silent) {
  if (typeof stdio === 'string') return fromString(stdio, 'ipc');
  if (!arrayIsArray(stdio)) return fromString(silent ? 'pipe' : 'inherit', 'ipc');
  if (!arrayIncludes(stdio, 'ipc')) throw ipcRequired('options.stdio');
  return stdio;
}

function fork(modulePath, args = [], options = undefined) {
  modulePath = check.path(modulePath, 'modulePath');

  if (args === undefined || args === null) {
    args = [];
  } else if (typeof args === 'object' && !arrayIsArray(args)) {
    options = args;
    args = [];
  } else {
    check.array(args, 'args');
  }
  if (options !== undefined && options !== null) check.object(options, 'options');

  const own = { __proto__: null, ...options, shell: false };
  own.execPath ||= process.execPath;
  check.noNul(own.execPath, 'options.execPath');
  let execArgv = own.execArgv || process.execArgv;
  check.noNulIn(execArgv, 'options.execArgv');

  if (execArgv === process.execArgv) execArgv = inheritedArguments();
  args = flatList(execArgv, [modulePath], args);
  own.stdio = stdioWithChannel(own.stdio, own.silent);
  own[accelerate.kFork] = modulePath;
  return spawnWith(own.execPath, args, own, undefined);
}

module.exports = { fork };
