'use strict';
// The examples of the READMEs, of docs/api.md and of the declarations are run, and print what their `// prints` comments say. The links of all
// texts lead to a file, and to a heading in it; the files of the repository that they name are there.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const test = require('ava');
const { expectedOf, fromDeclarations, fromPage, isForLinux } = require('./helpers/examples.js');

const root = path.join(__dirname, '..', '..');
const sources = {
  'README.md': { examples: fromPage('README.md'), least: 1 },
  'README.zh-CN.md': { examples: fromPage('README.zh-CN.md'), least: 1 },
  'docs/api.md': { examples: fromPage('docs/api.md'), least: 9 },
  'index.d.ts': { examples: fromDeclarations('index.d.ts'), least: 30 },
  'promises.d.ts': { examples: fromDeclarations('promises.d.ts'), least: 7 },
  'register.d.ts': { examples: fromDeclarations('register.d.ts'), least: 2 },
};

const texts = [...fs.readdirSync(root), ...fs.readdirSync(path.join(root, 'docs')).map((name) => path.join('docs', name))].filter((name) => name.endsWith('.md'));

// The name that a link gives to a heading, as GitHub makes it.
const anchorOf = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(' ', '-');
const anchorsOf = (file) => [...fs.readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1]));

for (const text of texts) {
  test(`every link of ${text} leads somewhere`, (t) => {
    const links = [...fs.readFileSync(path.join(root, text), 'utf8').matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]+))?\)/g)];
    const lost = links.filter(([, file, anchor]) => {
      const target = file === '' ? path.join(root, text) : path.join(root, path.dirname(text), file);
      return !fs.existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    t.deepEqual(lost.map(([link]) => link), []);
  });

  test(`every file that ${text} names is there`, (t) => {
    const names = [...fs.readFileSync(path.join(root, text), 'utf8').matchAll(/`((?:src|lib|scripts|bench|docs|__test__)\/[\w./-]+)`/g)].map((match) => match[1]);
    t.deepEqual(names.filter((name) => !fs.existsSync(path.join(root, name))), []);
  });
}

let folder;
test.before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-docs-'));
  fs.mkdirSync(path.join(folder, 'node_modules'));
  fs.symlinkSync(root, path.join(folder, 'node_modules', 'rs-child-process'));
});
test.after.always(() => {
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

for (const [source, { examples, least }] of Object.entries(sources)) {
  test(`every example of ${source} is found`, (t) => {
    t.true(examples.length >= least, `${examples.length}`);
    t.is(examples.length, fs.readFileSync(path.join(root, source), 'utf8').match(/^[ *]*```js$/gm).length);
  });
}

Object.values(sources).flatMap(({ examples }) => examples).forEach(({ title, program }, i) => {
  // Other systems say that they cannot, which is tested elsewhere.
  const run = process.platform !== 'linux' && isForLinux(program) ? test.skip : test.serial;
  run(`example ${i + 1} (${title}) prints what it says`, async (t) => {
    const file = path.join(folder, `example-${i + 1}.${/^import /m.test(program) ? 'mjs' : 'js'}`);
    fs.writeFileSync(file, program);
    // All end within a second. Some would take a minute if what they show did not work.
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder, timeout: 30_000 });
    const expected = expectedOf(program);
    t.true(expected.length > 0);
    t.deepEqual(stdout.trimEnd().split('\n'), expected);
  });
});
