'use strict';
// The module on platforms without the addon: Node's own functions. Options that need the addon (`killTree`,
// `killOnParentExit`, kill() with `tree`) throw. If they were ignored, a program would rely on a kill of all descendants,
// or on a child that ends with its parent, and would not get it.

const { promisify } = require('node:util');

const stock = require('../node/builtin');
const { featureUnavailable } = require('../node/errors');
const { arrayForEach, arrayIsArray, functionApply, functionCall, objectCreate, objectDefineProperty, objectGetPrototypeOf, objectHasOwn, objectSetPrototypeOf } = require('../node/primordials');

const ADDON_OPTIONS = ['killTree', 'killOnParentExit'];

// The functions take their options at different positions, so every argument is looked at.
function refuseAddonOptions(args) {
  for (let i = 0; i < args.length; i++) {
    const value = args[i];
    if (value === null || typeof value !== 'object' || arrayIsArray(value)) continue;
    for (let j = 0; j < ADDON_OPTIONS.length; j++) {
      const name = ADDON_OPTIONS[j];
      if (objectHasOwn(value, name) && value[name]) throw featureUnavailable(name);
    }
  }
}

const { prototype } = stock.functions.ChildProcess;
const { kill } = prototype;

// The prototype of a child made here: that of Node's class, but with a kill() that refuses `tree`.
const guarded = objectCreate(prototype, {
  kill: {
    __proto__: null,
    value(sig, ...more) {
      if (more[0]?.tree) throw featureUnavailable('tree');
      return functionCall(kill, this, sig);
    },
    configurable: true,
    writable: true,
    enumerable: true,
  },
});

// Gives a child the kill() above. The child is of Node's class, or of the class of another copy of this package that is
// registered and has the addon. A mock or a wrapper may return anything else; that is left alone.
function guardChild(child) {
  if (child === null || typeof child !== 'object') return;
  const own = objectGetPrototypeOf(child);
  if (own === prototype || (own !== null && stock.isOwn(own.spawn))) objectSetPrototypeOf(child, guarded);
}

// Wraps a function of Node: refuses the options above, calls `original`, and then calls `after` with the result.
function guard(original, after) {
  const replacement = function(...args) {
    refuseAddonOptions(args);
    const result = functionApply(original, this, args);
    after?.(result);
    return result;
  };
  objectDefineProperty(replacement, 'name', { __proto__: null, value: original.name, configurable: true });
  objectDefineProperty(replacement, 'length', { __proto__: null, value: original.length, configurable: true });
  const promised = original[promisify.custom];
  // util.promisify() marks the promisified function as its own promisified form. That must not be wrapped again and again.
  if (promised !== undefined && promised !== original) {
    objectDefineProperty(replacement, promisify.custom, { __proto__: null, value: guard(promised, (promise) => guardChild(promise?.child)) });
  }
  return replacement;
}

const functions = { ...stock.functions };
const guardAll = (names, after) => arrayForEach(names, (name) => { functions[name] = guard(functions[name], after); });
guardAll(['exec', 'execFile', 'fork', 'spawn'], guardChild);
guardAll(['execFileSync', 'execSync', 'spawnSync'], undefined);

module.exports = functions;
