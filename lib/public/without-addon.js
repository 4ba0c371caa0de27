'use strict';
// Node's own functions, for where there is no addon. What only the addon can promise is refused: nobody may take a child for one
// that ends with its parent, or a kill for one that reaches all descendants, when it is not so.

const { promisify } = require('node:util');

const stock = require('../node/builtin');
const { featureUnavailable } = require('../node/errors');
const { arrayForEach, arrayIsArray, functionApply, functionCall, objectCreate, objectDefineProperty, objectGetPrototypeOf, objectHasOwn, objectSetPrototypeOf } = require('../node/primordials');

const BEYOND = ['killTree', 'killOnParentExit'];

// The options stand at various places.
function refuseBeyond(args) {
  for (let i = 0; i < args.length; i++) {
    const value = args[i];
    if (value === null || typeof value !== 'object' || arrayIsArray(value)) continue;
    for (let j = 0; j < BEYOND.length; j++) {
      const name = BEYOND[j];
      if (objectHasOwn(value, name) && value[name]) throw featureUnavailable(name);
    }
  }
}

const { prototype } = stock.functions.ChildProcess;
const { kill } = prototype;

// Between a child and Node's class: nothing but a kill() that says no.
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

// A child is of Node's class, or of that of a registered copy which has the addon. What a mock or a wrapper gives may be anything.
function guardChild(child) {
  if (child === null || typeof child !== 'object') return;
  const own = objectGetPrototypeOf(child);
  if (own === prototype || (own !== null && stock.isOwn(own.spawn))) objectSetPrototypeOf(child, guarded);
}

// `after`: what becomes of the result.
function guard(original, after) {
  const replacement = function(...args) {
    refuseBeyond(args);
    const result = functionApply(original, this, args);
    after?.(result);
    return result;
  };
  objectDefineProperty(replacement, 'name', { __proto__: null, value: original.name, configurable: true });
  objectDefineProperty(replacement, 'length', { __proto__: null, value: original.length, configurable: true });
  const promised = original[promisify.custom];
  // Once promisify() has given it away it is its own promisified form.
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
