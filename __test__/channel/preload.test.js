'use strict';

// What a forked child can see, and others can see of it, is what it would be without the file that is preloaded into it.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { pathToFileURL } = require('node:url');
const test = require('ava');
const { load, stockOnly } = require('../helpers/subject.js');

const ourTest = stockOnly ? test.skip : test.serial;
const root = path.join(__dirname, '..', '..');
const fixtures = path.join(__dirname, 'fixtures');
const script = path.join(fixtures, 'tell-start.js');
const mark = path.join(fixtures, 'preloaded.js');
const later = path.join(fixtures, 'preloaded-too.js');

/** What a child of `cp.fork` tells. @returns {Promise<object>} */
const told = (cp, options, args = []) => new Promise((resolve, reject) => {
  const child = cp.fork(script, args, options);
  let message;
  child.once('error', reject);
  child.once('message', (first) => { message = first; });
  child.once('close', (code) => (message === undefined ? reject(new Error(`no word from the child, which left with ${code}`)) : resolve(message)));
});

const withOptions = (NODE_OPTIONS) => ({ ...process.env, NODE_OPTIONS });
const without = () => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
};

/** Compares what two children tell; that of ours must have our side of the channel. */
async function compare(t, cp, options, args, isOurs = true) {
  const { isOurs: never, ...expected } = await told(load('stock'), options, args);
  const { isOurs: side, ...actual } = await told(cp, options, args);
  t.is(never, false);
  t.is(side, isOurs, 'whose side of the channel it is');
  t.deepEqual(actual, expected);
}

function temporary(t) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'rs-preload-')));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const [title, options] of [
  ['nothing said', { execArgv: [] }],
  ['no NODE_OPTIONS', { execArgv: [], env: without() }],
  ['empty NODE_OPTIONS', { execArgv: [], env: withOptions('') }],
  ['NODE_OPTIONS', { execArgv: [], env: withOptions('--no-warnings --stack-trace-limit=20') }],
  ['spaces and quotes in NODE_OPTIONS', { execArgv: [], env: withOptions(`  --no-warnings   "--title=a \\"b\\" \\\\ c" `) }],
  ['NODE_OPTIONS as the first variable and names like numbers', { execArgv: [], env: { NODE_OPTIONS: '--no-warnings', 7: 'seven', ...process.env } }],
  ['arguments of both kinds', { execArgv: ['--no-warnings', '--stack-trace-limit=20'] }],
  ['files preloaded by arguments', { execArgv: ['--require', mark, '--import', pathToFileURL(later).href] }],
  ['files preloaded by NODE_OPTIONS', { execArgv: [], env: withOptions(`--require ${mark} --import=${pathToFileURL(later)}`) }],
  ['files preloaded by both', { execArgv: ['-r', mark], env: withOptions(`-r "${later}"`) }],
  ['a loader in NODE_OPTIONS', { execArgv: [], env: withOptions(`--no-warnings --experimental-loader=${pathToFileURL(path.join(fixtures, 'hand-on-loader.mjs'))}`) }],
  ['--preserve-symlinks', { execArgv: ['--preserve-symlinks'] }],
  ['messages in V8\'s format', { execArgv: [], serialization: 'advanced', env: withOptions('--no-warnings') }],
]) {
  ourTest(`a forked child has the traces of its start that stock leaves: ${title}`, async (t) => {
    t.timeout(60_000);
    await compare(t, load('ours'), options, ['an argument', '--watch', '']);
  });
}

for (const name of ['with space', 'it\'s "quoted"', 'back\\slash \\" and $&']) {
  ourTest(`a package in a folder of any name leaves no trace in a child: ${name}`, async (t) => {
    t.timeout(60_000);
    const folder = path.join(temporary(t), name);
    for (const entry of ['index.js', 'lib', 'native.js', 'package.json']) fs.cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
    for (const addon of fs.readdirSync(root).filter((file) => file.endsWith('.node'))) fs.linkSync(path.join(root, addon), path.join(folder, addon));
    await compare(t, require(folder), { execArgv: [], env: withOptions('--no-warnings') });
    await compare(t, require(folder), { execArgv: [], env: without() });
  });
}

// A parent that tells what its child tells.
const parent = `
  const [, , subject, script, options] = process.argv;
  require(subject).fork(script, [], JSON.parse(options)).once('message', (message) => console.log(JSON.stringify(message)));
`;

for (const options of [{}, { execArgv: [] }]) {
  ourTest(`a parent with --preserve-symlinks, which knows the package by a link: ${JSON.stringify(options)}`, async (t) => {
    t.timeout(60_000);
    const folder = temporary(t);
    fs.symlinkSync(root, path.join(folder, 'link'));
    fs.writeFileSync(path.join(folder, 'parent.cjs'), parent);
    const run = async (subject) => {
      const words = ['--preserve-symlinks', path.join(folder, 'parent.cjs'), subject, script, JSON.stringify(options)];
      return JSON.parse((await promisify(execFile)(process.execPath, words)).stdout);
    };
    const { isOurs: _, ...expected } = await run('node:child_process');
    const { isOurs, ...actual } = await run(path.join(folder, 'link'));
    t.true(isOurs);
    t.deepEqual(actual, expected);
  });
}

for (const [title, text, isOurs] of [
  ['without options of Node', 'GIVEN=1\n', true],
  ['with options of Node', 'GIVEN=1\nNODE_OPTIONS="--no-deprecation"\n', false],
]) {
  ourTest(`a file with variables ${title}`, async (t) => {
    t.timeout(60_000);
    const folder = temporary(t);
    fs.writeFileSync(path.join(folder, '.env'), text);
    await compare(t, load('ours'), { execArgv: ['--env-file=.env'], cwd: folder, env: without() }, [], isOurs);
    await compare(t, load('ours'), { execArgv: ['--env-file', '.env'], cwd: folder, env: without() }, [], isOurs);
    await compare(t, load('ours'), { execArgv: ['--env-file=.env'], cwd: folder, env: withOptions('--no-warnings') });
  });
}
