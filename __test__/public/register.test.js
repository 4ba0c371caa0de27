'use strict';

// `--require register`, `--import` and unregister(): what programs get that know nothing of us.

const path = require('node:path');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const test = require('ava');
const { root, stockOnly } = require('../helpers/subject.js');
const { freshValue } = require('../helpers/fresh.js');

const ourTest = stockOnly ? test.skip : test;
const register = path.join(root, 'register.js');
const program = (name) => path.join(__dirname, '..', 'fixtures', 'programs', name);

const run = (args, options = {}) => new Promise((resolve) => {
  execFile(process.execPath, args, { timeout: 60_000, ...options, env: { ...process.env, ...options.env } }, (error, stdout, stderr) => {
    resolve({ code: error ? error.code : 0, signal: error?.signal ?? null, stdout, stderr });
  });
});

const loaders = {
  '--require': ['--require', register],
  '--import': ['--import', `file://${register}`],
  '--require twice': ['--require', register, '--require', register],
  '--require and --import': ['--require', register, '--import', `file://${register}`],
};
for (const [name, args] of Object.entries(loaders)) {
  ourTest(`${name} gives a CommonJS program our functions in both spellings`, async (t) => {
    const { stdout, stderr, code } = await run([...args, program('uses-require.js')]);
    t.is(stderr, '');
    t.is(code, 0);
    const seen = JSON.parse(stdout);
    t.true(seen.same);
    t.true(seen.ours);
    t.deepEqual(seen.keys, Object.keys(require('node:child_process')));
    t.is(seen.works, 'x\n');
  });
  ourTest(`${name} gives an ES module our default and named exports`, async (t) => {
    const { stdout, stderr, code } = await run([...args, program('uses-import.mjs')]);
    t.is(stderr, '');
    t.is(code, 0);
    t.deepEqual(JSON.parse(stdout), { same: true, ours: true, works: 'x\n' });
  });
}

test('without register a program has the functions of Node', async (t) => {
  const { stdout } = await run([program('uses-require.js')]);
  t.false(!stockOnly && JSON.parse(stdout).ours);
});

const programs = {
  'line-counter.js': ['/etc/passwd', '/etc/group', '/nonexistent'],
  'pipeline.js': [],
  'task-runner.mjs': [],
  'supervisor.js': [],
};
for (const [name, args] of Object.entries(programs)) {
  test(`the program ${name} runs unchanged through register with the same output`, async (t) => {
    const expected = await run([program(name), ...args]);
    const actual = await run([...(stockOnly ? [] : loaders['--require']), program(name), ...args]);
    t.deepEqual(actual, expected);
    t.not(actual.stdout, '');
  });
}

ourTest('register reaches modules inside Node and dependencies that were loaded before', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const early = tools.require('child_process');
    const { spawn } = early;
    const { unregister, register: again } = tools.require(tools.path.join(tools.root, 'register.js'));
    const patched = early.spawn === cp.spawn && early.spawn !== spawn;
    const imported = (await import('node:child_process')).spawn === cp.spawn;
    again();
    unregister();
    const restored = early.spawn === spawn && (await import('node:child_process')).spawn === spawn;
    unregister();
    again();
    const back = early.spawn === cp.spawn;
    unregister();
    return { patched, imported, restored, back, keys: Object.keys(early).join() === Object.keys(cp).join() };
  });
  t.deepEqual(value, { patched: true, imported: true, restored: true, back: true, keys: true });
});

ourTest('unregister leaves what somebody else patched over ours', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const builtin = tools.require('child_process');
    const { unregister } = tools.require(tools.path.join(tools.root, 'register.js'));
    const theirs = () => {};
    builtin.spawn = theirs;
    unregister();
    return [builtin.spawn === theirs, builtin.exec !== cp.exec];
  });
  t.deepEqual(value, [true, true]);
});

ourTest('a child that was started before register goes on as it was', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const builtin = tools.require('child_process');
    const child = builtin.spawn('sh', ['-c', 'sleep 0.1; echo x; exit 3']);
    tools.require(tools.path.join(tools.root, 'register.js'));
    const other = builtin.spawn('sh', ['-c', 'echo y; exit 4']);
    return { out: await Promise.all([tools.collect(child), tools.collect(other)]), kinds: [child instanceof cp.ChildProcess, other instanceof cp.ChildProcess] };
  });
  t.deepEqual(value.out, [{ stdout: 'x\n', stderr: '', code: 3, signal: null }, { stdout: 'y\n', stderr: '', code: 4, signal: null }]);
  t.true(value.kinds[1]);
});

ourTest('register in a worker thread registers for that thread', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const { Worker } = tools.require('node:worker_threads');
    const code = `const { parentPort } = require('node:worker_threads'); const before = require('child_process').spawn;
      require(${JSON.stringify(tools.path.join(tools.root, 'register.js'))}); const cp = require('child_process');
      parentPort.postMessage([cp.spawn !== before, cp.execFileSync('echo', ['x']).toString()]);`;
    const stock = tools.require('child_process').spawn;
    const [seen] = await tools.once(new Worker(code, { eval: true }), 'message');
    return { seen, main: tools.require('child_process').spawn === stock };
  });
  t.deepEqual(value, { seen: [true, 'x\n'], main: true });
});

ourTest('NODE_OPTIONS with register reaches grandchildren, which register for themselves', async (t) => {
  const { stdout } = await run(['-e', `
    const { execFileSync } = require('child_process');
    process.stdout.write(execFileSync(process.execPath, [${JSON.stringify(program('uses-require.js'))}]).toString());
  `], { env: { NODE_OPTIONS: `--require ${register}` } });
  t.true(JSON.parse(stdout).ours);
});

// --- without the addon ---

ourTest('RS_CHILD_PROCESS_NATIVE=0 hands over Node\'s own functions, and native says so', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const builtin = tools.require('child_process');
    const keys = Object.keys(builtin);
    const shape = (module) => keys.map((key) => [key, module[key].name, module[key].length]);
    const before = builtin.spawn;
    tools.require(tools.path.join(tools.root, 'register.js'));
    const child = cp.spawn('sh', ['-c', 'echo x; exit 3']);
    return {
      native: cp.native, keys: Object.keys(cp).join() === keys.join(), shape: String(shape(cp)) === String(shape(builtin)),
      untouched: builtin.spawn === before, why: cp.nativeError?.message, isNodes: child instanceof builtin.ChildProcess && cp.ChildProcess === builtin.ChildProcess,
      out: await tools.collect(child), usage: typeof child.resourceUsage,
    };
  }, { env: { RS_CHILD_PROCESS_NATIVE: '0' } });
  t.deepEqual({ ...value, why: typeof value.why }, {
    native: false, keys: true, shape: true, untouched: true, why: 'string', isNodes: true,
    out: { stdout: 'x\n', stderr: '', code: 3, signal: null }, usage: 'undefined',
  });
});

ourTest('without the addon what only the addon can promise is refused, and starts nothing', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const { promisify } = tools.require('node:util');
    const told = {};
    const attempt = (name, call) => {
      try {
        call();
        told[name] = 'accepted';
      } catch (error) {
        told[name] = `${error.code}: ${error.message.split(' ')[2]}`;
      }
    };
    for (const option of ['killTree', 'killOnParentExit']) {
      const options = { [option]: true };
      attempt(`spawn ${option}`, () => cp.spawn('true', options));
      attempt(`spawn with arguments ${option}`, () => cp.spawn('true', [], options));
      attempt(`exec ${option}`, () => cp.exec('true', options, () => {}));
      attempt(`execFile ${option}`, () => cp.execFile('true', [], options, () => {}));
      attempt(`fork ${option}`, () => cp.fork('nowhere.js', options));
      attempt(`promisified ${option}`, () => promisify(cp.exec)('true', options));
      attempt(`spawnSync ${option}`, () => cp.spawnSync('true', options));
      attempt(`promises ${option}`, () => tools.require(tools.path.join(tools.root, 'promises.js')).spawn('true', options));
    }
    const started = tools.children().length;
    const children = { spawn: cp.spawn('sleep', ['60']), exec: cp.exec('exec sleep 60', () => {}), promisified: promisify(cp.execFile)('sleep', ['60']) };
    children.promisified.catch(() => {});
    children.promisified = children.promisified.child;
    for (const [name, child] of Object.entries(children)) {
      attempt(`kill tree ${name}`, () => child.kill('SIGKILL', { tree: true }));
      told[name] = [child.killed, child.kill('SIGKILL', { tree: false })];
    }
    // What asks for nothing is no request.
    await tools.collect(cp.spawn('true', [], { killTree: false, killOnParentExit: undefined }));
    return { told, started };
  }, { env: { RS_CHILD_PROCESS_NATIVE: '0' } });
  t.is(value.started, 0);
  for (const [name, answer] of Object.entries(value.told)) {
    if (Array.isArray(answer)) t.deepEqual(answer, [false, true], name);
    else t.regex(answer, / k/.test(name) ? /^ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: (killTree|killOnParentExit|tree)$/ : /^ERR_FEATURE/, name);
  }
});

ourTest('what the module has beyond Node\'s can be stubbed, and does not enumerate', async (t) => {
  const value = await freshValue(t, (cp) => ['createChannel', 'sharedMemory', 'native', 'nativeError'].map((name) => {
    const before = Object.getOwnPropertyDescriptor(cp, name);
    cp[name] = 'stub';
    const stubbed = cp[name];
    Object.defineProperty(cp, name, before);
    return [before.writable, before.configurable, before.enumerable, stubbed];
  }));
  t.deepEqual(value, Array(4).fill([true, true, false, 'stub']));
});

ourTest('with the addon native is true, and it does not enumerate', async (t) => {
  const value = await freshValue(t, (cp) => [cp.native, Object.keys(cp).includes('native'), cp.nativeError]);
  t.deepEqual(value, [true, false, '<undefined>']);
});

const major = Number(process.versions.node.split('.')[0]);
const flag = major >= 22 ? '--permission' : '--experimental-permission';
/** What each function does under a permission flag when the module is required from `from`. */
async function answers(from, more) {
  const script = `
    const cp = require(${JSON.stringify(from)});
    const report = { native: cp.native };
    for (const fn of ['spawn', 'execFile', 'exec', 'spawnSync', 'execFileSync', 'execSync', 'fork']) {
      try {
        const out = cp[fn]('/bin/echo');
        out?.on?.('error', () => {});
        report[fn] = 'ran';
      } catch (error) {
        report[fn] = [error.name, error.code, error.permission, error.message];
      }
    }
    process.stdout.write(JSON.stringify(report));
  `;
  const { stdout, stderr } = await run([flag, '--allow-fs-read=*', ...more, '-e', script], { env: { NODE_NO_WARNINGS: '1' } });
  return { ...JSON.parse(stdout), stderr };
}
// Where there is a permission for sockets the streams of our children need it.
const net = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : [];
for (const more of [
  [], ['--allow-addons', ...net], ['--allow-child-process'], ['--allow-addons', '--allow-child-process', ...net], ['--allow-worker'],
  ...(net.length > 0 ? [['--allow-addons', '--allow-child-process']] : []),
]) {
  ourTest(`under ${[flag, ...more].join(' ')} each function answers as Node's own does`, async (t) => {
    const expected = await answers('child_process', more);
    const { native, ...actual } = await answers(root, more);
    t.deepEqual(actual, expected);
    t.is(native, more.includes('--allow-addons') && net.every((permission) => more.includes(permission)));
  });
}

ourTest('DEP0190 warns once where the running Node warns', async (t) => {
  const script = (from) => `
    const cp = require(${JSON.stringify(from)});
    cp.spawn('true', ['a'], { shell: true, stdio: 'ignore' });
    cp.spawnSync('true', ['b'], { shell: true, stdio: 'ignore' });
    cp.spawn('true', [], { shell: true, stdio: 'ignore' });
    process.on('warning', (warning) => process.stdout.write(warning.name + ' ' + warning.code + ' ' + warning.message + '|'));
  `;
  const expected = await run(['-e', script('child_process')]);
  const actual = await run(['-e', script(root)]);
  t.is(actual.stdout, expected.stdout);
  if (major >= 24) t.regex(actual.stdout, /DEP0190/);
});

ourTest('the module has the keys, names and lengths of Node\'s own', (t) => {
  const stock = require('node:child_process');
  const ours = require(root);
  t.deepEqual(Object.keys(ours), Object.keys(stock));
  for (const key of Object.keys(stock)) {
    t.is(typeof ours[key], typeof stock[key], key);
    t.is(ours[key].name, stock[key].name, key);
    t.is(ours[key].length, stock[key].length, key);
  }
});

ourTest('an ES module import has the same names as one of Node\'s own', async (t) => {
  const stock = await import('node:child_process');
  const ours = await import(`file://${path.join(root, 'index.mjs')}`);
  const names = Object.keys(ours).filter((name) => !['createChannel', 'native', 'nativeError', 'sharedMemory'].includes(name) && name !== 'module.exports').sort();
  const expected = Object.keys(stock).filter((name) => name !== 'module.exports').sort();
  t.deepEqual(expected.filter((name) => !names.includes(name)), []);
  t.is(ours.spawn, require(root).spawn);
});

ourTest('without the addon the package loads also where exec has been promisified before', async (t) => {
  const program = `
    const { exec } = require('node:child_process');
    const { promisify } = require('node:util');
    promisify(exec);
    promisify(require('node:child_process').execFile);
    const ours = require(${JSON.stringify(root)});
    promisify(ours.exec)('echo works').then(({ stdout }) => process.stdout.write(stdout));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { env: { ...process.env, RS_CHILD_PROCESS_NATIVE: '0' } });
  t.is(stdout, 'works\n');
});
