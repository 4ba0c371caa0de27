'use strict';
// Runs in a forked child before its script: sets up the channel with our side where Node would have set up its own, and
// takes every trace of itself away, so that the script finds what it would find without it. Whatever fails, the channel
// is set up by Node's own code. Worker threads of the child come by here as well, only to lose the traces.
// What children of an installed package load is dist/child.cjs, which scripts/bundle.mjs makes of this file and the module loader. By its
// name Node knows what it is, without looking for a package.json above it.

const builtin = process.getBuiltinModule ?? require;

function forgetOptions() {
  // node:test hands on what its process was told to preload, as one argument.
  const { execArgv } = process;
  const at = execArgv.indexOf(`--require=${__filename}`);
  if (at !== -1) execArgv.splice(at, 1);
  // A list of its own for the script: Node is just walking along the one that there is, and would leave out the next file.
  const preloaded = Object.getOwnPropertyDescriptor(process, '_preload_modules');
  if (Array.isArray(preloaded?.value) && preloaded.configurable) {
    preloaded.value = preloaded.value.filter((file) => file !== __filename);
    Object.defineProperty(process, '_preload_modules', preloaded);
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

// -> a function that loads a module of our side.
function openLoader() {
  return require('../addon/module-loader.js');
}

// `load`: of openLoader(), where it was asked already.
function setUp(text, load) {
  const [fd, serialization, parentVersion] = text.split(':');
  try {
    (load ?? openLoader())('lib/channel/channel.js').forkChild(Number(fd), serialization, parentVersion);
  } catch {
    if (process.send !== undefined) return;
    builtin('node:child_process')._forkChild(Number(fd), serialization);
    // Whoever waits for a greeting is told that none will come.
    process.send({ cmd: 'NODE_RS_CHILD_PROCESS' });
  }
}

// NODE_OPTIONS as the parent's user wants it, or none. Ours stands in front, as lib/preload/accelerate.js wrote it.
function restoreOptions() {
  const { env } = process;
  const options = env.NODE_OPTIONS;
  const own = `--require "${__filename.replace(/["\\]/g, '\\$&')}"`;
  if (options === own) delete env.NODE_OPTIONS;
  else if (options?.startsWith(`${own} `)) env.NODE_OPTIONS = options.slice(own.length + 1);
}

// The package's own: what is looked for from inside it.
const folder = __dirname.replace(/.(?:lib.preload|dist)$/, '');
const variable = 'RS_CHILD_PROCESS_CHANNEL';
let text = process.env[variable];
let before = new Set(Object.keys(require.cache));
forgetOptions();
if (text !== undefined) {
  delete process.env[variable];
  restoreOptions();
  let load;
  // It is to wait for the fork() that it is for; lib/preload/standby.js.
  if (text.startsWith('standby:')) {
    load = openLoader();
    load('lib/channel/channel.js');
    forgetModules(before);
    text = load('lib/preload/standby.js').wait(text.slice('standby:'.length));
    // What was loaded meanwhile is the script's to find.
    before = new Set(Object.keys(require.cache));
  }
  // Node takes it away from a script that has a channel, whoever set it.
  delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  setUp(text, load);
}
forgetModules(before);
