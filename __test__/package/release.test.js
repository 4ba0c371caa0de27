'use strict';
// The release as the workflow does it, from the built addons to a user's `npm install`, against a registry on this machine.
// Only one platform can be built here, so the addons of the others are empty files: they are packed and published, not loaded.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const test = require('ava');

const { openRegistry } = require('./helpers/registry');

const root = path.join(__dirname, '..', '..');
const manifest = require('../../package.json');

const platforms = fs.readdirSync(path.join(root, 'npm'));
const addonName = (platform) => `rs-child-process.${platform}.node`;
const here = platforms.find((platform) => fs.existsSync(path.join(root, addonName(platform))));

let folder;
let checkout;
let registry;
let env;

const npm = (args, cwd) => promisify(execFile)('npm', args, { cwd, env, maxBuffer: 1 << 24 });

test.before('a checkout has the built addons where the workflow puts them', async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-release-'));
  checkout = path.join(folder, 'checkout');
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of stdout.split('\0')) {
    const from = path.join(root, file);
    if (file !== '' && fs.existsSync(from)) fs.cpSync(from, path.join(checkout, file));
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
  for (const file of ['native.js', 'native.d.ts']) fs.copyFileSync(path.join(root, file), path.join(checkout, file));
  for (const platform of platforms) {
    const bindings = path.join(checkout, 'artifacts', `bindings-${platform}`);
    fs.mkdirSync(bindings, { recursive: true });
    if (platform === here) fs.copyFileSync(path.join(root, addonName(platform)), path.join(bindings, addonName(platform)));
    else fs.writeFileSync(path.join(bindings, addonName(platform)), '');
  }

  registry = await openRegistry();
  fs.writeFileSync(path.join(folder, 'npmrc'), `registry=${registry.url}/\n${registry.url.slice('http:'.length)}/:_authToken=none\n`);
  // What the npm that runs this test has left in the environment is not ours.
  env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_|^NODE_|^INIT_CWD$/i.test(key))),
    npm_config_userconfig: path.join(folder, 'npmrc'),
    npm_config_cache: path.join(folder, 'cache'),
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'somebody/rs-child-process',
  };
});

test.after.always('the checkout is removed', () => {
  registry?.close();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

test.serial('nothing is published before all addons are in their packages', async (t) => {
  const error = await t.throwsAsync(npm(['publish', '--access', 'public'], checkout));
  t.regex(error.stderr, /not fit to publish: npm\/linux-x64-gnu has no rs-child-process\.linux-x64-gnu\.node/);
  t.deepEqual(registry.names(), []);
});

test.serial('the release publishes the six platform packages and then the root', async (t) => {
  t.timeout(170_000);
  await npm(['run', 'artifacts'], checkout);
  await npm(['publish', '--access', 'public'], checkout);
  const names = registry.names();
  t.deepEqual(names.slice(0, -1).sort(), platforms.map((platform) => `rs-child-process-${platform}`));
  t.is(names.at(-1), 'rs-child-process');
  for (const name of names) {
    const published = registry.document(name).versions[manifest.version];
    t.is(published.repository.url, 'git+https://github.com/somebody/rs-child-process.git', name);
    t.is(published.license, manifest.license, name);
  }
});

test.serial('a user who installs it gets the root, the package of this platform with its licence, and a working addon', async (t) => {
  t.timeout(170_000);
  const app = path.join(folder, 'app');
  fs.mkdirSync(app);
  fs.writeFileSync(path.join(app, 'package.json'), '{ "private": true }');
  await npm(['install', '--no-audit', '--no-fund', 'rs-child-process'], app);
  const installed = fs.readdirSync(path.join(app, 'node_modules')).filter((name) => !name.startsWith('.'));
  t.deepEqual(installed.sort(), ['rs-child-process', `rs-child-process-${here}`]);
  t.true(fs.existsSync(path.join(app, 'node_modules', `rs-child-process-${here}`, 'LICENSE')));
  t.deepEqual(fs.readdirSync(path.join(app, 'node_modules', 'rs-child-process')).filter((name) => name.endsWith('.node')), []);
  const program = 'const cp = require("rs-child-process"); console.log(cp.native, String(cp.execSync("echo works")).trim())';
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: app, env });
  t.is(stdout, 'true works\n');
});
