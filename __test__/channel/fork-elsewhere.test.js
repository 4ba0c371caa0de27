'use strict';

// fork() where something else has a say: a wrapper that puts another program in front, a runtime that has a fork of its own, a
// current folder that is gone.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFile } = require('node:child_process');
const test = require('ava');
const { stockOnly } = require('../helpers/subject.js');

const ourTest = stockOnly ? test.skip : test;
const root = path.join(__dirname, '..', '..');
const register = path.join(root, 'register.js');
const echo = path.join(__dirname, 'fixtures', 'echo.js');
const doors = { 'the package': [`require(${JSON.stringify(root)})`, ''], register: ["require('node:child_process')", `require(${JSON.stringify(register)});`] };

const run = (code, { words = [process.execPath, '-e', code], env = process.env, ...options } = {}) => new Promise((resolve) => {
  execFile(words[0], words.slice(1), { timeout: 60_000, env, ...options }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
});

// Prints what comes back of a question.
const ask = (child) => `
  const child = ${child};
  child.on('message', (message) => { console.log('answer', message); child.disconnect(); });
  child.on('exit', (code) => console.log('exit', code));
  child.send('question');`;

for (const [door, [cp, before]] of Object.entries(doors)) {
  for (const [when, order] of [['before', (wrap) => wrap + before], ['after', (wrap) => before + wrap]]) {
    ourTest(`a child that a wrapper starts by another program talks: ${door}, wrapped ${when} it`, async (t) => {
      const wrap = `
        const { ChildProcess } = ${when === 'before' ? "require('node:child_process')" : cp};
        const own = ChildProcess.prototype.spawn;
        ChildProcess.prototype.spawn = function (options) {
          options.args = ['env', options.file, ...options.args.slice(1)];
          options.file = '/usr/bin/env';
          return own.call(this, options);
        };`;
      const { stdout, stderr } = await run(`${order(wrap)} ${ask(`${cp}.fork(${JSON.stringify(echo)})`)}`);
      t.is(stdout, 'answer question\nexit 0\n', stderr);
    });
  }

  ourTest(`a child gets what a wrapper adds to its options, and is left to Node's side where that must be: ${door}`, async (t) => {
    const wrap = (more) => `
      const { ChildProcess } = ${cp};
      const own = ChildProcess.prototype.spawn;
      ChildProcess.prototype.spawn = function (options) {
        options.args.splice(1, 0, ${JSON.stringify(more)});
        return own.call(this, options);
      };`;
    const script = path.join(__dirname, 'fixtures', 'tell-side.js');
    for (const more of ['--no-warnings', '--no-addons']) {
      const code = `${before} ${wrap(more)} ${cp}.fork(${JSON.stringify(script)}, { execArgv: [] }).on('message', (m) => {
        console.log(JSON.stringify([m.execArgv, m.send.includes('report(this')]));
        setTimeout(() => process.exit(), 100);
      });`;
      const { stdout, stderr } = await run(code);
      t.is(stdout, `${JSON.stringify([[more], more === '--no-warnings'])}\n`, stderr);
    }
  });

  ourTest(`a runtime's own fork starts the child: ${door}`, async (t) => {
    const runtime = `
      const builtin = require('node:child_process');
      const { fork } = builtin;
      builtin.fork = (file, args, options) => fork(file, args, { ...options, env: { ...process.env, RUNS_AS_NODE: '1' } });`;
    const script = "process.send([process.env.RUNS_AS_NODE, process.argv.slice(2)])";
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-runtime-'));
    t.teardown(() => fs.rmSync(folder, { recursive: true }));
    fs.writeFileSync(path.join(folder, 'child.js'), script);
    const code = `${runtime} ${before} ${cp}.fork(${JSON.stringify(path.join(folder, 'child.js'))}, ['an argument'], {})
      .on('message', (message) => console.log(JSON.stringify(message))).on('close', (code) => console.log(code));`;
    const { stdout, stderr } = await run(code);
    t.is(stdout, '["1",["an argument"]]\n0\n', stderr);
  });

  ourTest(`another runtime takes no options of Node: ${door}`, async (t) => {
    const script = path.join(__dirname, 'fixtures', 'tell-side.js');
    for (const [what, isOurs] of [['', true], ["Object.defineProperty(process.versions, 'electron', { value: '1.0.0' });", false], ['process.pkg = {};', false]]) {
      const code = `${what} ${before} ${cp}.fork(${JSON.stringify(script)}).on('message', (m) => console.log(m.send.includes('report(this')));`;
      const { stdout, stderr } = await run(code);
      t.is(stdout, `${isOurs}\n`, stderr);
    }
  });

  ourTest(`fork in a folder that is gone: ${door}`, async (t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-gone-'));
    const words = ['/bin/sh', '-c', 'rmdir "$PWD"; exec "$@"', 'sh', process.execPath, path.join(__dirname, 'fixtures', 'fork-from-nowhere.js'), echo, root];
    const NODE_OPTIONS = door === 'register' ? `--require "${register}"` : '';
    const { stdout, stderr } = await run('', { words, cwd: folder, env: { ...process.env, PWD: folder, NODE_OPTIONS } });
    t.is(stdout, 'answer question\nexit 0\n', stderr);
  });
}
