// Checks two rules of the Rust code. `unsafe` is used only in src/sys, and each use says why it is sound. The crate napi is used only
// in the rooms that speak with JavaScript. The compiler's lint `unsafe_code` knows no folders, and no lint checks the second rule.

import { isMain } from './run.mjs';
import { conclude, find, lineOf, read, rustCode } from './source.mjs';

const NAPI_ROOMS = /^src\/(lib\.rs|binding(\.rs|\/)|sys\/(node_api|uv)(\.rs|\/))/;

/** Whether the reason stands right above the statement with the block, or above the block inside the statement. */
function hasReason(lines, lineNumber, word) {
  for (let at = lineNumber - 2, code = 0; at >= 0; at -= 1) {
    const line = lines[at].trim();
    if (line.includes(word)) return true;
    if (line.startsWith('//') || line.startsWith('#[')) continue;
    // Look further up only within the same statement.
    if (line === '' || /[;{}]$/.test(line) || (code += 1) > 8) return false;
  }
  return false;
}

export function checkFile(file, text) {
  const problems = [];
  const code = rustCode(text);
  const lines = text.split('\n');
  for (const match of code.matchAll(/\bunsafe\b/g)) {
    const number = lineOf(code, match.index);
    const where = `${file}:${number}`;
    const rest = code.slice(match.index);
    if (!file.startsWith('src/sys/')) problems.push(`${where} unsafe outside src/sys`);
    else if (/^unsafe\s*(\{|impl\b|extern\s*(\s)*\{)/.test(rest)) {
      if (!hasReason(lines, number, 'SAFETY:')) problems.push(`${where} no \`// SAFETY:\` comment above it`);
    } else if (/^unsafe\s+(extern\s+\s*)?fn\s+\w/.test(rest) && !/^\s+$/.test(lines[number - 1].split('unsafe')[0])) {
      // Indented and not public: a method of a trait. The documentation of the trait says what the caller must ensure.
      if (!hasReason(lines, number, '# Safety')) problems.push(`${where} an unsafe function without a \`# Safety\` section`);
    }
  }
  for (const match of code.matchAll(/\bnapi(_derive|_sys)?\b\s*(::|\]|\()/g)) {
    if (!NAPI_ROOMS.test(file)) problems.push(`${file}:${lineOf(code, match.index)} napi outside lib, binding, sys/node_api and sys/uv`);
  }
  return problems;
}

if (isMain(import.meta)) {
  conclude('unsafe', find('src', /\.rs$/).flatMap((file) => checkFile(file, read(file))));
}
