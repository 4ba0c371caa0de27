'use strict';

// The one file out of which a forked child loads our side of its channel: that it says what the sources say, and that a
// child does as well without it or with a broken one.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');

const root = path.join(__dirname, '..', '..');
const name = 'lib/accelerate/child-side.bundle';

// A copy of the package whose bundle may be harmed.
function copy(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-bundle-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const entry of ['index.js', 'lib', 'native.js', 'package.json']) fs.cpSync(path.join(root, entry), path.join(folder, entry), { recursive: true });
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

async function talk(folder) {
  const child = require(folder).fork(path.join(folder, 'child.js'), [], { execArgv: [] });
  const answers = [];
  child.on('message', (message) => answers.push(message));
  for (let i = 0; i < 20; i++) child.send({ i });
  child.send('end');
  const code = await new Promise((resolve) => { child.once('close', resolve); });
  return { code, messages: answers.map(([message]) => message.i), isOurs: answers[0][1], traces: answers[0][2] };
}

test('the bundle is what the sources make of it', async (t) => {
  const { bundleText } = await import('../../scripts/bundle.mjs');
  t.is(fs.readFileSync(path.join(root, name), 'latin1'), bundleText((file) => fs.readFileSync(path.join(root, file), 'utf8')));
});

test('every module of the bundle compiles, and names what is there', (t) => {
  const text = fs.readFileSync(path.join(root, name), 'latin1');
  const begin = text.indexOf('\n') + 1;
  const { core, late } = JSON.parse(text.slice(0, begin));
  const compile = (from, to) => require('node:vm').runInThisContext(text.slice(begin + from, begin + to));
  const definitions = { ...compile(0, core) };
  for (const [id, place] of Object.entries(late)) definitions[id] = compile(...place);
  for (const [id, define] of Object.entries(definitions)) {
    t.is(typeof define, 'function', id);
    for (const [, request] of String(define).matchAll(/require\('(lib\/[^']+)'\)/g)) t.true(request in definitions, `${id} requires ${request}`);
  }
});

for (const [title, harm, isOurs] of [
  ['the whole bundle', () => {}, true],
  ['no bundle', (file) => fs.rmSync(file), true],
  ['an empty bundle', (file) => fs.writeFileSync(file, ''), false],
  ['a bundle that was cut short', (file) => fs.truncateSync(file, 20_000), false],
  ['a bundle without its last part', (file) => fs.truncateSync(file, 100_000), false],
]) {
  test(`a child talks with ${title}, and finds no trace of it`, async (t) => {
    const folder = copy(t);
    harm(path.join(folder, name));
    const { code, messages, isOurs: side, traces } = await talk(folder);
    t.is(code, 7);
    t.deepEqual(messages, Array.from({ length: 20 }, (_, i) => i));
    t.deepEqual(traces, [[], [], 1]);
    t.is(side, isOurs, 'whose side it is');
  });
}
