'use strict';

// Runs a function in a new Node process. The function gets one implementation and the tools, and returns plain data. It must not use
// variables from outside, because only its source text is passed to the process.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFile } = require('node:child_process');
const test = require('ava');
const { flatten, differing } = require('./parity.js');

const runner = path.join(__dirname, 'fresh-runner.js');

/**
 * @param {(cp: object, tools: object) => unknown} body
 * @param {object} [options] `subject`: 'ours' or 'stock'; `execArgv`; `env`: added variables; `shell`: a line of sh that runs before
 *   node, in the same process; `limit` in ms; `prefix`: a command, with its arguments, that starts node; `node`: the binary
 * @returns what the function returned (`value`) or threw (`error`), and how the process ended
 */
function fresh(body, { subject = 'ours', execArgv = [], env = {}, shell, limit = 60_000, prefix = [], node = process.execPath } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-fresh-'));
  fs.chmodSync(folder, 0o777);
  const result = path.join(folder, 'result.json');
  let command = [...prefix, node, ...execArgv, runner, subject, result, body.toString()];
  if (shell) command = ['/bin/sh', '-c', `${shell}\nexec "$@"`, 'sh', ...command];
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: limit, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 };
    execFile(command[0], command.slice(1), options, (failure, stdout, stderr) => {
      const out = { code: failure ? failure.code ?? null : 0, signal: failure?.signal ?? null, timedOut: failure?.killed ?? false, stdout, stderr };
      try {
        Object.assign(out, JSON.parse(fs.readFileSync(result, 'utf8')));
      } catch {
        // The process ended before it could report. There is then neither `value` nor `error`.
      }
      fs.rmSync(folder, { recursive: true, force: true });
      resolve(out);
    }).stdin.end();
  });
}

/** Runs a function as fresh() does. The test fails if it throws or the process does not end well. -> the value */
async function freshValue(t, body, options) {
  const run = await fresh(body, options);
  t.is(run.error, undefined, `${run.stack}\n${run.stderr}`);
  t.false(run.timedOut, `it did not end by itself\n${run.stderr}`);
  t.is(run.signal, null, run.stderr);
  t.is(run.code, 0, run.stderr);
  return run.value;
}

/** Text of an error without the lines that name places in files: these differ between the implementations. */
const withoutStack = (text) => text.split('\n').filter((line) => !/^\s+(at |\^)/.test(line)).join('\n').replaceAll(/ \{\n/g, '\n');

/** Makes a test: the function must give the same value, output and end of the process with both implementations. */
function freshParity(title, body, options = {}) {
  test.serial(title, async (t) => {
    t.timeout(150_000);
    const expected = await fresh(body, { ...options, subject: 'stock' });
    const actual = await fresh(body, { ...options, subject: 'ours' });
    t.is(expected.error, undefined, expected.stack);
    if (!options.mayHang) t.false(expected.timedOut, 'the function itself does not end on stock');
    for (const run of [expected, actual]) {
      delete run.stack;
      run.stderr = withoutStack(run.stderr);
    }
    const [left, right] = differing(flatten(actual), flatten(expected));
    t.deepEqual(left, right, actual.stderr);
  });
}

module.exports = { fresh, freshValue, freshParity };
