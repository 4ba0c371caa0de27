'use strict';

// What a checkout and an installed package load: the one its sources and never dist/, the other dist/, which says what the sources say, is
// refused where it is of other sources, and can be read in a stack. A forked child does without dist/ or with a broken one.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { isBuiltin } = require('node:module');
const { execFileSync } = require('node:child_process');
const test = require('ava');

const root = path.join(__dirname, '..', '..');
const made = ['start.js', 'modules.js', 'child.cjs'];
const LOADER = 'lib/addon/module-loader.js';

let scripts;
test.before(async () => {
  scripts = { ...await import('../../scripts/bundle.mjs'), ...await import('../../scripts/parts.mjs') };
});

function temporary(t) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'rs-bundle-')));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function withChild(folder) {
  fs.writeFileSync(path.join(folder, 'child.js'), `
    const seen = [process.execArgv, process._preload_modules, Object.keys(require.cache).length];
    process.on('message', (message) => {
      if (message === 'end') process.disconnect();
      else process.send([message, String(process._send).includes('refuseUnsendable'), seen]);
    });
    process.on('disconnect', () => { process.exitCode = 7; });`);
  return folder;
}

// A package as it is installed, which may be harmed.
const installed = (t) => withChild(scripts.packedCopy(path.join(temporary(t), 'package')));

// A checkout, with a dist/ in it that does not work.
function checkout(t) {
  const folder = temporary(t);
  for (const entry of ['index.js', 'promises.js', 'register.js', 'lib', 'native.js', 'package.json']) fs.cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
  for (const addon of fs.readdirSync(root).filter((file) => file.endsWith('.node'))) fs.linkSync(path.join(root, addon), path.join(folder, addon));
  fs.mkdirSync(path.join(folder, 'dist'));
  for (const file of made) fs.writeFileSync(path.join(folder, 'dist', file), 'throw new Error("dist/ was loaded");');
  return withChild(folder);
}

const run = (file, args = []) => execFileSync(process.execPath, [...args, file], { encoding: 'utf8' });

function program(folder, text) {
  const file = path.join(folder, 'program.js');
  fs.writeFileSync(file, text);
  return file;
}

async function talk(cp, folder, serialization) {
  const child = cp.fork(path.join(folder, 'child.js'), [], { execArgv: [], serialization });
  const answers = [];
  child.on('message', (message) => answers.push(message));
  for (let i = 0; i < 20; i++) child.send({ i });
  child.send('end');
  const code = await new Promise((resolve) => { child.once('close', resolve); });
  return { code, messages: answers.map(([message]) => message.i), isOurs: answers[0][1], traces: answers[0][2] };
}

test('what is edited in a checkout is what runs, in a parent and in a forked child, and stacks name its file and line', (t) => {
  const folder = checkout(t);
  const edit = (name, add) => fs.appendFileSync(path.join(folder, 'lib', name), add);
  edit('public/spawn.js', "\nmodule.exports.spawn = function edited() { throw new RangeError('of the edit'); };\n");
  edit('channel/channel.js', "\nif (process.channel === undefined && process.argv[2] === 'child') process.edited = true;\n");
  const stack = run(program(folder, `
    require('fs').writeFileSync(__dirname + '/told.js', 'process.send(String(process.edited)); process.disconnect();');
    try { require('./index').spawn('true'); } catch (error) { console.log(error.stack); }
    require('./index').fork(__dirname + '/told.js', ['child'], { execArgv: [] }).on('message', (message) => console.log('child', message));`));
  const lines = fs.readFileSync(path.join(folder, 'lib/public/spawn.js'), 'utf8').split('\n');
  const [, file, line] = /at .*edited.* \(?([^()\s]+):(\d+):/.exec(stack);
  t.is(file, path.join(folder, 'lib/public/spawn.js'));
  t.true(lines[line - 1].includes('of the edit'));
  t.true(stack.endsWith('child true\n'));
});

test('an installed package has no lib/, and its stacks name a line of dist/ in which the code can be read', (t) => {
  const folder = installed(t);
  t.false(fs.existsSync(path.join(folder, 'lib')));
  const stack = run(program(folder, `
    Error.stackTraceLimit = 50;
    const cp = require('./index');
    const file = { toString() { console.log(new Error('here').stack); return 'x'; } };
    cp.spawn('true', [file]);
    const [left, right] = cp.createChannel();
    right.on('message', () => right.disconnect());
    left.send({ toJSON() { console.log(new Error('there').stack); return 1; } });`));
  const frames = [...stack.matchAll(/at (\S+) .*?([^()\s]+[/]dist[/][^()\s]+):(\d+):(\d+)\)?$/gm)];
  t.true(frames.length > 4, stack);
  t.deepEqual(new Set(frames.map(([, , file]) => file)).size, 2, stack);
  for (const [, name, file, line] of frames) {
    const text = fs.readFileSync(file, 'latin1').split('\n').slice(0, line).reverse();
    t.regex(text[0], /\w+\(|`/);
    const method = name.split('.').at(-1);
    if (/^[a-z]/.test(method) && method !== 'eval') t.true(text.slice(0, 60).some((above) => above.includes(method)), `${name} is not near ${file}:${line}`);
  }
});

test('dist/ is refused where a part of it is of other sources', (t) => {
  const folder = installed(t);
  const file = path.join(folder, 'dist', 'modules.js');
  const [hash] = /[0-9a-f]{16}/.exec(fs.readFileSync(file, 'latin1'));
  fs.writeFileSync(file, fs.readFileSync(file, 'latin1').replaceAll(hash, hash.split('').reverse().join('')));
  const told = run(program(folder, "try { require('./index').createChannel(); } catch (error) { console.log(error.message); }"));
  t.regex(told, /modules\.js belongs to another version of rs-child-process/);
});

test('the hash in dist/ is that of its sources', async (t) => {
  const texts = scripts.bundleTexts();
  t.deepEqual(Object.keys(texts), made);
  const hashes = Object.values(texts).map((text) => /\bhash"?: ?['"]([0-9a-f]{16})/.exec(text)[1]);
  t.is(new Set(hashes).size, 1);
  const folder = installed(t);
  for (const file of made) t.true(fs.readFileSync(path.join(folder, 'dist', file), 'latin1') === texts[file], file);
  fs.writeFileSync(path.join(folder, 'dist', 'old.js'), '');
  fs.appendFileSync(path.join(folder, 'dist', 'start.js'), '// stale');
  scripts.bundle(folder);
  t.deepEqual(fs.readdirSync(path.join(folder, 'dist')).sort(), [...made].sort(), 'what does not belong there is removed');
  t.is(fs.readFileSync(path.join(folder, 'dist', 'start.js'), 'latin1'), texts['start.js']);
});

test('every module of the package is in dist/modules.js, compiles, and names what is there', (t) => {
  const { modules } = require(path.join(installed(t), 'dist', 'modules.js'));
  for (const [id, define] of Object.entries(modules)) {
    t.is(typeof define, 'function', id);
    for (const [, request] of String(define).matchAll(/ours\('(lib\/[^']+)'\)/g)) t.true(request in modules || request === LOADER, `${id} requires ${request}`);
    t.notRegex(String(define), /require\('\.\/|ours\('undefined/, id);
  }
  const sources = fs.readdirSync(path.join(root, 'lib'), { recursive: true }).filter((file) => file.endsWith('.js')).map((file) => `lib/${file}`);
  t.deepEqual(Object.keys(modules).sort(), ['package.json', ...sources.filter((id) => id !== LOADER)].sort());
});

test('the parts that are compiled together have what their modules load at once', (t) => {
  const atOnce = (id) => {
    const text = fs.readFileSync(path.join(root, id), 'utf8');
    return [...text.matchAll(/^(?:const \S.*?|\}) = require\('(\.[^']+)'\)/gm)]
      .map(([, request]) => path.posix.join(path.posix.dirname(id), request))
      .map((file) => [file, `${file}.js`, `${file}/index.js`].find((one) => /\.js(?:on)?$/.test(one) && fs.existsSync(path.join(root, one))))
      .filter((file) => file !== LOADER);
  };
  const { AT_LOAD, TOGETHER: { base, ...others } } = scripts;
  for (const [name, part, known] of [['AT_LOAD', AT_LOAD, []], ['base', base, []], ...Object.entries(others).map(([name, part]) => [name, part, base])]) {
    for (const id of part.filter((one) => one !== 'package.json')) {
      for (const file of atOnce(id)) t.true([...part, ...known, ...name === 'advanced' ? others.channel : []].includes(file), `${name}: ${id} loads ${file}`);
    }
  }
});

const seenScripts = `
  const { Session } = require('node:inspector');
  const session = new Session();
  session.connect();
  const seen = [];
  session.on('Debugger.scriptParsed', ({ params: { url } }) => { if (url.includes(__dirname)) seen.push(url.slice(url.indexOf(__dirname) + __dirname.length + 1)); });
  session.post('Debugger.enable', () => {
    seen.length = 0;
    require('./index');
    console.log(seen.join());
  });`;

test('what the list says is compiled at load is what is compiled, and nothing else', (t) => {
  const ofDist = installed(t);
  t.deepEqual(run(program(ofDist, seenScripts)).trim().split(','), ['index.js', 'dist/start.js']);
  const ofSources = checkout(t);
  const expected = ['index.js', LOADER, ...scripts.AT_LOAD.filter((id) => id !== 'package.json')];
  t.deepEqual(run(program(ofSources, seenScripts)).trim().split(',').sort(), expected.sort());
});

test('tools that gather a program by reading it find in dist/ what they look for', (t) => {
  const folder = installed(t);
  const texts = made.slice(0, 2).map((file) => fs.readFileSync(path.join(folder, 'dist', file), 'latin1'));
  const doors = ['index.js', 'register.js', 'promises.js'].map((file) => fs.readFileSync(path.join(folder, file), 'utf8'));
  for (const [, request] of texts.join('').matchAll(/\brequire\(([^()]*)\)/g)) {
    // The addon's package, of which such tools know how it is looked for.
    if (request === 'request') continue;
    const [, name] = /^'(.+)'$/.exec(request) ?? [];
    t.true(isBuiltin(name) || ['./modules.js', '../native.js'].includes(name), request);
  }
  for (const door of doors) t.true(door.includes("require('./dist/start.js')"));
  const [start, modules] = texts;
  t.true(start.includes("require('./modules.js')") && start.includes("require('../native.js')"));
  t.true(modules.includes("join(__dirname, 'child.cjs')"));
});

test('a program that a tool has put into one file loads the package out of it', (t) => {
  const folder = installed(t);
  // As such tools do it: each module as a function, found by the name by which it is required.
  const wrap = (file) => `${JSON.stringify(file)}: (module, exports, require) => {${fs.readFileSync(path.join(folder, file), 'utf8')}\n}`;
  const elsewhere = path.join(temporary(t), 'one.js');
  fs.writeFileSync(elsewhere, `
    const files = { ${['index.js', 'dist/start.js', 'dist/modules.js'].map(wrap).join(',\n')} };
    const loaded = {};
    const requireFrom = (from) => (request) => {
      if (request.endsWith('native.js')) return require(${JSON.stringify(path.join(folder, 'native.js'))});
      if (request[0] !== '.') return require(request);
      const id = require('node:path').posix.join(from, request);
      if (loaded[id] === undefined) files[id](loaded[id] = { exports: {}, constructor: module.constructor }, loaded[id].exports, requireFrom(require('node:path').dirname(id)));
      return loaded[id].exports;
    };
    const cp = requireFrom('.')('./index.js');
    const [left, right] = cp.createChannel();
    right.on('message', (message) => { console.log(cp.native, message); right.disconnect(); });
    left.send('there');`);
  t.is(run(elsewhere), 'true there\n');
});

const doors = `
  const before = Object.keys(require.cache);
  const cp = require('./index');
  require('./register');
  const child = require('node:child_process').spawn('cat');
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const loaded = Object.keys(require.cache).filter((file) => !before.includes(file) && file.endsWith('.js'));
    console.log(text, child instanceof cp.ChildProcess, cp.spawn === require('node:child_process').spawn, loaded.length);
    require('./promises').exec('echo there').then(({ stdout }) => console.log(stdout));
    const [left, right] = cp.createChannel();
    left.on('message', (message) => { console.log(message); left.disconnect(); }).on('disconnect', () => console.log('end'));
    right.send({ a: 1 });
  });
  child.stdin.end('here');`;

for (const [title, make] of [
  // index.js, register.js, and the module loader: nothing else is in Node's table.
  ['an installed package', installed],
  ['a checkout', checkout],
]) {
  test(`all doors of ${title} lead to the same functions`, (t) => {
    const folder = make(t);
    const lines = run(program(folder, doors)).split('\n').filter(Boolean);
    const [, files] = /^here true true (\d+)$/.exec(lines.shift());
    t.is(files, '3');
    t.deepEqual(lines.sort(), ['end', 'there', '{ a: 1 }']);
  });
}

for (const [title, harm] of [
  ['has been removed', (folder) => fs.rmSync(folder, { recursive: true })],
  ['may no longer be read', (folder) => fs.rmSync(path.join(folder, 'dist'), { recursive: true })],
]) {
  test(`a package whose folder ${title} since it was loaded forks, and sends handles, all the same`, async (t) => {
    t.timeout(60_000);
    const folder = installed(t);
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-bundle-'));
    t.teardown(() => fs.rmSync(elsewhere, { recursive: true, force: true }));
    const child = path.join(elsewhere, 'child.js');
    fs.writeFileSync(child, "process.on('message', (message, server) => { process.send([message, server.listening]); server.close(); });");
    const file = program(elsewhere, `
      const cp = require(${JSON.stringify(folder)});
      process.on('message', () => {
        const child = cp.fork(${JSON.stringify(child)});
        const server = require('node:net').createServer().listen(0, '127.0.0.1', () => child.send('a server', server));
        child.on('message', (answer) => { process.send(answer); server.close(); child.disconnect(); process.disconnect(); });
      });
      process.send('loaded');`);
    const parent = require('node:child_process').fork(file, [], { execArgv: [] });
    const answers = [];
    parent.on('message', (message) => {
      if (message !== 'loaded') return answers.push(message);
      harm(folder);
      parent.send('go');
    });
    const code = await new Promise((resolve) => { parent.once('close', resolve); });
    t.deepEqual([code, answers], [0, [['a server', true]]]);
  });
}

for (const serialization of ['json', 'advanced']) {
  for (const [title, make] of [
    ['whose folder has a broken package.json', (folder) => {
      fs.mkdirSync(path.join(folder, 'broken', 'below'), { recursive: true });
      fs.writeFileSync(path.join(folder, 'broken', 'package.json'), '{ bad');
      return { cwd: path.join(folder, 'broken', 'below') };
    }],
    ['whose Node reports what it loads', () => ({ env: { ...process.env, WATCH_REPORT_DEPENDENCIES: '1' } })],
  ]) {
    test(`a child ${title} is left to Node's side (${serialization})`, async (t) => {
      t.timeout(60_000);
      const folder = installed(t);
      const child = require(folder).fork(path.join(folder, 'child.js'), [], { execArgv: [], serialization, ...make(folder) });
      const answers = [];
      child.on('message', (message) => { if (Array.isArray(message)) answers.push(message); });
      child.send({ i: 1 });
      child.send('end');
      t.is(await new Promise((resolve) => { child.once('close', resolve); }), 7);
      t.deepEqual(answers.map(([{ i }, isOurs]) => [i, isOurs]), [[1, false]]);
    });
  }

  for (const [title, harm, isOurs] of [
    ['all its files', () => {}, true],
    ['nothing to preload', (file) => fs.rmSync(file('child.cjs')), false],
    ['no modules', (file) => fs.rmSync(file('modules.js')), false],
    ['empty modules', (file) => fs.writeFileSync(file('modules.js'), ''), false],
    ['modules that were cut short', (file) => fs.truncateSync(file('modules.js'), 20_000), false],
    ['modules without the last of them', (file) => fs.truncateSync(file('modules.js'), 200_000), false],
    ['modules of another version', (file) => fs.writeFileSync(file('modules.js'), fs.readFileSync(file('modules.js'), 'latin1').replace(/"hash":"./, '"hash":"x')), false],
  ]) {
    test(`a child talks with ${title}, and finds no trace of it (${serialization})`, async (t) => {
      const folder = installed(t);
      const cp = require(folder);
      harm((file) => path.join(folder, 'dist', file));
      const { code, messages, isOurs: side, traces } = await talk(cp, folder, serialization);
      t.is(code, 7);
      t.deepEqual(messages, Array.from({ length: 20 }, (_, i) => i));
      t.deepEqual(traces, [[], [], 1]);
      t.is(side, isOurs, 'whose side it is');
    });
  }
}
