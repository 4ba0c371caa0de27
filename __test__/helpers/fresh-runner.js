'use strict';

// The program that fresh() starts: `node fresh-runner.js <subject> <result file> <function source>`. It runs the function with one of
// the two implementations, and writes what it returned or threw to the result file as JSON. It never calls process.exit(): that the
// process ends by itself is part of the test.

const fs = require('node:fs');
const { load } = require('./subject.js');
const { describe } = require('./describe.js');
const tools = require('./tools.js');

const [, , subject, resultFile, source] = process.argv;
// Opened before the function runs, which may use up all descriptors or change the working directory.
const out = fs.openSync(resultFile, 'w');

function report(result) {
  const bytes = JSON.stringify(result);
  fs.ftruncateSync(out);
  fs.writeSync(out, bytes, 0);
}

const body = (0, eval)(`(${source})`);
Promise.resolve()
  .then(() => body(load(subject), { ...tools, report: (value) => report({ value: describe(value) }), subject }))
  .then((value) => report({ value: describe(value) }), (error) => report({ error: describe(error), stack: error?.stack }));
