'use strict';
// Whether a forked child gets our side of the channel before its script runs. It does where nothing can come of it but
// speed: the same Node, a script of its own, and no option that would let the preloaded file be seen, run late, or not
// run at all. Everything else gets Node's own side, on the same wire.

const { closeSync, openSync, readFileSync, statSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join, resolve } = require('node:path');
const { fileURLToPath } = require('node:url');

const {
  Symbol, URL, arrayIndexOf, arraySlice, arraySome, flatList, fromJson, regexpExec, stringIncludes, stringSlice, stringStartsWith,
} = require('./originals');
const { version } = require('../package.json');

// Written so that tools that gather a program's files find it.
const PRELOAD = {
  json: join(__dirname, 'accelerate', 'child-side-json.cjs'),
  advanced: join(__dirname, 'accelerate', 'child-side-advanced.cjs'),
};
// The channel's descriptor, serialization and the version of this package, for the preloaded file alone.
const VARIABLE = 'RS_CHILD_PROCESS_CHANNEL';

const kPreload = Symbol('kPreload');

// Options of Node under which a preloaded file cannot be read, is checked, or is not run first.
const OBSTACLE = /--(?:permission|experimental-permission|experimental-policy|policy-integrity|snapshot-blob|build-snapshot|no-addons|test\b|run\b|watch)/;
// In NODE_OPTIONS also what other tools preload, because that runs before ours and may look for process.send.
const OTHERS_PRELOAD = /(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader)(?:\s|=|$)/;

// One file of those, quoted or not.
const PRELOADED = /(?<=^|\s)(?:-r\s+|(?:--require|--import)(?:\s+|=))(?:"([^"\\]+)"|([^\s"]+))(?=\s|$)/g;
const REGISTER = join(__dirname, '..', 'register.js');

let isOrdinaryNode;
// What withoutRegister() last said, and of what: a program's NODE_OPTIONS rarely change.
let asked = { options: '', folder: '', rest: '' };

// An executable with a program inside it, or another runtime, takes no options of Node.
function ordinaryNode() {
  if (process.versions.electron !== undefined || process.versions.bun !== undefined) return false;
  try {
    return !require('node:sea').isSea();
  } catch {
    return true;
  }
}

// `file` as a child that starts in `folder` would look for it.
function isRegister(file, folder) {
  try {
    const request = stringStartsWith(file, 'file:') ? fileURLToPath(file) : file;
    return createRequire(join(folder, '/')).resolve(request) === REGISTER;
  } catch {
    return false;
  }
}

function dropRegister(options, folder) {
  let rest = '';
  let from = 0;
  PRELOADED.lastIndex = 0;
  for (let found; (found = regexpExec(PRELOADED, options)) !== null;) {
    if (!isRegister(found[1] ?? found[2], folder)) continue;
    rest += stringSlice(options, from, found.index);
    from = PRELOADED.lastIndex;
  }
  return rest + stringSlice(options, from);
}

// -> `options` without the register.js of this package, which is as good after our side of the channel as before it.
function withoutRegister(options, cwd) {
  if (!stringIncludes(options, 'register')) return options;
  const folder = resolve(typeof cwd === 'string' ? cwd : '');
  if (asked.options !== options || asked.folder !== folder) {
    asked = { options, folder, rest: dropRegister(options, folder) };
  }
  return asked.rest;
}

function isOpen(variables, cwd) {
  if (variables.NODE_OPTIONS) {
    const nodeOptions = withoutRegister(`${variables.NODE_OPTIONS}`, cwd);
    if (regexpExec(OBSTACLE, nodeOptions) !== null || regexpExec(OTHERS_PRELOAD, nodeOptions) !== null) return false;
  }
  // A cluster worker, a child that was to find a channel of somebody else's, and one whose Node sends a message for every file
  // that it loads, our own parts among them.
  return variables.NODE_UNIQUE_ID === undefined && variables.NODE_CHANNEL_FD === undefined &&
    variables.WATCH_REPORT_DEPENDENCIES === undefined &&
    variables.RS_CHILD_PROCESS_ACCELERATE !== '0';
}

// Whether the user has nothing against a faster way, should the other end know it.
function isAllowed(options) {
  return options.accelerate !== false && process.env.RS_CHILD_PROCESS_ACCELERATE !== '0';
}

// `options` of a fork, `execArgv` that its Node gets. -> the file to preload, or undefined.
function preloadFor(options, execArgv) {
  if (isBarred(options, execArgv)) return undefined;
  const file = options.serialization === 'advanced' ? PRELOAD.advanced : PRELOAD.json;
  return isReadable(file) ? file : undefined;
}

// The folder of this package may have been replaced, or be inside an archive, since it was loaded, or this process have given up
// the rights to it. By opening it, because what access(2) says is the real user's.
function isReadable(file) {
  try {
    closeSync(openSync(file));
    return true;
  } catch {
    return false;
  }
}

// Where Node looks for a preloaded file it first reads the package.json above the folder that the child starts in, and a child
// with a broken one, or one that it may not read, would end there. Known to be good, as it was then:
let good = { file: '', modified: 0, size: 0 };

function hasBrokenPackage(cwd) {
  try {
    let folder = resolve(cwd instanceof URL ? fileURLToPath(cwd) : cwd ?? '');
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

function isBarred(options, execArgv) {
  if (!isAllowed(options)) return true;
  if (options.execPath !== process.execPath || process.permission !== undefined) return true;
  // Another user may not be allowed to read our files.
  if (typeof options.uid === 'number' || typeof options.gid === 'number') return true;
  // Its process.stdin, stdout or stderr is then made of Node's own handle of the channel.
  if (arrayIndexOf(options.stdio, 'ipc') <= 2) return true;
  if (arraySome(execArgv, (argument) => regexpExec(OBSTACLE, argument) !== null)) return true;
  if (!isOpen(options.env || process.env, options.cwd) || hasBrokenPackage(options.cwd)) return true;
  isOrdinaryNode ??= ordinaryNode();
  return !isOrdinaryNode;
}

// The variables that tell a child of its channel.
function channelVariables(fd, serialization, isAccelerated) {
  if (isAccelerated) return [`${VARIABLE}=${fd}:${serialization}:${version}`];
  return [`NODE_CHANNEL_FD=${fd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`];
}

// The arguments that the child's Node really gets; users see theirs in `spawnargs`.
function withPreload(args, file) {
  return flatList([args[0], '--require', file], arraySlice(args, 1));
}

module.exports = { channelVariables, isAllowed, kPreload, preloadFor, version, withPreload };
