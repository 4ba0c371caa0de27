// Checks that every file begins with a comment that says what it is for, and is not too long for one job (LIMIT lines of code).
// Fixtures need no such comment, because their names say what they do. Tests may be longer.

import { existsSync } from 'node:fs';
import { isMain, root } from './run.mjs';
import { conclude, find, read } from './source.mjs';

const LIMIT = 350;

export function checkFile(file, text) {
  const problems = [];
  if (file.endsWith('.rs')) {
    if (!text.startsWith('//!')) problems.push(`${file}:1 does not open with //!`);
  } else if (!/\/fixtures\//.test(file) && !/^(#!.*\n)?('use strict';\n)?\s*(\/\/|\/\*)/.test(text)) {
    problems.push(`${file}:1 does not open with a comment that says what it is for`);
  }
  // Comments, blank lines and the unit tests of a Rust file are not counted: they do not make a file harder to understand.
  const body = text.split(/^#\[cfg\(test\)\]\nmod /m)[0];
  const lines = body.split('\n').filter((line) => !/^\s*(\/\/.*|\/?\*.*)?$/.test(line)).length;
  if (lines > LIMIT && !/^__test__\//.test(file)) problems.push(`${file} has ${lines} lines of code, more than ${LIMIT}: it holds more than one job`);
  if (/^(lib\/|index\.js|register\.js|promises\.js)/.test(file) && /\.c?js$/.test(file) && !text.startsWith('\'use strict\';')) {
    problems.push(`${file}:1 is not strict`);
  }
  return problems;
}

if (isMain(import.meta)) {
  const folders = ['lib', 'scripts', 'bench', 'examples', '__test__'].filter((folder) => existsSync(root + folder));
  const files = [
    ...find('src', /\.rs$/),
    ...folders.flatMap((folder) => find(folder, /\.([cm]?js|rs)$/)),
    ...['index.js', 'index.mjs', 'register.js', 'promises.js'].filter((file) => existsSync(root + file)),
  ];
  conclude('files', files.flatMap((file) => checkFile(file, read(file))));
}
