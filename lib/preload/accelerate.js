'use strict';
// Whether a forked child gets our side of the channel before its script runs. It does where nothing can come of it but
// speed: the same Node, a script of its own, and no option that would let the preloaded file be seen, run late, or not
// run at all. Everything else gets Node's own side, on the same wire. That is decided where the child is started, because
// programs wrap ChildProcess.prototype.spawn and change what is started.
// The child's Node finds the file in its NODE_OPTIONS and not among its arguments, by which people and supervisors know a process.

const { readFileSync, statSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');

const { binding } = require('../addon/native');
const { Symbol, arrayLastIndexOf, flatList, fromJson, regexpExec, stringIncludes, stringIndexOf, stringSlice } = require('../node/primordials');
const { version } = require('../../package.json');

// Written so that tools that gather a program's files find it.
const PRELOAD = join(__dirname, 'child.cjs');
// The channel's descriptor, serialization and the version of this package, for the preloaded file alone.
const VARIABLE = 'RS_CHILD_PROCESS_CHANNEL';

// The script of a fork, in the request for a start.
const kFork = Symbol('kFork');
// The pool of children started ahead that the fork is to take one of, likewise.
const kPool = Symbol('kPool');

// Options of Node under which a preloaded file cannot be read, is checked, is not run first, or is seen to look at its environment.
const OBSTACLE = /--(?:permission|experimental-permission|experimental-policy|policy-integrity|snapshot-blob|build-snapshot|no-addons|test\b|run\b|watch|trace-env|(?:experimental-)?(?:default-)?config-file)/;
// A file with variables, which may be options of Node: they count where the environment has none.
const ENV_FILE = /^--env-file/;
// Variables of a cluster worker, of a child that was to find a channel of somebody else's, and of one whose Node sends a message for
// every file that it loads, our own parts among them.
const OTHER_CHILD = /^(?:NODE_UNIQUE_ID|NODE_CHANNEL_FD|WATCH_REPORT_DEPENDENCIES|RS_CHILD_PROCESS_CHANNEL)=|^RS_CHILD_PROCESS_ACCELERATE=0$/;

const OPTIONS = /^NODE_OPTIONS=/;

const { execPath } = process;
let isOrdinary;

// An executable with a program inside it, or another runtime, takes no options of Node, and starts its programs in a way of its own.
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

// Whether the user has nothing against a faster way, should the other end know it.
function isAllowed(options) {
  return options.accelerate !== false && process.env.RS_CHILD_PROCESS_ACCELERATE !== '0';
}

// `options` of a start with a channel as the descriptor `fd`. -> the option by which the child preloads our side, or undefined.
function preloadFor(options, fd, envPairs) {
  if (options[kFork] === undefined || isBarred(options, fd, envPairs)) return undefined;
  return binding.preloadOption(PRELOAD, execPath) ?? undefined;
}

function isBarred(options, fd, envPairs) {
  if (!isAllowed(options)) return true;
  if (options.file !== execPath || process.permission !== undefined) return true;
  // Another user may not be allowed to read our files.
  if (typeof options.uid === 'number' || typeof options.gid === 'number') return true;
  // Its process.stdin, stdout or stderr is then made of Node's own handle of the channel.
  if (fd <= 2) return true;
  if (indexOf(envPairs, OTHER_CHILD) !== -1) return true;
  const at = indexOf(envPairs, OPTIONS);
  const inherited = at === -1 ? 'NODE_OPTIONS=' : envPairs[at];
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

// Options in the arguments of the child's Node. All in front of the script are looked at: a wrapper may have added some.
// `inherited`: its NODE_OPTIONS.
function hasOtherOptions({ args = [], cwd, [kFork]: script }, inherited) {
  const end = arrayLastIndexOf(args, script);
  for (let i = 1; i < end; i++) {
    if (matches(OBSTACLE, args[i])) return true;
    if (inherited === 'NODE_OPTIONS=' && matches(ENV_FILE, args[i]) && mayGiveOptions(args[i], args[i + 1], cwd)) return true;
  }
  return end === -1;
}

// Whether a file with variables has options of Node in it, which the child's Node takes only where it has no others.
function mayGiveOptions(argument, next, cwd) {
  const at = stringIndexOf(argument, '=');
  const file = at === -1 ? next : stringSlice(argument, at + 1);
  try {
    return stringIncludes(readFileSync(resolve(cwd ?? '', file), 'utf8'), 'NODE_OPTIONS');
  } catch {
    return true;
  }
}

// Where Node looks for a preloaded file it first reads the package.json above the folder that the child starts in, and a child
// with a broken one, or one that it may not read, would end there. Known to be good, as it was then:
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

// Throws for one that is not good.
function checkPackage(file, { mtimeMs: modified, size }) {
  if (good.file === file && good.modified === modified && good.size === size) return;
  fromJson(readFileSync(file, 'utf8'));
  good = { file, modified, size };
}

// `envPairs` with the variables that tell a child of its channel: last, so that what a caller set under these names counts, as with
// Node. `preload`: an option that it gets as well.
function withChannel(envPairs, fd, serialization, preload) {
  if (preload === undefined) {
    return flatList(envPairs, [`NODE_CHANNEL_FD=${fd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`]);
  }
  return withPreload(envPairs, channelText(fd, serialization), preload);
}

// `text`: for the preloaded file.
function withPreload(envPairs, text, preload) {
  const all = flatList(envPairs, [`${VARIABLE}=${text}`]);
  const at = indexOf(envPairs, OPTIONS);
  // In front, so that others that are preloaded find the channel; child.cjs takes it away again.
  if (at === -1) all[all.length] = `NODE_OPTIONS=${preload}`;
  else all[at] = `NODE_OPTIONS=${preload} ${stringSlice(envPairs[at], 'NODE_OPTIONS='.length)}`;
  return all;
}

// What `withChannel` tells a child, as one text.
function channelText(fd, serialization) {
  return `${fd}:${serialization}:${version}`;
}

module.exports = { VARIABLE, channelText, isAllowed, isOrdinaryNode, kFork, kPool, preloadFor, version, withChannel, withPreload };
