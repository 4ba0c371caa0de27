// Rules for eslint, for the code that runs in users' programs. Such a program may replace methods of the language and of Node, so this
// code must not call them. It takes functions, constructors and methods from lib/node/primordials.js, and does not use the iterator
// of arrays (for-of, array patterns, spread).

import { createRequire } from 'node:module';
import { isMain } from './run.mjs';
import { conclude, find, read } from './source.mjs';

const ofPrototype = ({ prototype }) => Object.getOwnPropertyNames(prototype).filter((name) => {
  const { value } = Object.getOwnPropertyDescriptor(prototype, name);
  return typeof value === 'function' && /^[a-z]/.test(name);
});

// These names are allowed: methods of streams, emitters, our own classes and our own tables (OwnMap and similar) have them too. The
// global Map and Set are forbidden by GLOBALS.
const SHARED_NAMES = new Set([
  'add', 'catch', 'clear', 'constructor', 'copy', 'delete', 'entries', 'finally', 'forEach', 'get', 'has', 'inspect', 'keys', 'push', 'set', 'then',
  'toLocaleString', 'toString', 'values', 'valueOf', 'write',
]);
const METHODS = [...new Set([Array, Buffer, Date, Function, Number, RegExp, String, Object.getPrototypeOf(Uint8Array)].flatMap(ofPrototype))]
  .filter((name) => !SHARED_NAMES.has(name));

const GLOBALS = [
  'AbortController', 'Array', 'ArrayBuffer', 'Atomics', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean', 'Buffer', 'DataView', 'Date', 'Error',
  'EventTarget', 'FinalizationRegistry', 'Float32Array', 'Float64Array', 'Function', 'Int16Array', 'Int32Array', 'Int8Array', 'JSON', 'Map', 'Math',
  'Number', 'Object', 'Promise', 'Proxy', 'RangeError', 'Reflect', 'RegExp', 'Set', 'SharedArrayBuffer', 'String', 'Symbol', 'TypeError', 'URL',
  'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet', 'clearImmediate', 'clearInterval',
  'clearTimeout', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone',
];

const FROM = 'take it from lib/node/primordials.js';
const ITERATES = 'this asks the iterator of arrays, which programs replace: count, or use flatList of lib/node/primordials.js';
const INHERITS = 'a descriptor inherits from Object.prototype, to which programs add: begin with `__proto__: null`';

// Calls of methods on anything except `this`, `super`, `socket` and `stream`: those are methods of our classes or of Node's streams.
const callOf = (names) => `CallExpression[callee.type='MemberExpression'][callee.computed=false][callee.object.type!='ThisExpression']` +
  `[callee.object.type!='Super'][callee.object.name!=/^(?:socket|stream)$/]` +
  `[callee.property.name=/^(?:${names.join('|')})$/]`;

export const primordialsRules = {
  'no-restricted-globals': ['error', ...['event', 'name'].map((name) => ({ name })), ...GLOBALS.map((name) => ({ name, message: FROM }))],
  'no-restricted-syntax': ['error',
    { selector: callOf(METHODS), message: `this is looked up on a prototype that programs change: ${FROM}` },
    { selector: `${callOf(['push'])}:not([callee.object.property.name='stream'])`, message: FROM },
    { selector: 'ForOfStatement', message: ITERATES },
    { selector: 'ArrayPattern', message: ITERATES },
    { selector: ':matches(ArrayExpression, CallExpression, NewExpression) > SpreadElement', message: ITERATES },
    {
      selector: 'CallExpression[callee.name=/^(?:object|reflect)DefineProperty$/] > ObjectExpression[properties.length>0]:not([properties.0.key.name="__proto__"])',
      message: INHERITS,
    },
    {
      selector: 'VariableDeclarator[id.type="Identifier"] > CallExpression[callee.name="require"]' +
        '[arguments.0.value=/^(?:node:)?(?:async_hooks|buffer|diagnostics_channel|fs|module|os|path|timers|url|util|v8|vm)$/]',
      message: 'a function of a module is to be taken when the module is loaded: `const { name } = require(…)`',
    },
  ],
};

/** @returns {string[]} names that a file takes from lib/node/primordials.js and that are not there */
export function unknownPrimordials(text, primordials) {
  const lists = [...text.matchAll(/const \{([^}]*)\} = (?:require\('[./\w]*primordials'\)|primordials);/g)].map((match) => match[1].split(','));
  const names = lists.flat().map((entry) => entry.trim().split(':')[0]).filter(Boolean);
  names.push(...[...text.matchAll(/\bprimordials\.(\w+)\b/g)].map((match) => match[1]).filter((name) => name !== 'js'));
  return names.filter((name) => !(name in primordials));
}

if (isMain(import.meta)) {
  const primordials = createRequire(import.meta.url)('../lib/node/primordials.js');
  conclude('primordials', find('lib', /\.js$/).flatMap((file) => unknownPrimordials(read(file), primordials).map((name) => `${file}: there is no ${name}`)));
}
