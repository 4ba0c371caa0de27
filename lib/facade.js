'use strict';
// The module objects through which users reach us. exec() calls execFile() through them, as Node's does, so that a
// program which replaces execFile sees exec's calls as well.

const objects = [];

function add(object) {
  if (!objects.includes(object)) objects.push(object);
}

function remove(object) {
  const at = objects.indexOf(object);
  if (at !== -1) objects.splice(at, 1);
}

// `object[name]` where a user replaced it, else `own`.
function current(name, own) {
  for (const object of objects) {
    if (object[name] !== own && typeof object[name] === 'function') return object[name];
  }
  return own;
}

module.exports = { add, current, remove };
