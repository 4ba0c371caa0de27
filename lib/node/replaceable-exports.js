'use strict';
// The module objects that users get from this package. As in Node, exec() calls execFile() through such an object: a
// program that replaces `execFile` on it also sees the calls that exec() makes.

const { arrayIncludes, arrayIndexOf, arrayPush, arraySplice } = require('./primordials');

const objects = [];

function add(object) {
  if (!arrayIncludes(objects, object)) arrayPush(objects, object);
}

function remove(object) {
  const at = arrayIndexOf(objects, object);
  if (at !== -1) arraySplice(objects, at, 1);
}

// Returns the replacement of the function `name` if a user put one on a module object, else `own`.
function current(name, own) {
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i];
    if (object[name] !== own && typeof object[name] === 'function') return object[name];
  }
  return own;
}

module.exports = { add, current, remove };
