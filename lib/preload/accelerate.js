'use strict';
// Decides whether a forked child gets this package's side of the channel (child.cjs) before its script runs, and tells the child.
// It does if nothing but the speed changes: the child runs the same Node, has a script, and no option makes the preloaded file
// visible, delays it, or keeps it from running. Any other child uses Node's own side, on the same wire.
// The decision is made when the process is started, and not in fork(): programs wrap ChildProcess.prototype.spawn and change
// what is started.
// The child gets the file by NODE_OPTIONS and not by its arguments: people and supervisors recognise a process by its arguments.

const { readFileSync, statSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');

const { binding } = require('../addon/native');
const { Symbol, arrayLastIndexOf, flatList, fromJson, regexpExec, stringIncludes, stringIndexOf, stringSlice } = require('../node/primordials');
const { version } = require('../../package.json');

// Tools that collect the files of a program understand this form.
const PRELOAD = join(__dirname, 'child.cjs');
// This variable holds the channel's descriptor, its serialization and the version of this package. Only the preloaded file reads it.
const VARIABLE = 'RS_CHILD_PROCESS_CHANNEL';

// In the request for a start: the script of a fork().
const kFork = Symbol('kFork');
// Also there: the pool from which the fork is to take a standby.
const kPool = Symbol('kPool');

// Options of Node with which a preloaded file cannot be read, is checked, does not run first, or is seen when it reads its
// environment.
const OBSTACLE = /--(?:permission|experimental-permission|experimental-policy|policy-integrity|snapshot-blob|build-snapshot|no-addons|test\b|run\b|watch|trace-env|(?:experimental-)?(?:default-)?config-file)/;
// A file with environment variables. NODE_OPTIONS in it counts if the environment has none.
const ENV_FILE = /^--env-file/;
// Children that get Node's own side: a cluster worker, a child that was given a channel by somebody else, a child whose Node sends
// a message for every file that it loads (our files would be among them), and one for which the user has said no.
const OTHER_CHILD = /^(?:NODE_UNIQUE_ID|NODE_CHANNEL_FD|WATCH_REPORT_DEPENDENCIES|RS_CHILD_PROCESS_CHANNEL)=|^RS_CHILD_PROCESS_ACCELERATE=0$/;

const OPTIONS = /^NODE_OPTIONS=/;

const { execPath } = process;
let isOrdinary;

// Whether this is Node itself, and not another runtime or a single executable application: those do not take Node's options, and
// start programs in their own way.
function isOrdinaryNode() {
  return isOrdinary ??= findOrdinary();
}

function findOrdinary() {
  if (process.versions.electron !== undefined || process.versions.bun !== undefined || process.pkg !== undefined) return false;
  try {
    return !require('node:sea').isSea();
  } catch {
    return true;
  }
}

// Whether the user allows acceleration.
function isAllowed(options) {
  return options.accelerate !== false && process.env.RS_CHILD_PROCESS_ACCELERATE !== '0';
}

// `options`: the request for a start. `fd`: the descriptor of the channel. -> the option of Node by which the child preloads our
// side, or undefined if it does not.
function preloadFor(options, fd, envPairs) {
  if (options[kFork] === undefined || isBarred(options, fd, envPairs)) return undefined;
  return binding.preloadOption(PRELOAD, execPath) ?? undefined;
}

function isBarred(options, fd, envPairs) {
  if (!isAllowed(options)) return true;
  if (options.file !== execPath || process.permission !== undefined) return true;
  // The child runs as another user, who may not be allowed to read our files.
  if (typeof options.uid === 'number' || typeof options.gid === 'number') return true;
  // The channel is stdin, stdout or stderr of the child. Node then makes that stream from its own handle of the channel.
  if (fd <= 2) return true;
  if (indexOf(envPairs, OTHER_CHILD) !== -1) return true;
  const inherited = optionsIn(envPairs);
  if (matches(OBSTACLE, inherited) || hasOtherOptions(options, inherited) || hasBrokenPackage(options.cwd)) return true;
  return !isOrdinaryNode() || process.config.variables.node_without_node_options === true;
}

function matches(pattern, text) {
  return regexpExec(pattern, text) !== null;
}

function indexOf(envPairs, pattern) {
  for (let i = 0; i < envPairs.length; i++) if (matches(pattern, envPairs[i])) return i;
  return -1;
}

// -> the text of NODE_OPTIONS, '' if there is none.
function optionsIn(envPairs) {
  const at = indexOf(envPairs, OPTIONS);
  return at === -1 ? '' : stringSlice(envPairs[at], 'NODE_OPTIONS='.length);
}

// Whether the arguments in front of the script contain an option that forbids the preload. A wrapper may have added some.
// `inherited`: NODE_OPTIONS of the child. Also true if the script is not among the arguments.
function hasOtherOptions({ args = [], cwd, [kFork]: script }, inherited) {
  const end = arrayLastIndexOf(args, script);
  for (let i = 1; i < end; i++) {
    if (matches(OBSTACLE, args[i])) return true;
    if (inherited === '' && matches(ENV_FILE, args[i]) && mayGiveOptions(args[i], args[i + 1], cwd)) return true;
  }
  return end === -1;
}

// Whether a file with environment variables may contain NODE_OPTIONS.
function mayGiveOptions(argument, next, cwd) {
  const at = stringIndexOf(argument, '=');
  const file = at === -1 ? next : stringSlice(argument, at + 1);
  try {
    return stringIncludes(readFileSync(resolve(cwd ?? '', file), 'utf8'), 'NODE_OPTIONS');
  } catch {
    return true;
  }
}

// Before Node loads a preloaded file, it reads the nearest package.json above the working directory of the child. If that is
// broken or not readable, the child would end there, without running its script. `good`: the last file that was found to be good.
let good = { file: '', modified: 0, size: 0 };

function hasBrokenPackage(cwd) {
  try {
    let folder = resolve(cwd ?? '');
    for (;;) {
      const file = join(folder, 'package.json');
      const status = statSync(file, { throwIfNoEntry: false });
      if (status !== undefined) {
        checkPackage(file, status);
        return false;
      }
      const above = dirname(folder);
      if (above === folder) return false;
      folder = above;
    }
  } catch {
    return true;
  }
}

// Throws if the file is not readable or not JSON.
function checkPackage(file, { mtimeMs: modified, size }) {
  if (good.file === file && good.modified === modified && good.size === size) return;
  fromJson(readFileSync(file, 'utf8'));
  good = { file, modified, size };
}

// -> `envPairs` and the variables that tell a child of its channel. They come last: if the caller has set a variable with such a
// name, the caller's counts, as in Node. `preload`: the option from preloadFor(), or undefined.
function withChannel(envPairs, fd, serialization, preload) {
  if (preload === undefined) {
    return flatList(envPairs, [`NODE_CHANNEL_FD=${fd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`]);
  }
  return withPreload(envPairs, channelText(fd, serialization), preload);
}

// -> `envPairs` with `text` for the preloaded file and the option that preloads it.
function withPreload(envPairs, text, preload) {
  const all = flatList(envPairs, [`${VARIABLE}=${text}`]);
  const at = indexOf(envPairs, OPTIONS);
  // In front of other options, so that other preloaded files find the channel. child.cjs removes it again.
  if (at === -1) all[all.length] = `NODE_OPTIONS=${preload}`;
  else all[at] = `NODE_OPTIONS=${preload} ${optionsIn(envPairs)}`;
  return all;
}

// -> what the preloaded file must know about the channel, as one text.
function channelText(fd, serialization) {
  return `${fd}:${serialization}:${version}`;
}

module.exports = { channelText, isAllowed, isOrdinaryNode, kFork, kPool, optionsIn, preloadFor, version, withChannel, withPreload };
