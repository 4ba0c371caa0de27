'use strict';
// Access to Node's internal bindings through the old process.binding(), which every supported Node still has. It returns
// undefined when the user asked for warnings about pending deprecations: then Node would warn about process.binding(), and
// the user would think that the warning is about the user's own code.

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
