// Helpers of the checks: they find files, and remove what is not code. Rust's comments and literals become spaces, so that positions in
// the result are positions in the file.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root, say } from './run.mjs';

export const read = (file, base = root) => readFileSync(join(base, file), 'utf8');

/** -> the files below a folder whose names match, as paths from the root of the project, with forward slashes. */
export function find(folder, pattern, base = root) {
  const out = [];
  for (const name of readdirSync(join(base, folder), { withFileTypes: false })) {
    const path = join(base, folder, name);
    const own = relative(base, path).split(sep).join('/');
    if (name === 'node_modules' || name === 'target' || name.startsWith('.')) continue;
    if (statSync(path).isDirectory()) out.push(...find(own, pattern, base));
    else if (pattern.test(name)) out.push(own);
  }
  return out.sort();
}

export const lineOf = (text, index) => text.slice(0, index).split('\n').length;

const RUST_NON_CODE = new RegExp([
  String.raw`//[^\n]*`,
  String.raw`\bb?r(#*)"[\s\S]*?"\1`, // raw strings
  String.raw`"(?:[^"\\]|\\[\s\S])*"`,
  String.raw`'(?:[^'\\\n]|\\(?:.|x[0-9a-f]{2}|u\{[^}]*\}))'`, // char literals, which lifetimes are not
].join('|'), 'g');

/** Rust source with comments and literals blanked out. */
export function rustCode(text) {
  const blank = (match) => match.replace(/[^\n]/g, ' ');
  let plain = text;
  // Block comments nest in Rust: innermost first until none is left.
  for (let before; before !== plain;) {
    before = plain;
    plain = plain.replace(/\/\*(?:(?!\/\*)[\s\S])*?\*\//g, blank);
  }
  return plain.replace(RUST_NON_CODE, blank);
}

/** JavaScript source without the lines that are only comments. That is enough to find imports. */
export const jsCode = (text) => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');

/** Prints what a check found and sets the exit code. */
export function conclude(name, problems) {
  for (const problem of problems) say(`  ${name}: ${problem}`);
  process.exitCode = problems.length ? 1 : 0;
}
