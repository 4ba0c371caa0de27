'use strict';
// The child's environment. Reading process.env through V8 costs more than the whole start of a process, so where the
// child shall simply have what the parent has, the addon copies it itself (`undefined` here). That is done only while
// both ways give the same: the main thread, Node's own process.env, no odd entry in it, and no other thread that could
// write to it meanwhile.

const fs = require('node:fs');

const versions = require('./versions');
const { binding } = require('./native');
const { noNul } = require('./validate');

const ownEnv = process.env;
// In a worker thread process.env is a copy that the C library does not know.
const isMainThread = process.chdir.disabled !== true;

// Names like numbers are listed first by JavaScript, repeated ones once, bytes that are not UTF-8 are replaced: all of it
// would differ from a plain copy. Only the environment that the process was born with can be odd in these ways.
function bornPlain() {
  let text;
  try {
    text = fs.readFileSync('/proc/self/environ', 'latin1');
  } catch {
    return false;
  }
  const seen = new Set();
  for (const entry of text.split('\0')) {
    if (entry === '') continue;
    const end = entry.indexOf('=');
    const name = entry.slice(0, end);
    if (end < 1 || /^\d/.test(name) || seen.has(name) || /[^\0-\x7f]/.test(entry)) return false;
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
  if (!Array.isArray(list)) return (isAlone = false);
  if (list.length !== loadedModules) {
    loadedModules = list.length;
    if (list.includes('NativeModule worker_threads')) return (isAlone = false);
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
    if (args.includes('--permission') || args.includes('--permission-audit')) return;
    const words = current ? current.split(/\s+/) : [];
    if (words.some((word) => /^--permission(-audit)?(=|$)/.test(word))) return;
  } else if (args.includes('--permission') || (current && current.includes('--permission'))) {
    return;
  }
  permissionFlags ??= [...availablePermissionFlags(), '--permission'];
  for (const argument of process.execArgv) {
    for (const flag of permissionFlags) {
      if (argument.startsWith(flag)) {
        env.NODE_OPTIONS = env.NODE_OPTIONS ? `${env.NODE_OPTIONS} ${argument}` : argument;
      }
    }
  }
}

function availablePermissionFlags() {
  const known = [
    '--allow-fs-read', '--allow-fs-write', '--allow-addons', '--allow-child-process', '--allow-ffi', '--allow-inspector',
    '--allow-net', '--allow-openssl-store-uri', '--allow-wasi', '--allow-worker',
  ];
  return known.filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));
}

function pairsOf(env, names) {
  const pairs = [];
  for (const name of names) {
    const value = env[name];
    if (value !== undefined) {
      noNul(name, `options.env['${name}']`);
      noNul(value, `options.env['${name}']`);
      pairs.push(`${name}=${value}`);
    }
  }
  return pairs;
}

function namesOf(env) {
  const names = [];
  // Inherited names count, as in Node.
  for (const name in env) names.push(name);
  return names;
}

// Listing the own names alone spares one look-up for each of them.
const ownNames = () => Object.getOwnPropertyNames(ownEnv);

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
      if (!versions.copiesProcessEnv || !names.some((name) => /^\d+$/.test(name))) return pairsOf(ownEnv, names);
    }
    given = versions.copiesProcessEnv ? { ...process.env } : process.env;
  } else if (process.env.NODE_V8_COVERAGE && !Object.hasOwn(given, 'NODE_V8_COVERAGE')) {
    return pairsWith(given, args, restricted, process.env.NODE_V8_COVERAGE);
  }
  if (restricted) return pairsWith(given, args, restricted, undefined);
  return pairsOf(given, namesOf(given));
}

// Node writes these additions into the caller's own object; ours go to a view of it, so that it stays as it was.
function pairsWith(given, args, restricted, coverage) {
  const env = Object.create(null);
  for (const name in given) env[name] = given[name];
  if (coverage !== undefined) env.NODE_V8_COVERAGE = coverage;
  if (restricted) addPermissionFlags(env, args);
  return pairsOf(env, namesOf(env));
}

module.exports = { pairs };
