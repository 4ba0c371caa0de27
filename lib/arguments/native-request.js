'use strict';
// Converts parts of a spawn request to the form that the addon takes: lists of strings become one string, separated by NUL,
// and the options that are yes or no become bits of one number.

const versions = require('../node/versions');
const { arrayMap, stringIndexOf, stringSlice } = require('../node/primordials');

const DETACHED = 1;
const UID = 2;
const GID = 4;
const KILL_ON_PARENT_EXIT = 8;

// The value as C code would read it: converted to a string that ends before the first NUL.
function cString(value) {
  const text = `${value}`;
  const end = stringIndexOf(text, '\0');
  return end === -1 ? text : stringSlice(text, 0, end);
}

// Joins values with NUL. cString() removes every NUL in a value, so one value cannot become two.
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

// For the arguments of an asynchronous start only: some Nodes replace a value that cannot become a string by ''.
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

module.exports = { KILL_ON_PARENT_EXIT, cString, joined, joinedArguments, startFlags };
