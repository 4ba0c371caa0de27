'use strict';
// The module objects through which users reach us. exec() calls execFile() through them, as Node's does, so that a
// program which replaces execFile sees exec's calls as well.

const { arrayIncludes, arrayIndexOf, arrayPush, arraySplice } = require('./primordials');

const objects = [];

function add(object) {
  if (!arrayIncludes(objects, object)) arrayPush(objects, object);
}

function remove(object) {
  const at = arrayIndexOf(objects, object);
  if (at !== -1) arraySplice(objects, at, 1);
}

// `object[name]` where a user replaced it, else `own`.
function current(name, own) {
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i];
    if (object[name] !== own && typeof object[name] === 'function') return object[name];
  }
  return own;
}

module.exports = { add, current, remove };
