'use strict';
// Node's internal bindings, by the old door, process.binding(), which is open on every Node yet. Where Node warns of that door it
// stays shut: the warning is the user's, for a use of his own.

const { arrayJoin, regexpExec } = require('./primordials');

function internalBinding(name) {
  const { NODE_OPTIONS: inherited, NODE_PENDING_DEPRECATION: pending } = process.env;
  if (pending === '1' || regexpExec(/pending-deprecation|config/, `${arrayJoin(process.execArgv, ' ')} ${inherited}`) !== null) return undefined;
  try {
    return process.binding(name);
  } catch {
    return undefined;
  }
}

module.exports = { internalBinding };
