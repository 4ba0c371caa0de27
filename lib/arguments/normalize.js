'use strict';
// Converts the arguments of the public functions to one spawn request: the object that ChildProcess.prototype.spawn takes.
// Options are copied into an object without a prototype. So the caller's object does not change, and a property that
// somebody added to Object.prototype cannot become an option.

const check = require('./validate');
const environment = require('./environment');
const versions = require('../node/versions');
const { SHELL_ARGUMENTS, featureUnavailable, invalidArgType, invalidArgValue } = require('../node/errors');
const { arrayIncludes, arrayIsArray, arrayJoin, arraySlice, arrayUnshift } = require('../node/primordials');

const MAX_BUFFER = 1024 * 1024;

let warnedOfShellArguments = false;

function warnOfShellArguments() {
  if (warnedOfShellArguments || !versions.warnsShellArguments) return;
  warnedOfShellArguments = true;
  process.emitWarning(SHELL_ARGUMENTS, 'DeprecationWarning', 'DEP0190');
}

// Checks all options except `cwd`, in the same order as Node.
function checkOptions({ detached, uid, gid, shell, argv0, windowsHide, windowsVerbatimArguments, killTree, killOnParentExit }) {
  if (detached !== undefined && detached !== null) check.boolean(detached, 'options.detached');
  if (uid !== undefined && uid !== null) check.identity(uid, 'options.uid');
  if (gid !== undefined && gid !== null) check.identity(gid, 'options.gid');
  if (shell !== undefined && shell !== null && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw invalidArgType('options.shell', 'one of type boolean or string', shell);
  }
  if (argv0 !== undefined && argv0 !== null) {
    check.string(argv0, 'options.argv0');
    check.noNul(argv0, 'options.argv0');
  }
  if (windowsHide !== undefined && windowsHide !== null) check.boolean(windowsHide, 'options.windowsHide');
  if (windowsVerbatimArguments !== undefined && windowsVerbatimArguments !== null) {
    check.boolean(windowsVerbatimArguments, 'options.windowsVerbatimArguments');
  }
  // Options that only this package has: kill all descendants too, and end the child when its parent ends.
  if (killTree !== undefined && killTree !== null) check.boolean(killTree, 'options.killTree');
  if (killOnParentExit !== undefined && killOnParentExit !== null) {
    check.boolean(killOnParentExit, 'options.killOnParentExit');
    if (killOnParentExit && process.platform !== 'linux') throw featureUnavailable('killOnParentExit');
  }
  if (shell) check.noNul(shell, 'options.shell');
}

// `wantsList`: the environment must be a list, even if the addon could copy the parent's.
function spawnRequest(file, args, options, wantsList) {
  check.string(file, 'file');
  check.noNul(file, 'file');
  if (file.length === 0) throw invalidArgValue('file', file, 'cannot be empty');

  if (arrayIsArray(args)) {
    args = arraySlice(args);
  } else if (args === undefined || args === null) {
    args = [];
  } else if (typeof args === 'object') {
    options = args;
    args = [];
  } else {
    throw invalidArgType('args', 'of type object', args);
  }
  check.noNulIn(args, 'args');

  if (options !== undefined) check.object(options, 'options');
  const request = { __proto__: null, ...options };

  let { cwd } = request;
  if (cwd !== undefined && cwd !== null) cwd = check.path(cwd, 'options.cwd');
  checkOptions(request);

  const { shell, argv0 } = request;
  if (shell) {
    if (args.length > 0) warnOfShellArguments();
    args = ['-c', args.length > 0 ? `${file} ${arrayJoin(args, ' ')}` : file];
    if (typeof shell === 'string') file = shell;
    else file = process.platform === 'android' ? '/system/bin/sh' : '/bin/sh';
  }
  arrayUnshift(args, typeof argv0 === 'string' ? argv0 : file);

  request.args = args;
  request.cwd = cwd;
  request.detached = !!request.detached;
  // A channel adds variables to the environment, so the environment must be a list.
  const hasChannel = arrayIsArray(request.stdio) && arrayIncludes(request.stdio, 'ipc');
  request.envPairs = environment.pairs(request.env, args, wantsList || hasChannel);
  request.file = file;
  request.windowsHide = !!request.windowsHide;
  request.windowsVerbatimArguments = !!request.windowsVerbatimArguments;
  return request;
}

// (command[, options][, callback]) of exec and execSync.
function shellArguments(command, options, callback) {
  check.string(command, 'command');
  check.noNul(command, 'command');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  const own = { __proto__: null, ...options };
  own.shell = typeof own.shell === 'string' ? own.shell : true;
  return { file: command, options: own, callback };
}

// (file[, args][, options][, callback]) of execFile and execFileSync.
function fileArguments(file, args, options, callback) {
  if (arrayIsArray(args)) {
    args = arraySlice(args);
  } else if (args !== undefined && args !== null && typeof args === 'object') {
    callback = options;
    options = args;
    args = null;
  } else if (typeof args === 'function') {
    callback = args;
    options = null;
    args = null;
  }
  args ??= [];

  if (typeof options === 'function') callback = options;
  else if (options !== undefined && options !== null) check.object(options, 'options');
  const own = { __proto__: null, ...options };

  if (callback !== undefined && callback !== null) check.callable(callback, 'callback');
  if (own.argv0 !== undefined && own.argv0 !== null) {
    check.string(own.argv0, 'options.argv0');
    check.noNul(own.argv0, 'options.argv0');
  }
  // `given`: the options as the caller passed them. execFileSync() passes them to spawnSync(), which checks them again.
  return { file, args, options: own, given: options ?? undefined, callback };
}

module.exports = { MAX_BUFFER, fileArguments, shellArguments, spawnRequest };
