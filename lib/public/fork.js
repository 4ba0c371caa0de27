'use strict';
// fork(): starts Node with a module and an IPC channel. The options are those of Node: `shell` is ignored, and the child
// does not inherit --eval.
//
// In two cases the fork() that was in Node's module before is called instead:
// - Somebody replaced it. Electron does: its binary would start the application again. A tool may have wrapped it, and then
//   sees the call. If that function starts its child with Node's ChildProcess class, the child still becomes ours.
// - The executable is not an ordinary Node, for example one with a program built into it.

const accelerate = require('../preload/accelerate');
const check = require('../arguments/validate');
const stock = require('../node/builtin');
const { adoptingFork } = require('./patched-class');
const { fromString } = require('../process/stdio');
const { ipcRequired } = require('../node/errors');
const { spawnWith } = require('./spawn');
const { arrayFilter, arrayIncludes, arrayIsArray, arrayLastIndexOf, flatList } = require('../node/primordials');

// process.execArgv without -e and its text (process._eval): the child runs a module instead.
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

const { fork: given } = stock.functions;
const isNodes = stock.isPlain(given);

function fork(modulePath, args = [], options = undefined) {
  return forkFrom(undefined, modulePath, args, options);
}

// `pool`: of children started ahead, see prefork.js.
function forkFrom(pool, modulePath, args, options) {
  if (!isNodes || !accelerate.isOrdinaryNode()) return adoptingFork(given, modulePath, args, options);
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
  let execArgv = own.execArgv || pool?.execArgv || process.execArgv;
  check.noNulIn(execArgv, 'options.execArgv');

  if (execArgv === process.execArgv) execArgv = inheritedArguments();
  args = flatList(execArgv, [modulePath], args);
  own.stdio = stdioWithChannel(own.stdio, own.silent);
  own[accelerate.kFork] = modulePath;
  own[accelerate.kPool] = pool;
  return spawnWith(own.execPath, args, own, undefined);
}

module.exports = { fork, forkFrom, inheritedArguments };
