'use strict';

// register in worker threads: until a thread starts its first child the package is only announced there, and costs next to nothing.

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const test = require('ava');
const { root, stockOnly } = require('../helpers/subject.js');

const ourTest = stockOnly ? test.serial.skip : test.serial;
const register = path.join(root, 'register.js');

/** What a worker thread with that code posts. */
function thread(code, execArgv = ['--require', register]) {
  return new Promise((resolve, reject) => {
    const prelude = 'const cp = require("node:child_process"); const { parentPort } = require("node:worker_threads");' +
      'const post = (value) => parentPort.postMessage(value);';
    new Worker(`${prelude}\n${code}`, { eval: true, execArgv }).once('message', resolve).once('error', reject);
  });
}

/** The same where the code is the body of an async function. */
const answer = (code, execArgv) => thread(`(async () => { ${code} })().then(post, (error) => post({ thrown: error.stack }));`, execArgv);

const isOurs = '"resourceUsage" in await new Promise((resolve) => { const child = cp.spawn("true"); child.on("exit", () => resolve(child)); })';

ourTest('a thread that starts nothing holds at most 0.3 MB more', async (t) => {
  const gc = 'require("node:v8").setFlagsFromString("--expose-gc"); require("node:vm").runInNewContext("gc")(); post(process.memoryUsage().heapUsed);';
  const heap = async (execArgv) => {
    const sizes = [];
    for (let i = 0; i < 12; i++) {
      sizes.push(await new Promise((resolve) => {
        new Worker(`const post = (value) => require("node:worker_threads").parentPort.postMessage(value); ${gc}`, { eval: true, execArgv }).once('message', resolve);
      }));
    }
    // The least: what else is in a heap at times is not the package's.
    return Math.min(...sizes);
  };
  const more = await heap(['--require', register]) - await heap([]);
  t.true(more <= 300_000, `${more} bytes more`);
});

ourTest('what stands there until then looks like Node\'s functions', async (t) => {
  const look = `return Object.keys(cp).map((key) => [key, typeof cp[key], cp[key].name, cp[key].length,
    typeof cp[key][require("node:util").promisify.custom], Object.keys(cp[key])]);`;
  t.deepEqual(await answer(look), await answer(look, []));
});

const forms = {
  spawn: 'return String(await new Promise((resolve) => cp.spawn("echo", ["x"]).stdout.on("data", resolve)));',
  exec: 'return await new Promise((resolve) => cp.exec("echo x", (error, out) => resolve(out)));',
  'a promisified exec': 'return (await require("node:util").promisify(cp.exec)("echo x")).stdout;',
  'a promisified execFile, and its child': 'const p = require("node:util").promisify(cp.execFile)("echo", ["x"]); return p.child.pid > 0 && (await p).stdout;',
  execFileSync: 'return cp.execFileSync("echo", ["x"], { encoding: "utf8" });',
  spawnSync: 'return cp.spawnSync("echo", ["x"], { encoding: "utf8" }).stdout;',
  'a function that was taken before': 'const { spawn, execSync } = cp; spawn("true"); return execSync("echo x", { encoding: "utf8" });',
  'what ES modules import': 'const { execSync } = await import("node:child_process"); return execSync("echo x", { encoding: "utf8" });',
};
for (const [name, code] of Object.entries(forms)) {
  ourTest(`the first start of a thread may be ${name}, and then all are ours`, async (t) => {
    t.is(await answer(code), 'x\n');
    t.true(await answer(`await (async () => { ${code} })(); return cp.spawn === require(${JSON.stringify(root)}).spawn && ${isOurs};`));
  });
}

ourTest('to load the package in a thread is to start with it', async (t) => {
  t.deepEqual(await answer(`const own = require(${JSON.stringify(root)}); return Object.keys(cp).filter((key) => cp[key] !== own[key]);`), []);
});

ourTest('a wrapper from before register and one from after it both see the first start', async (t) => {
  t.deepEqual(await answer(`
    const seen = [];
    const wrap = (mark) => { const { spawn } = cp; cp.spawn = function(...args) { seen.push(mark); return spawn.apply(this, args); }; };
    wrap('before');
    require(${JSON.stringify(register)});
    wrap('after');
    const ours = ${isOurs};
    const again = ${isOurs};
    return { seen, ours, again };`, []), { seen: ['after', 'before', 'after', 'before'], ours: true, again: true });
});

ourTest('unregister() in a thread puts Node\'s functions back, before and after the first start', async (t) => {
  const off = `require(${JSON.stringify(register)}).unregister(); return /resourceUsage/.test(Object.getOwnPropertyNames(Object.getPrototypeOf(cp.spawn("true")))) || cp.spawn === before;`;
  t.true(await answer(`const before = cp.spawn; require(${JSON.stringify(register)}); ${off}`, []));
  t.true(await answer(`const before = cp.spawn; require(${JSON.stringify(register)}); cp.execSync("true"); ${off}`, []));
  t.true(await answer(`const { register, unregister } = require(${JSON.stringify(register)}); unregister(); register(); return ${isOurs};`, []));
  t.true(await answer(`const { register } = require(${JSON.stringify(register)}); register(); return cp.spawn === require(${JSON.stringify(root)}).spawn;`, []));
});

ourTest('where a program has replaced what loads files Node\'s functions do the work', async (t) => {
  for (const stub of ['() => undefined', '() => ""', '() => { throw new Error("stub"); }']) {
    const code = `const fs = require("node:fs"); for (const key of ["readFileSync", "openSync", "realpathSync", "statSync"]) fs[key] = ${stub};
      return cp.execSync("echo x", { encoding: "utf8" });`;
    t.is(await answer(code), 'x\n', stub);
  }
});
