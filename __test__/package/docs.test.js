'use strict';
// The examples of docs/api.md are run, and print what their `// prints` comments say.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const test = require('ava');

const root = path.join(__dirname, '..', '..');
const text = fs.readFileSync(path.join(root, 'docs', 'api.md'), 'utf8');

const examples = text.split(/^## /m).slice(1).flatMap((section) => {
  const programs = [...section.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);
  return programs.map((program) => ({ title: section.split('\n')[0], program }));
});

let folder;
test.before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-docs-'));
  fs.mkdirSync(path.join(folder, 'node_modules'));
  fs.symlinkSync(root, path.join(folder, 'node_modules', 'rs-child-process'));
});
test.after.always(() => {
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

test('every section has its example', (t) => {
  t.true(examples.length >= 9);
});

for (const { title, program } of examples) {
  test(`the example of "${title}" prints what it says`, async (t) => {
    const file = path.join(folder, `${title.replace(/\W+/g, '-')}.js`);
    fs.writeFileSync(file, program);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 });
    const expected = [...program.matchAll(/\/\/ prints (.*)$/gm)].map((match) => match[1]);
    t.true(expected.length > 0);
    t.deepEqual(stdout.trimEnd().split('\n'), expected);
  });
}
