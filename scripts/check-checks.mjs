// Tests of the checks in this folder: each must accept a correct source and find the fault in faulty ones. A check that never
// fails would only look like a check.

import assert from 'node:assert/strict';
import { Linter } from 'eslint';
import * as files from './check-files.mjs';
import * as imports from './check-imports.mjs';
import * as unsafe from './check-unsafe.mjs';
import { primordialsRules, unknownPrimordials } from './primordials-rules.mjs';
import { tapCounter } from './ava.mjs';
import { stalePackages } from './setup.mjs';

const js = (sources) => imports.checkJs(Object.keys(sources), (file) => sources[file]);
const rust = (sources) => imports.checkRust(Object.keys(sources), (file) => sources[file]);
const one = (problems, pattern) => {
  assert.equal(problems.length, 1, `expected one problem, got: ${problems.join('; ') || 'none'}`);
  assert.match(problems[0], pattern);
};

// Imports, JavaScript.
assert.deepEqual(js({ 'lib/public/spawn.js': 'require(\'../arguments/normalize\'); require(\'node:net\'); require(\'util\');\n// require(\'x\')' }), []);
assert.deepEqual(js({ 'index.mjs': 'import cp from \'./index.js\';', 'lib/node/builtin.js': 'require(\'node:child_process\')' }), []);
one(js({ 'lib/arguments/normalize.js': 'const a = require(\'../public/spawn\');' }), /upwards/);
one(js({ 'lib/channel/codec/json.js': 'require(\'../../process/child-process.js\')' }), /upwards/);
one(js({ 'lib/public/a.js': 'require(\'../promises/a\')', 'lib/promises/a.js': 'require(\'../public/a\')' }), /ring/);
one(js({ 'lib/channel/a.js': 'require(\'./b\')', 'lib/channel/b.js': 'require(\'./a.js\')' }), /ring/);
one(js({ 'lib/public/spawn.js': 'require(\'child_process\')' }), /only .* may load Node's own/);
one(js({ 'lib/public/spawn.js': 'require(\'../../native.js\')' }), /only .* may load the addon/);
one(js({ 'lib/public/spawn.js': 'require(\'lodash\')' }), /dependency at run time/);
one(js({ 'lib/public/spawn.js': 'require(\'../../scripts/run.js\')' }), /leaves the package/);
one(js({ 'lib/cupboard.js': '' }), /no room/);

// Imports, Rust.
assert.deepEqual(rust({ 'src/spawn/mod.rs': 'use crate::sys::pidfd; use crate::{error::Error, stdio::{self, Plan}};' }), []);
assert.deepEqual(rust({ 'src/sys/mod.rs': '// use crate::binding\nconst A: &str = "crate::binding";' }), []);
one(rust({ 'src/sys/clone.rs': 'use crate::spawn::Plan;' }), /upwards/);
one(rust({ 'src/stdio/mod.rs': 'use crate::{\n  error::Error,\n  binding::{env, x},\n};' }), /upwards: binding/);
one(rust({ 'src/stdio/mod.rs': 'use super::ipc::frame;' }), /upwards/);
one(rust({ 'src/ipc/mod.rs': 'use crate::spawn::A;', 'src/spawn/mod.rs': 'fn f() { crate::ipc::b() }' }), /ring/);
one(rust({ 'src/attic/mod.rs': '' }), /no room/);
one(rust({ 'src/ipc/a.rs': 'use super::b::C;', 'src/ipc/b.rs': 'use crate::{ipc::{a::{self, D}}};' }), /a.rs -> .*b.rs/);
one(rust({ 'src/sys/fork.rs': 'use super::os;\nfn f() { os::pipes::pipe(); }', 'src/sys/mod.rs': '#[cfg_attr(a, path = "linux/mod.rs")]\npub mod os;', 'src/sys/linux/mod.rs': 'mod pipes;', 'src/sys/linux/pipes.rs': 'use crate::sys::fork;' }), /fork.rs -> .*pipes.rs/);
assert.deepEqual(rust({ 'src/sys/uv.rs': 'mod handles;\npub use handles::A;', 'src/sys/uv/handles.rs': 'use super::Loop;', 'src/sys/tree.rs': 'use super::uv;\n#[cfg(test)]\nmod tests {}', 'src/ipc/mod.rs': 'pub mod a;' }), []);

// unsafe and napi.
const sys = (text) => unsafe.checkFile('src/sys/x.rs', text);
assert.deepEqual(sys('// SAFETY: sound.\nlet a =\n    unsafe { f() };'), []);
assert.deepEqual(sys('/// # Safety\n/// Owes much.\n#[inline]\npub unsafe fn f() {}\n// unsafe { }\nconst A: &str = "unsafe {";'), []);
one(sys('unsafe extern "C" {}'), /SAFETY/);
one(sys('let b = 1;\nlet a = unsafe { f() };'), /SAFETY/);
one(sys('// SAFETY: of another.\nlet b = unsafe { g() };\nlet a = unsafe { f() };'), /:3 .*SAFETY/);
one(sys('pub unsafe fn f() {}'), /# Safety/);
one(sys('impl A {\n    pub unsafe fn f() {}\n}'), /# Safety/);
assert.deepEqual(sys('impl Trait for A {\n    unsafe fn f() {}\n}'), []);
one(unsafe.checkFile('src/spawn/mod.rs', '// SAFETY: no.\nunsafe { f() }'), /outside/);
one(unsafe.checkFile('src/spawn/mod.rs', 'use napi::Env;'), /napi outside/);
assert.deepEqual(unsafe.checkFile('src/binding/mod.rs', 'use napi::Env;\n#[napi]\nfn f() {}'), []);

// Headers and size.
assert.deepEqual(files.checkFile('lib/a.js', '\'use strict\';\n\n// Why.\n'), []);
one(files.checkFile('lib/a.js', '\'use strict\';\n\nconst a = 1;\n'), /comment/);
one(files.checkFile('lib/a.js', '// Why.\n'), /strict/);
one(files.checkFile('src/a.rs', 'use a;\n'), /\/\/!/);
assert.deepEqual(files.checkFile('src/a.rs', `//! Why.\n#[cfg(test)]\nmod tests {\n${'a();\n'.repeat(400)}`), []);
assert.deepEqual(files.checkFile('bench/a.mjs', '// Why.\n'.repeat(400)), []);
one(files.checkFile('bench/a.mjs', `// Why.\n${'a();\n'.repeat(400)}`), /more than 350/);

// What programs replace (primordials-rules.mjs).
const primordials = (text) => new Linter().verify(text, { rules: primordialsRules, languageOptions: { sourceType: 'commonjs' } }).map(({ message }) => message);
assert.deepEqual(primordials(`
const { inspect } = require('node:util');
const { Map, arrayPush, objectDefineProperty, objectKeys } = require('../node/primordials');
const table = new Map();
table.set(1, objectKeys({}));
arrayPush([], table.get(1));
objectDefineProperty({}, 'a', { __proto__: null, value: inspect });
stream.push(null);
this.slice(1);
child.on(1, 2);`), []);
for (const [text, pattern] of [
  ['list.map(f);', /prototype/],
  ['list.push(1);', /primordials/],
  ['/a/.test(text);', /prototype/],
  ['f.call(1);', /prototype/],
  ['Object.keys({});', /Object/],
  ['new Map();', /Map/],
  ['for (const a of list) f(a);', /iterator/],
  ['const [a] = list;', /iterator/],
  ['f(...list);', /iterator/],
  ['const a = [...list];', /iterator/],
  ["objectDefineProperty(a, 'b', { value: 1 });", /__proto__/],
  ["const fs = require('node:fs');", /taken/],
]) one(primordials(text), pattern);
assert.deepEqual(unknownPrimordials("const { a, b: c } = require('../node/primordials'); primordials.d();", { a: 1 }), ['b', 'd']);

// Counting of TAP results, and packages that are out of date.
const tap = tapCounter(() => {});
for (const line of ['TAP version 13', 'ok 1 - a', 'not ok 2 - b', '  ---', 'not ok 3 - c # TODO later', 'ok 4 - d # SKIP why', '1..4']) tap.line(line);
assert.deepEqual(tap.count, { passed: 1, failed: 1, skipped: 2 });
const lock = (version, extra) => ({ packages: { '': {}, 'node_modules/a': { version, ...extra } } });
assert.deepEqual(stalePackages(lock('1.0.0'), lock('1.0.0')), []);
assert.deepEqual(stalePackages(lock('1.0.0'), lock('1.0.1')), ['node_modules/a']);
assert.deepEqual(stalePackages(lock('1.0.0'), { packages: {} }), ['node_modules/a']);
assert.deepEqual(stalePackages(lock('1.0.0', { optional: true }), { packages: {} }), []);
