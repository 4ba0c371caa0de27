'use strict';

// Every kind of value in every place of the public functions: what is refused is refused with the same class, code and
// message; what is accepted has the same outcome.

const path = require('node:path');
const { pathToFileURL } = require('node:url');

const scenarios = [];
const add = (title, run, more = {}) => scenarios.push({ title, run, ...more });

const values = {
  'undefined': undefined, 'null': null, 'true': true, 'false': false, '0': 0, '-0': -0, '1': 1, '-1': -1, '1.5': 1.5,
  'NaN': NaN, 'Infinity': Infinity, '2**31': 2 ** 31, '2**32': 2 ** 32, '-(2**31)': -(2 ** 31), '2**53': 2 ** 53,
  'empty string': '', 'string': 'nonexistent', 'numeric string': '5', 'string with NUL': 'a\0b',
  'empty object': {}, 'object': { a: 1 }, 'empty array': [], 'array': ['x'], 'function': function named() {},
  'symbol': Symbol('s'), 'bigint': 10n, 'date': new Date(0), 'regexp': /x/, 'buffer': Buffer.from('xy'), 'map': new Map(),
  'http URL': new URL('http://localhost/'), 'boxed string': Object('x'), 'class': class Named {},
};

const isChild = (value) => value !== null && typeof value === 'object' && typeof value.kill === 'function';

/** Makes the call; notes what it throws, returns or, for a child, how that ends. */
async function outcome(ctx, label, call) {
  let result;
  try {
    result = call();
  } catch (error) {
    ctx.note(label, 'throws', error);
    return;
  }
  if (isChild(result)) {
    ctx.watch(result, { name: label });
    result.stdin?.end();
    await ctx.closed(result);
  } else {
    ctx.note(label, 'returns', result);
  }
}

/** One scenario: `call(cp, value)` for each kind of value. */
function each(title, call, leaveOut = []) {
  add(title, async (cp, ctx) => {
    for (const [name, value] of Object.entries(values)) {
      if (!leaveOut.includes(name)) await outcome(ctx, name, () => call(cp, value));
    }
  });
}

const callback = (cp, start) => new Promise((resolve, reject) => {
  try {
    start((...results) => resolve({ results }));
  } catch (error) {
    reject(error);
  }
});

/** The same for functions with a callback: what it received counts, too. */
function eachCallback(title, call, leaveOut = []) {
  add(title, async (cp, ctx) => {
    for (const [name, value] of Object.entries(values)) {
      if (leaveOut.includes(name)) continue;
      try {
        ctx.note(name, 'callback', (await callback(cp, (done) => call(cp, value, done))).results);
      } catch (error) {
        ctx.note(name, 'throws', error);
      }
    }
  });
}

// A small timeout fires at the whim of the scheduler, or a too large one becomes small; stock aborts on a uid of -0.
const CHANCE = { timeout: ['1', '2**31', '2**32', '2**53'], uid: ['-0'], gid: ['-0'] };
// A child that ends without reading its input makes EPIPE a race.
const reader = (option) => (option === 'input' ? 'cat' : 'true');
const COMMON = ['cwd', 'detached', 'uid', 'gid', 'shell', 'argv0', 'windowsHide', 'windowsVerbatimArguments', 'timeout', 'killSignal', 'env'];

each('spawn: the command', (cp, value) => cp.spawn(value));
each('spawn: the arguments', (cp, value) => cp.spawn('true', value));
each('spawn: one argument', (cp, value) => cp.spawn('printf', ['[%s]', value]));
each('spawnSync: one argument', (cp, value) => cp.spawnSync('printf', ['[%s]', value]));
for (const [name, odd] of Object.entries({
  'a toString that throws': { toString() { throw new RangeError('mine'); } }, 'no toString': { __proto__: null }, 'a toString with NUL': { toString: () => 'a\0b' },
})) {
  add(`an argument with ${name}`, async (cp, ctx) => {
    await outcome(ctx, 'spawn', () => cp.spawn('printf', ['[%s]', 'a', odd, 'b']));
    await outcome(ctx, 'spawnSync', () => cp.spawnSync('printf', ['[%s]', 'a', odd, 'b']));
  });
}
each('spawn: the options', (cp, value) => cp.spawn('true', [], value));
for (const name of [...COMMON, 'signal', 'serialization', 'stdio', 'encoding', 'maxBuffer', 'unknown']) {
  each(`spawn: the option ${name}`, (cp, value) => cp.spawn('true', [], { [name]: value }), CHANCE[name]);
}
// Stock aborts the process on numbers that are no 32-bit integers from Node 22 on.
const NO_INT32 = ['-0', '1.5', 'NaN', 'Infinity', '2**31', '2**32', '2**53'];
each('spawn: an entry of stdio', (cp, value) => cp.spawn('true', [], { stdio: ['ignore', 'ignore', value] }), NO_INT32);
each('spawn: the length of stdio', (cp, value) => cp.spawn('true', [], { stdio: { length: value } }));

each('spawnSync: the command', (cp, value) => cp.spawnSync(value));
each('spawnSync: the arguments', (cp, value) => cp.spawnSync('true', value));
each('spawnSync: the options', (cp, value) => cp.spawnSync('true', [], value));
for (const name of [...COMMON, 'stdio', 'encoding', 'maxBuffer', 'input', 'signal', 'unknown']) {
  each(`spawnSync: the option ${name}`, (cp, value) => cp.spawnSync(reader(name), [], { [name]: value }), CHANCE[name]);
}
each('spawnSync: an entry of stdio', (cp, value) => cp.spawnSync('true', [], { stdio: ['ignore', 'ignore', value] }), NO_INT32);
each('spawnSync: the input of an entry of stdio', (cp, value) => cp.spawnSync('cat', [], { stdio: [{ type: 'pipe', readable: true, writable: false, input: value }, 'pipe', 'pipe'] }));

each('execFileSync: the command', (cp, value) => cp.execFileSync(value));
each('execFileSync: the second argument', (cp, value) => cp.execFileSync('true', value));
each('execFileSync: the options', (cp, value) => cp.execFileSync('true', [], value));
each('execSync: the command', (cp, value) => cp.execSync(value, { stdio: 'pipe' }));
each('execSync: the options', (cp, value) => cp.execSync('true', value));
for (const name of ['shell', 'encoding', 'maxBuffer', 'input', 'timeout', 'stdio']) {
  each(`execSync: the option ${name}`, (cp, value) => cp.execSync(reader(name), { [name]: value }), CHANCE[name]);
}

eachCallback('execFile: the command', (cp, value, done) => cp.execFile(value, done));
eachCallback('execFile: the second argument', (cp, value, done) => cp.execFile('true', value, done), ['function', 'class']);
eachCallback('execFile: the third argument', (cp, value, done) => cp.execFile('true', [], value, done), ['function', 'class']);
eachCallback('exec: the command', (cp, value, done) => cp.exec(value, done));
eachCallback('exec: the options', (cp, value, done) => cp.exec('true', value, done), ['function', 'class']);
for (const name of ['encoding', 'maxBuffer', 'timeout', 'killSignal', 'cwd', 'env', 'shell', 'signal', 'uid', 'windowsHide', 'stdio']) {
  eachCallback(`exec: the option ${name}`, (cp, value, done) => cp.exec('printf "%s" a', { [name]: value }, done), CHANCE[name]);
  eachCallback(`execFile: the option ${name}`, (cp, value, done) => cp.execFile('printf', ['%s', 'a'], { [name]: value }, done), CHANCE[name]);
}
each('execFile: the callback', (cp, value) => cp.execFile('true', [], {}, value), ['function', 'class']);
each('exec: the callback', (cp, value) => cp.exec('true', {}, value), ['function', 'class']);
each('execFile: a callback in place of options, and something behind it', (cp, value) => cp.execFile('true', () => {}, value));

const encodings = ['utf8', 'utf-8', 'UTF8', 'latin1', 'binary', 'ascii', 'hex', 'base64', 'base64url', 'utf16le', 'ucs2', 'buffer', 'BUFFER', 'nonsense'];
add('every encoding of exec, execFile and the sync forms', async (cp, ctx) => {
  for (const encoding of encodings) {
    const script = 'printf "\\303\\251\\000\\377x"; printf "e\\303\\251" >&2';
    ctx.note(encoding, 'exec', (await callback(cp, (done) => cp.exec(script, { encoding }, done))).results);
    ctx.note(encoding, 'execFile', (await callback(cp, (done) => cp.execFile('sh', ['-c', script], { encoding }, done))).results);
    await outcome(ctx, encoding, () => cp.spawnSync('sh', ['-c', script], { encoding }));
    await outcome(ctx, encoding, () => cp.execFileSync('sh', ['-c', script], { encoding, stdio: 'pipe' }));
    await outcome(ctx, encoding, () => cp.execSync(script, { encoding, stdio: 'pipe' }));
  }
});

const nul = 'a\0b';
const nulCalls = {
  'the command': (cp, fn) => cp[fn](nul),
  'an argument': (cp, fn) => cp[fn]('echo', ['fine', nul]),
  'cwd': (cp, fn) => cp[fn]('echo', [], { cwd: nul }),
  'a cwd URL': (cp, fn) => cp[fn]('echo', [], { cwd: new URL('file:///tmp/a%00b') }),
  'argv0': (cp, fn) => cp[fn]('echo', [], { argv0: nul }),
  'an environment key': (cp, fn) => cp[fn]('echo', [], { env: { [nul]: 'x' } }),
  'an environment value': (cp, fn) => cp[fn]('echo', [], { env: { X: nul } }),
  'the shell': (cp, fn) => cp[fn]('echo', [], { shell: nul }),
  'the command with a shell': (cp, fn) => cp[fn](nul, [], { shell: true }),
  'an argument with a shell': (cp, fn) => cp[fn]('echo', [nul], { shell: true }),
  'an argument that converts to it': (cp, fn) => cp[fn]('printf', ['[%s]', { toString: () => nul }]),
  'an environment value that converts to it': (cp, fn) => cp[fn]('env', [], { env: { X: { toString: () => nul } } }),
};
for (const [place, call] of Object.entries(nulCalls)) {
  add(`a NUL byte in ${place} is treated as stock treats it`, async (cp, ctx) => {
    for (const fn of ['spawn', 'execFile', 'spawnSync', 'execFileSync']) await outcome(ctx, fn, () => call(cp, fn));
  });
}
add('a NUL byte in the command of exec and execSync is refused', async (cp, ctx) => {
  await outcome(ctx, 'exec', () => cp.exec(nul));
  await outcome(ctx, 'execSync', () => cp.execSync(nul));
  await outcome(ctx, 'exec shell', () => cp.exec('true', { shell: nul }));
});

for (const [name, make] of Object.entries({
  'file URL with a host': () => new URL('file://host/tmp'),
  'file URL with an encoded slash': () => new URL('file:///tmp/a%2Fb'),
  'look-alike of a URL': () => ({ href: 'file:///usr', protocol: 'file:', pathname: '/usr', hostname: '' }),
  'Buffer': () => Buffer.from('/usr'),
  'file URL': () => pathToFileURL(path.resolve('/usr')),
})) {
  add(`a ${name} as cwd is treated as stock treats it`, async (cp, ctx) => {
    for (const fn of ['spawn', 'execFile', 'spawnSync']) await outcome(ctx, fn, () => cp[fn]('pwd', [], { cwd: make() }));
  });
}

add('functions refuse to be called with nothing', async (cp, ctx) => {
  for (const fn of ['spawn', 'execFile', 'exec', 'spawnSync', 'execFileSync', 'execSync']) await outcome(ctx, fn, () => cp[fn]());
});

add('options are read from own properties and through getters as in stock', async (cp, ctx) => {
  const child = Object.create({ cwd: '/usr', argv0: 'inherited' });
  await outcome(ctx, 'inherited', () => cp.spawn('sh', ['-c', 'pwd; echo $0'], child));
  await outcome(ctx, 'getter', () => cp.spawn('pwd', [], { get cwd() { return '/usr'; } }));
  await outcome(ctx, 'throwing getter', () => cp.spawn('pwd', [], { get cwd() { throw new Error('mine'); } }));
  await outcome(ctx, 'not enumerable', () => cp.spawn('pwd', [], Object.defineProperty({}, 'cwd', { value: '/usr' })));
  await outcome(ctx, 'null prototype', () => cp.spawn('pwd', [], Object.assign(Object.create(null), { cwd: '/usr' })));
  await outcome(ctx, 'proxy', () => cp.spawn('pwd', [], new Proxy({ cwd: '/usr' }, {})));
});

/** Sets keys on Object.prototype for the synchronous part of `body`. */
function polluted(keys, body) {
  Object.assign(Object.prototype, keys); // eslint-disable-line no-extend-native
  try {
    return body();
  } finally {
    for (const key of Object.keys(keys)) delete Object.prototype[key];
  }
}

// Not `signal`: stock's own net.Socket stumbles over that one.
const pollution = {
  shell: '/nonexistent', cwd: '/nonexistent', argv0: 'polluted', uid: 12345, gid: 12345, detached: true, execPath: '/nonexistent',
  killSignal: 'SIGKILL', timeout: 1, input: 'polluted', maxBuffer: 1, encoding: 'hex',
};
for (const [key, value] of Object.entries(pollution)) {
  add(`a polluted Object.prototype.${key} has the effect that it has in stock`, async (cp, ctx) => {
    const script = 'pwd; echo $0; id -u; sleep 0.05';
    await outcome(ctx, 'spawn', () => polluted({ [key]: value }, () => cp.spawn('sh', ['-c', script])));
    await outcome(ctx, 'spawn with options', () => polluted({ [key]: value }, () => cp.spawn('sh', ['-c', script], { windowsHide: true })));
    await outcome(ctx, 'spawnSync', () => polluted({ [key]: value }, () => cp.spawnSync('sh', ['-c', script])));
    await outcome(ctx, 'spawnSync with options', () => polluted({ [key]: value }, () => cp.spawnSync('sh', ['-c', script], { windowsHide: true })));
    await outcome(ctx, 'execSync', () => polluted({ [key]: value }, () => cp.execSync(script)));
    ctx.note('exec', 'callback', (await callback(cp, (done) => polluted({ [key]: value }, () => cp.exec(script, done)))).results);
    ctx.note('execFile', 'callback', (await callback(cp, (done) => polluted({ [key]: value }, () => cp.execFile('sh', ['-c', script], {}, done)))).results);
  });
}
add('polluted names of the internal start request have no effect', async (cp, ctx) => {
  // Not `readable` and `ipc`, over which stock itself stumbles.
  const keys = { file: '/nonexistent', args: ['x'], envPairs: ['X=polluted'], flags: -1, type: 'ignore', fd: 99, stdio: 'ignore', handle: {}, wrapType: 'x' };
  for (const [key, value] of Object.entries(keys)) {
    await outcome(ctx, `${key} spawn`, () => polluted({ [key]: value }, () => cp.spawn('sh', ['-c', 'echo fine'])));
    await outcome(ctx, `${key} spawnSync`, () => polluted({ [key]: value }, () => cp.spawnSync('sh', ['-c', 'echo fine'])));
  }
});

module.exports = scenarios;
