// Every file opens by saying what it is for, and has one job that fits on a few screens. Tests and scripts
// keep to it too; fixtures are exempt from the header, since their name says what they do.

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
  // Comments and blank lines are free, and so are Rust's unit tests beside what they test: none of them makes
  // a file harder to take in.
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
