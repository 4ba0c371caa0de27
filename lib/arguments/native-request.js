'use strict';
// The parts of a spawn request in the form that the addon takes: text joined by NUL, and flags in one number.

const versions = require('../node/versions');
const { arrayMap, stringIndexOf, stringSlice } = require('../node/primordials');

const DETACHED = 1;
const UID = 2;
const GID = 4;
const KILL_ON_PARENT_EXIT = 8;

// As it would be read in C: whatever is no string is written as one, and it ends at its first NUL.
function cString(value) {
  const text = `${value}`;
  const end = stringIndexOf(text, '\0');
  return end === -1 ? text : stringSlice(text, 0, end);
}

// One value never becomes two.
function joined(values) {
  let text = '';
  for (let i = 0; i < values.length; i++) text += i === 0 ? cString(values[i]) : `\0${cString(values[i])}`;
  return text;
}

function orEmpty(value) {
  try {
    return cString(value);
  } catch {
    return '';
  }
}

// The arguments of an asynchronous start; the sync forms never pass on what is no string.
function joinedArguments(values) {
  return joined(versions.emptiesOddArguments ? arrayMap(values, orEmpty) : values);
}

function startFlags(options) {
  let flags = options.detached ? DETACHED : 0;
  if (options.uid !== undefined && options.uid !== null) flags |= UID;
  if (options.gid !== undefined && options.gid !== null) flags |= GID;
  if (options.killOnParentExit) flags |= KILL_ON_PARENT_EXIT;
  return flags;
}

module.exports = { cString, joined, joinedArguments, startFlags };
