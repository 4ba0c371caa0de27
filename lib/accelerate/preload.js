'use strict';
// Runs in a forked child before its script: sets up the channel with our side where Node would have set up its own, and
// takes every trace of itself away, so that the script finds what it would find without it. Whatever fails, the channel
// is set up by Node's own code. Worker threads of the child come by here as well, only to lose the traces.

function forgetOptions() {
  const { execArgv } = process;
  const at = execArgv.indexOf(__filename);
  if (at > 0 && execArgv[at - 1] === '--require') execArgv.splice(at - 1, 2);
  const preloaded = process._preload_modules;
  if (Array.isArray(preloaded)) {
    const place = preloaded.indexOf(__filename);
    if (place !== -1) preloaded.splice(place, 1);
  }
}

// Modules that were loaded since `before` are no business of the script.
function forgetModules(before) {
  const { cache } = require;
  const { _pathCache: paths } = module.constructor;
  for (const file of Object.keys(cache)) {
    if (!before.has(file)) delete cache[file];
  }
  delete cache[__filename];
  if (paths === undefined) return;
  for (const request of Object.keys(paths)) {
    if (request.includes(folder)) delete paths[request];
  }
}

function setUp(text) {
  const [fd, serialization, parentVersion] = text.split(':');
  try {
    const { forkChild } = require('../ipc/channel');
    forkChild(Number(fd), serialization, parentVersion);
  } catch {
    if (process.send !== undefined) return;
    require('../stock').functions._forkChild(Number(fd), serialization);
    // Whoever waits for a greeting is told that none will come.
    process.send({ cmd: 'NODE_RS_CHILD_PROCESS' });
  }
}

// What is looked for from inside this package.
const folder = __dirname.slice(0, -'/lib/accelerate'.length);
const variable = 'RS_CHILD_PROCESS_CHANNEL';
const text = process.env[variable];
const before = new Set(Object.keys(require.cache));
forgetOptions();
if (text !== undefined) {
  delete process.env[variable];
  setUp(text);
}
forgetModules(before);
