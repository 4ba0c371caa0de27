'use strict';

// The files out of which the package loads its own modules: that they say what the sources say, that a forked child does as well
// without its own or with a broken one, and the package without its three.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { isBuiltin } = require('node:module');
const { execFileSync } = require('node:child_process');
const test = require('ava');

const root = path.join(__dirname, '..', '..');
const later = 'lib/preload/child-side.bundle';
const preloads = ['lib/preload/child-side-json.cjs', 'lib/preload/child-side-advanced.cjs'];
const made = ['lib/addon/core.bundle.js', 'lib/addon/channel.bundle.js', 'lib/addon/rest.bundle.js'];

// A copy of the package whose bundle may be harmed.
function copy(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-bundle-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const entry of ['index.js', 'promises.js', 'register.js', 'lib', 'native.js', 'package.json']) fs.cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
  for (const addon of fs.readdirSync(root).filter((file) => file.endsWith('.node'))) fs.linkSync(path.join(root, addon), path.join(folder, addon));
  fs.writeFileSync(path.join(folder, 'child.js'), `
    const seen = [process.execArgv, process._preload_modules, Object.keys(require.cache).length];
    process.on('message', (message) => {
      if (message === 'end') process.disconnect();
      else process.send([message, String(process._send).includes('refuseUnsendable'), seen]);
    });
    process.on('disconnect', () => { process.exitCode = 7; });`);
  return folder;
}

async function talk(folder, serialization) {
  const child = require(folder).fork(path.join(folder, 'child.js'), [], { execArgv: [], serialization });
  const answers = [];
  child.on('message', (message) => answers.push(message));
  for (let i = 0; i < 20; i++) child.send({ i });
  child.send('end');
  const code = await new Promise((resolve) => { child.once('close', resolve); });
  return { code, messages: answers.map(([message]) => message.i), isOurs: answers[0][1], traces: answers[0][2] };
}

test('the bundles are what the sources make of them', async (t) => {
  const { bundleTexts } = await import('../../scripts/bundle.mjs');
  const texts = bundleTexts((file) => fs.readFileSync(path.join(root, file), 'utf8'));
  t.deepEqual(Object.keys(texts), [later, ...preloads, ...made]);
  for (const [file, text] of Object.entries(texts)) t.true(fs.readFileSync(path.join(root, file), 'latin1') === text, file);
});

for (const preload of preloads) {
  test(`every module that a child has by ${path.basename(preload)} compiles, and names what is there`, (t) => {
    const begin = fs.readFileSync(path.join(root, preload), 'latin1').split('\nconst path = ')[0];
    const { now, later: places, end } = require('node:vm').runInThisContext(`(() => {${begin}\nreturn bundled;\n})()`);
    const text = fs.readFileSync(path.join(root, later), 'latin1');
    t.is(text.length, end);
    const definitions = { ...now };
    for (const [id, place] of Object.entries(places)) definitions[id] ??= require('node:vm').runInThisContext(text.slice(place.from, place.to));
    complete(t, definitions);
  });
}

function complete(t, definitions) {
  for (const [id, define] of Object.entries(definitions)) {
    t.is(typeof define, 'function', id);
    for (const [, request] of String(define).matchAll(/(?:require|ours)\('(lib\/[^']+)'\)/g)) t.true(request in definitions, `${id} requires ${request}`);
  }
}

test('every module of the package is in one of its three files, and names what is there', (t) => {
  const files = made.map((file) => require(path.join(root, file)));
  complete(t, Object.assign({}, ...files));
  const ids = files.flatMap((file) => Object.keys(file));
  t.is(new Set(ids).size, ids.length, 'each in one of them');
  const sources = fs.readdirSync(path.join(root, 'lib'), { recursive: true }).filter((file) => file.endsWith('.js')).map((file) => `lib/${file}`);
  const rest = ['lib/preload/child.cjs', 'lib/addon/module-loader.js', ...made];
  t.deepEqual(ids.filter((id) => id !== 'package.json').sort(), sources.filter((id) => !rest.includes(id)).sort());
});

test('tools that gather a program by reading it find in the three files what they look for', (t) => {
  const texts = ['lib/addon/module-loader.js', ...made].map((file) => fs.readFileSync(path.join(root, file), 'utf8'));
  const [load, core] = texts;
  for (const [, request] of texts.join('').matchAll(/\brequire\(([^()]*)\)/g)) {
    // The addon's file, of which such tools know how it is looked for.
    if (request === 'request') continue;
    const [, name] = /^'(.+)'$/.exec(request) ?? [];
    t.true(isBuiltin(name) || ['./core.bundle', './channel.bundle', './rest.bundle', '../../native.js'].includes(name), request);
  }
  for (const name of ['core', 'channel', 'rest']) t.true(load.includes(`require('./${name}.bundle')`));
  t.true(core.includes("require('../../native.js')") && core.includes('`../../rs-child-process.${name}.node`'));
  for (const preload of preloads) t.true(core.includes(`join(__dirname, '..', 'preload', '${path.basename(preload)}')`));
});

const program = `
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

for (const [title, harm, check] of [
  ['out of the files that were made', () => {}, (t, files) => t.is(files, 4)],
  ['one by one without them', (folder) => made.forEach((file) => fs.rmSync(path.join(folder, file))), (t, files) => t.true(files > 20)],
]) {
  test(`the package loads ${title}, and all its doors lead to the same functions`, (t) => {
    const folder = copy(t);
    harm(folder);
    fs.writeFileSync(path.join(folder, 'program.js'), program);
    const lines = execFileSync(process.execPath, [path.join(folder, 'program.js')], { encoding: 'utf8' }).split('\n').filter(Boolean);
    const [, files] = /^here true true (\d+)$/.exec(lines.shift());
    check(t, Number(files));
    t.deepEqual(lines.sort(), ['end', 'there', '{ a: 1 }']);
  });
}

for (const [title, harm] of [
  ['has been removed', (folder) => fs.rmSync(folder, { recursive: true })],
  ['may no longer be read', (folder) => fs.readdirSync(path.join(folder, 'lib/addon')).forEach((file) => {
    if (file.endsWith('.bundle.js')) fs.rmSync(path.join(folder, 'lib/addon', file));
  })],
]) {
  test(`a package whose folder ${title} since it was loaded forks, and sends handles, all the same`, async (t) => {
    t.timeout(60_000);
    const folder = copy(t);
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-bundle-'));
    t.teardown(() => fs.rmSync(elsewhere, { recursive: true, force: true }));
    const child = path.join(elsewhere, 'child.js');
    fs.writeFileSync(child, "process.on('message', (message, server) => { process.send([message, server.listening]); server.close(); });");
    const program = path.join(elsewhere, 'program.js');
    fs.writeFileSync(program, `
      const cp = require(${JSON.stringify(folder)});
      process.on('message', () => {
        const child = cp.fork(${JSON.stringify(child)});
        const server = require('node:net').createServer().listen(0, '127.0.0.1', () => child.send('a server', server));
        child.on('message', (answer) => { process.send(answer); server.close(); child.disconnect(); process.disconnect(); });
      });
      process.send('loaded');`);
    const parent = require('node:child_process').fork(program, [], { execArgv: [] });
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
      const folder = copy(t);
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
    ['nothing to preload', (file) => preloads.forEach((preload) => fs.rmSync(file(preload))), false],
    ['no bundle', (file) => fs.rmSync(file(later)), false],
    ['an empty bundle', (file) => fs.writeFileSync(file(later), ''), false],
    ['a bundle that was cut short', (file) => fs.truncateSync(file(later), 20_000), false],
    ['a bundle without its last part', (file) => fs.truncateSync(file(later), 100_000), false],
  ]) {
    test(`a child talks with ${title}, and finds no trace of it (${serialization})`, async (t) => {
      const folder = copy(t);
      harm((file) => path.join(folder, file));
      const { code, messages, isOurs: side, traces } = await talk(folder, serialization);
      t.is(code, 7);
      t.deepEqual(messages, Array.from({ length: 20 }, (_, i) => i));
      t.deepEqual(traces, [[], [], 1]);
      t.is(side, isOurs, 'whose side it is');
    });
  }
}
