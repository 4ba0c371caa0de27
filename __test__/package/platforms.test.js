'use strict';
// The published package is one small root and one package for each platform; the names must agree in every place,
// or users of one platform get Node's own child_process without noticing.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const root = require('../../package.json');

const folder = path.join(__dirname, '..', '..', 'npm');
const platforms = fs.readdirSync(folder).sort();

const expected = {
  'aarch64-apple-darwin': 'darwin-arm64',
  'aarch64-unknown-linux-gnu': 'linux-arm64-gnu',
  'aarch64-unknown-linux-musl': 'linux-arm64-musl',
  'x86_64-apple-darwin': 'darwin-x64',
  'x86_64-unknown-linux-gnu': 'linux-x64-gnu',
  'x86_64-unknown-linux-musl': 'linux-x64-musl',
};

test('there is one platform package for each build target', (t) => {
  t.deepEqual(root.napi.targets.map((target) => expected[target]).sort(), platforms);
});

for (const platform of platforms) {
  test(`the package of ${platform} has the root's version, licence and engines, and fits that platform only`, (t) => {
    const own = JSON.parse(fs.readFileSync(path.join(folder, platform, 'package.json')));
    const [os, cpu, libc] = platform.split('-');
    t.is(own.name, `rs-child-process-${platform}`);
    t.is(own.version, root.version);
    t.is(own.license, root.license);
    t.deepEqual(own.engines, root.engines);
    t.deepEqual(own.os, [os]);
    t.deepEqual(own.cpu, [cpu]);
    t.deepEqual(own.libc, libc && [libc === 'gnu' ? 'glibc' : libc]);
    t.is(own.main, `rs-child-process.${platform}.node`);
    t.deepEqual(own.files, [own.main]);
  });
}
