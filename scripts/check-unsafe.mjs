// `unsafe` stays in src/sys and says why it is sound; napi stays where JavaScript's world begins. The
// compiler's `unsafe_code` lint cannot express the first by folder, and nothing but a reader sees the second.

import { isMain } from './run.mjs';
import { conclude, find, lineOf, read, rustCode } from './source.mjs';

const NAPI_ROOMS = /^src\/(lib\.rs|binding(\.rs|\/)|sys\/(node_api|uv)(\.rs|\/))/;

/** The reason must stand right above the statement that the block is part of, or above the block in it. */
function hasReason(lines, lineNumber, word) {
  for (let at = lineNumber - 2, code = 0; at >= 0; at -= 1) {
    const line = lines[at].trim();
    if (line.includes(word)) return true;
    if (line.startsWith('//') || line.startsWith('#[')) continue;
    // Further up only as long as the same statement goes on.
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
      // (Indented and not public: a method of a trait, whose own documentation says what is owed.)
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
