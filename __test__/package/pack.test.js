'use strict';
// What npm packs is what users get: the tarball is packed, installed into an empty project without a network, and
// used from there in every way that the README promises.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const test = require('ava');

const root = path.join(__dirname, '..', '..');
const { version } = require('../../package.json');

// Only what npm itself needs: the npm that runs this test leaves settings in the environment that are not ours.
const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_|^NODE_|^INIT_CWD$/i.test(key)));
const start = (file, args, options) => promisify(execFile)(file, args, { env, maxBuffer: 1 << 24, ...options });

let folder;
let app;
let packed;

test.before('the tarball installs into an empty project without a network', async (t) => {
  t.timeout(120_000);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-package-'));
  app = path.join(folder, 'app');
  fs.cpSync(path.join(__dirname, 'fixtures', 'app'), app, { recursive: true });
  fs.writeFileSync(path.join(app, 'package.json'), '{ "private": true }');

  // Without scripts: `prepack` builds what is out of date, and a test must not build an addon. Set-up has its own tests.
  (await import('../../scripts/bundle.mjs')).bundle();
  const { stdout } = await start('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const result = JSON.parse(stdout);
  packed = Array.isArray(result) ? result[0] : result['rs-child-process'] ?? Object.values(result)[0];
  await start('npm', [
    'install', '--offline', '--no-audit', '--no-fund', '--cache', path.join(folder, 'cache'), path.join(folder, packed.filename),
  ], { cwd: app });

  const dependency = path.join(app, 'node_modules', 'dependency');
  fs.mkdirSync(dependency);
  fs.writeFileSync(path.join(dependency, 'package.json'), '{ "name": "dependency", "version": "1.0.0" }');
  fs.writeFileSync(path.join(dependency, 'index.js'), 'module.exports = { spawn: require("child_process").spawn };');
});

test.after.always('the project is removed', () => {
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

const run = async (...args) => JSON.parse((await start(process.execPath, args, { cwd: app })).stdout);

test('the tarball holds every entry point, its types, the addon and the licence, and nothing of the workshop', (t) => {
  const files = packed.files.map((file) => file.path);
  const { exports: entries, main, types } = require('../../package.json');
  const named = new Set([main, types]);
  (function collect(value) {
    if (typeof value === 'string') named.add(value.replace('./', ''));
    else Object.values(value).forEach(collect);
  })(entries);
  for (const file of [...named, 'LICENSE', 'README.md', 'CHANGELOG.md', 'native.js', 'dist/start.js', 'dist/modules.js', 'dist/child.cjs']) t.true(files.includes(file), file);
  if (['linux', 'darwin'].includes(process.platform)) {
    t.is(files.filter((file) => file.endsWith('.node')).length, 1);
  }
  t.deepEqual(files.filter((file) => /^(lib|src|scripts|bench|__test__|examples|target|npm|docs)\/|^Cargo|\.log$/.test(file)), []);
});

test('the package brings no other package along', (t) => {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(app, 'node_modules', 'rs-child-process', 'package.json')));
  t.is(dependencies, undefined);
  t.deepEqual(fs.readdirSync(path.join(app, 'node_modules')).filter((name) => !name.startsWith('.')).sort(), ['dependency', 'rs-child-process']);
});

test('require() of the installed package gives all of child_process, with the addon behind it', async (t) => {
  t.deepEqual(await run('by-require.js'), { error: null, stdout: '42\n', native: true, keys: [], same: false });
});

test('import of the installed package gives the same functions by name and by default', async (t) => {
  t.deepEqual(await run('by-import.mjs'), { stdout: 'hello\n', native: true, default: true, same: false });
});

for (const flag of ['--require', '--import']) {
  test(`${flag} rs-child-process/register reaches imports, requires and dependencies of an unaware program`, async (t) => {
    t.deepEqual(await run(flag, 'rs-child-process/register', 'unaware.mjs'), { imported: true, byDefault: true, required: true, dependency: true });
  });
}

test('without register the builtin module stays Node\'s own', async (t) => {
  t.deepEqual(await run('unaware.mjs'), { imported: false, byDefault: false, required: false, dependency: false });
});

test('the package says its own version', async (t) => {
  const { stdout } = await start(process.execPath, ['-p', 'require("rs-child-process/package.json").version'], { cwd: app });
  t.is(stdout.trim(), version);
});
