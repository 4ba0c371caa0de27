'use strict';
// Runs in a forked child before its script: sets up the channel with our side where Node would have set up its own, and
// takes every trace of itself away, so that the script finds what it would find without it. Whatever fails, the channel
// is set up by Node's own code. Worker threads of the child come by here as well, only to lose the traces.
// What children load is `child-side-json.cjs` or `-advanced.cjs`, which scripts/bundle.mjs makes of this file and of the modules that every
// channel of that mode needs: to open a second file and compile it by hand cost one to two thousandths of a second. By its name Node knows what it is,
// without looking for a package.json above it.

const path = require('node:path');
const { Script } = require('node:vm');

/* global bundled */
// What the modules do, by name; for those that are needed later from where to where their text is in the file beside; its length.
const { now, later, end } = bundled;
// What is loaded later is loaded while the script runs, which may have replaced what it likes: from then on nothing here is used that it can reach.
const builtinOf = process.getBuiltinModule ?? require;
const runScript = Function.prototype.call.bind(Script.prototype.runInThisContext);

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
function openBundle() {
  const modules = { __proto__: null };
  const compile = (id) => runScript(new Script(text.slice(later[id].from, later[id].to), { __proto__: null, filename: `${folder}/${id}` }));
  const load = (id) => {
    let loaded = modules[id];
    if (loaded === undefined) {
      loaded = modules[id] = { exports: {} };
      try {
        const define = now[id] ?? compile(id);
        define(requireFrom, loaded, loaded.exports);
      } catch (error) {
        // As when a file of Node's fails to load (on a full stack, say): the next one to need it tries again.
        delete modules[id];
        throw error;
      }
    }
    return loaded.exports;
  };
  // The rest are Node's own modules and, relative to lib/addon/, the addon.
  const requireFrom = (request) => {
    if (now[request] !== undefined || later[request] !== undefined) return load(request);
    // node:
    if (request[4] === ':') return builtinOf(request);
    if (request[0] !== '.') return require(request);
    if (!request.endsWith('.node')) return require(path.join(folder, 'lib/addon', request));
    const addon = { exports: {} };
    process.dlopen(addon, path.join(folder, 'lib/addon', request));
    return addon.exports;
  };
  // Read now, because later there may be no descriptor left.
  const text = new (load('lib/addon/native.js').binding.HeldText)(path.join(__dirname, 'child-side.bundle'));
  if (text.length !== end) throw new Error('the bundle is not whole');
  return load;
}

function setUp(text) {
  const [fd, serialization, parentVersion] = text.split(':');
  try {
    openBundle()('lib/channel/channel.js').forkChild(Number(fd), serialization, parentVersion);
  } catch {
    if (process.send !== undefined) return;
    require('../node/builtin').functions._forkChild(Number(fd), serialization);
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

// What is looked for from inside this package.
const folder = __dirname.slice(0, -'/lib/preload'.length);
const variable = 'RS_CHILD_PROCESS_CHANNEL';
const text = process.env[variable];
const before = new Set(Object.keys(require.cache));
forgetOptions();
if (text !== undefined) {
  delete process.env[variable];
  restoreOptions();
  // Node takes it away from a script that has a channel, whoever set it.
  delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  setUp(text);
}
forgetModules(before);
