'use strict';
// The child's environment. Reading process.env through V8 costs more than the whole start of a process, so where the
// child shall simply have what the parent has, the addon copies it itself (`undefined` here). That is done only while
// both ways give the same: the main thread, Node's own process.env, no odd entry in it, and no other thread that could
// write to it meanwhile.

const { readFileSync } = require('node:fs');

const versions = require('../node/versions');
const { binding } = require('../addon/native');
const { noNul } = require('./validate');
const {
  arrayFilter, arrayIncludes, arrayIsArray, arraySome, objectGetOwnPropertyNames, objectHasOwn, OwnSet, regexpExec, stringIncludes,
  stringIndexOf, stringSlice, stringSplit, stringStartsWith,
} = require('../node/primordials');

const ownEnv = process.env;
// In a worker thread process.env is a copy that the C library does not know.
const isMainThread = process.chdir.disabled !== true;

const has = (pattern, text) => regexpExec(pattern, text) !== null;

// Names like numbers are listed first by JavaScript, repeated ones once, bytes that are not UTF-8 are replaced: all of it
// would differ from a plain copy. Only the environment that the process was born with can be odd in these ways.
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

// With worker threads about, one that shares process.env might be writing while the addon reads.
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

// Flags of the permission model that this process was started with, as Node passes them on.
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
  // Inherited names count, as in Node.
  for (const name in env) names[names.length] = name;
  return names;
}

// Listing the own names alone spares one look-up for each of them.
const ownNames = () => objectGetOwnPropertyNames(ownEnv);

// `given` is options.env. The result is a list of NAME=value, or undefined for "what this process has".
// `wantsList` asks for the list in any case.
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
      // A copy has names like numbers first, or not at all.
      if (!versions.copiesProcessEnv || !arraySome(names, (name) => has(/^\d+$/, name))) return pairsOf(ownEnv, names);
    }
    given = versions.copiesProcessEnv ? { ...process.env } : process.env;
  } else if (process.env.NODE_V8_COVERAGE && !objectHasOwn(given, 'NODE_V8_COVERAGE')) {
    return pairsWith(given, args, restricted, process.env.NODE_V8_COVERAGE);
  }
  if (restricted) return pairsWith(given, args, restricted, undefined);
  return pairsOf(given, namesOf(given));
}

// Node writes these additions into the caller's own object; ours go to a view of it, so that it stays as it was.
function pairsWith(given, args, restricted, coverage) {
  const env = { __proto__: null };
  for (const name in given) env[name] = given[name];
  if (coverage !== undefined) env.NODE_V8_COVERAGE = coverage;
  if (restricted) addPermissionFlags(env, args);
  return pairsOf(env, namesOf(env));
}

module.exports = { pairs };
