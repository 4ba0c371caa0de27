'use strict';
// The environment of the child, as a list of NAME=value. Reading process.env in JavaScript costs more than the whole start
// of a process. So, if the child gets the same environment as its parent, the addon copies it; pairs() then returns
// undefined instead of a list. This happens only when both ways give the same result: in the main thread, with Node's own
// process.env, with no unusual entry (see bornPlain), and with no other thread that could write to it meanwhile.

const { readFileSync } = require('node:fs');

const versions = require('../node/versions');
const { binding } = require('../addon/native');
const { noNul } = require('./validate');
const {
  arrayFilter, arrayIncludes, arrayIsArray, arraySome, objectGetOwnPropertyNames, objectHasOwn, OwnSet, regexpExec, stringIncludes,
  stringIndexOf, stringSlice, stringSplit, stringStartsWith,
} = require('../node/primordials');

const ownEnv = process.env;
// In a worker thread process.env is a copy, separate from the environment of the C library.
const isMainThread = process.chdir.disabled !== true;

const has = (pattern, text) => regexpExec(pattern, text) !== null;

// Whether the environment that this process started with has no unusual entry. With one, the list from JavaScript differs
// from the addon's copy: JavaScript puts names that look like numbers first, lists a repeated name once, and replaces bytes
// that are not UTF-8. Later changes through process.env cannot add such entries.
function bornPlain() {
  let text;
  try {
    text = readFileSync('/proc/self/environ', 'latin1');
  } catch {
    return false;
  }
  const seen = new OwnSet();
  const entries = stringSplit(text, '\0');
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry === '') continue;
    const end = stringIndexOf(entry, '=');
    const name = stringSlice(entry, 0, end);
    if (end < 1 || has(/^\d/, name) || seen.has(name) || has(/[^\0-\x7f]/, entry)) return false;
    seen.add(name);
  }
  return true;
}

let isAlone = isMainThread;
let plain;
let loadedModules = -1;

// Whether the addon may read the environment. Not once the program has loaded worker_threads: a worker that shares
// process.env could write to it at the same time.
function mayRead() {
  if (!isAlone) return false;
  const list = process.moduleLoadList;
  if (!arrayIsArray(list)) return (isAlone = false);
  if (list.length !== loadedModules) {
    loadedModules = list.length;
    if (arrayIncludes(list, 'NativeModule worker_threads')) return (isAlone = false);
  }
  return true;
}

function isPlain() {
  return mayRead() && (plain ??= bornPlain());
}

function isPolluted() {
  for (const key in {}) return key !== undefined;
  return false;
}

let permissionFlags;

// As Node does, adds the flags of the permission model that this process was started with to NODE_OPTIONS of the child.
function addPermissionFlags(env, args) {
  const current = env.NODE_OPTIONS;
  if (versions.permissionFlagsByWord) {
    if (arrayIncludes(args, '--permission') || arrayIncludes(args, '--permission-audit')) return;
    if (current && has(/(?:^|\s)--permission(?:-audit)?(?:[=\s]|$)/, `${current}`)) return;
  } else if (arrayIncludes(args, '--permission') || (current && stringIncludes(`${current}`, '--permission'))) {
    return;
  }
  permissionFlags ??= availablePermissionFlags();
  const { execArgv } = process;
  for (let i = 0; i < execArgv.length; i++) {
    const argument = execArgv[i];
    for (let j = 0; j < permissionFlags.length; j++) {
      if (stringStartsWith(argument, permissionFlags[j])) {
        env.NODE_OPTIONS = env.NODE_OPTIONS ? `${env.NODE_OPTIONS} ${argument}` : argument;
      }
    }
  }
}

function availablePermissionFlags() {
  const known = [
    '--allow-fs-read', '--allow-fs-write', '--allow-addons', '--allow-child-process', '--allow-ffi', '--allow-inspector',
    '--allow-net', '--allow-openssl-store-uri', '--allow-wasi', '--allow-worker', '--permission',
  ];
  return arrayFilter(known, (flag) => flag === '--permission' || process.allowedNodeEnvironmentFlags.has(flag));
}

function pairsOf(env, names) {
  const pairs = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const value = env[name];
    if (value !== undefined) {
      noNul(name, `options.env['${name}']`);
      noNul(value, `options.env['${name}']`);
      pairs[pairs.length] = `${name}=${value}`;
    }
  }
  return pairs;
}

function namesOf(env) {
  const names = [];
  // As in Node, inherited properties count too.
  for (const name in env) names[names.length] = name;
  return names;
}

// Faster than for-in, which looks up every name once more.
const ownNames = () => objectGetOwnPropertyNames(ownEnv);

// `given` is options.env. -> a list of NAME=value, or undefined: the addon copies the environment of this process.
// With `wantsList` the result is always a list.
function pairs(given, args, wantsList) {
  const restricted = versions.permissionFlags && process.permission !== undefined;
  if (!given) {
    if (!restricted && versions.inheritsEntries) {
      if (!mayRead()) return pairsOf(ownEnv, ownNames());
      return wantsList || !isPlain() ? binding.environmentEntries() : undefined;
    }
    if (!restricted && process.env === ownEnv && !isPolluted()) {
      if (!wantsList && isPlain()) return undefined;
      const names = ownNames();
      // These Nodes copy process.env into an object, and names that look like numbers then come first or get lost.
      if (!versions.copiesProcessEnv || !arraySome(names, (name) => has(/^\d+$/, name))) return pairsOf(ownEnv, names);
    }
    given = versions.copiesProcessEnv ? { ...process.env } : process.env;
  } else if (process.env.NODE_V8_COVERAGE && !objectHasOwn(given, 'NODE_V8_COVERAGE')) {
    return pairsWith(given, args, restricted, process.env.NODE_V8_COVERAGE);
  }
  if (restricted) return pairsWith(given, args, restricted, undefined);
  return pairsOf(given, namesOf(given));
}

// Adds NODE_V8_COVERAGE and the permission flags. Node writes them into the caller's object; this writes them into a copy.
function pairsWith(given, args, restricted, coverage) {
  const env = { __proto__: null };
  for (const name in given) env[name] = given[name];
  if (coverage !== undefined) env.NODE_V8_COVERAGE = coverage;
  if (restricted) addPermissionFlags(env, args);
  return pairsOf(env, namesOf(env));
}

module.exports = { pairs };
