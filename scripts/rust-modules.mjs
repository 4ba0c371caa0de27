// Finds what a Rust file uses of its own crate: which rooms (pathsOf) and which files (fileArrows). It follows paths from `crate`,
// `super` and `self`, from submodules, and from modules that were imported by `use`.

import { posix } from 'node:path';
import { rustCode } from './source.mjs';

/** `a::{b, c::{d, e as f}}…` -> `a::b`, `a::c::d`, `a::c::e as f`: up to the brace that closes the list. */
function expand(path) {
  const open = path.indexOf('{');
  if (open < 0) return [path];
  const parts = [''];
  let depth = 0;
  for (const char of path.slice(open + 1)) {
    depth += char === '{' ? 1 : char === '}' ? -1 : 0;
    if (depth < 0) break;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.filter((part) => /\w/.test(part)).flatMap((part) => expand(path.slice(0, open) + part));
}

/** src/sys/fork.rs -> sys, fork; src/sys/mod.rs -> sys; src/lib.rs -> nothing. */
const ownPath = (file) => file.replace(/^src\//, '').replace(/(\/mod|^lib)?\.rs$/, '').split('/').filter(Boolean);

/** @returns {{ names: string[], alias: string, index: number }[]} the paths in `code`, from the root of the crate on */
export function paths(code, own) {
  const found = [];
  for (const match of code.matchAll(/\b(?:crate|self|super)(?:::\w+)*(?:::\{)?/g)) {
    if (!match[0].includes('::')) continue;
    const whole = match[0].endsWith('{') ? match[0] + code.slice(match.index + match[0].length) : `${match[0]}${/^\s+as\s+\w+/.exec(code.slice(match.index + match[0].length)) ?? ''}`;
    for (const path of expand(whole)) {
      let at = [];
      for (const name of path.split(/\s+as\s+/)[0].match(/\w+/g)) {
        if (name === 'super') at = (at.length ? at : own).slice(0, -1);
        else if (name === 'self') at = at.length ? at : own;
        else if (name !== 'crate') at = [...at, name];
      }
      found.push({ names: at, alias: /\s+as\s+(\w+)/.exec(path)?.[1] ?? at.at(-1), index: match.index });
    }
  }
  return found;
}

export const pathsOf = (file, text) => paths(rustCode(text), ownPath(file));

/** The modules of the crate: a path -> its files (several if each system has its own). */
function modulesOf(files, load) {
  const folders = new Map();
  const modules = new Map();
  const add = (path, file) => modules.set(path, [...modules.get(path) ?? [], file]);
  const pathOf = (file) => {
    const own = ownPath(file);
    for (let n = own.length; n > 0; n--) {
      const folder = folders.get(own.slice(0, n).join('/'));
      if (folder !== undefined) return [folder, ...own.slice(n)].join('::');
    }
    return own.join('::');
  };
  // `#[path = "linux/mod.rs"] mod os;`: the folders first, because the paths of the files in them begin with the folder's.
  const renamed = files.flatMap((file) => [...load(file).matchAll(/((?:^#\[.*\]\n)+)^(?:pub )?mod (\w+);/gm)]
    .flatMap(([, attributes, name]) => [...attributes.matchAll(/\bpath = "([^"]+)"/g)]
      .map(([, path]) => ({ file, name, target: posix.join(posix.dirname(file), path) }))));
  for (const { file, name, target } of renamed) {
    if (target.endsWith('/mod.rs')) folders.set(ownPath(target).join('/'), [...ownPath(file), name].join('::'));
  }
  for (const file of files) add(pathOf(file), file);
  for (const { file, name, target } of renamed) {
    if (!target.endsWith('/mod.rs')) add([pathOf(file), name].filter(Boolean).join('::'), target);
  }
  return { modules, pathOf };
}

/**
 * Which file uses which others, without the tests. A module and its submodules (`uv.rs` and `uv/`) count as one file, `uv.rs`.
 * @returns {Map<string, Set<string>>}
 */
export function fileArrows(files, load) {
  const { modules, pathOf } = modulesOf(files, load);
  const whole = (file) => {
    const outer = `${posix.dirname(file)}.rs`;
    return files.includes(outer) ? whole(outer) : file;
  };
  const arrows = new Map();
  for (const file of files) {
    if (/(^|\/)tests\.rs$/.test(file)) continue;
    const code = rustCode(load(file).split(/^#\[cfg\(test\)\]\nmod /m)[0]);
    const own = pathOf(file).split('::').filter(Boolean);
    const from = whole(file);
    // Takes the longest beginning of the path that is a module. If that has several files, those in this folder.
    const use = (names) => {
      for (let n = names.length; n > 0; n--) {
        const all = modules.get(names.slice(0, n).join('::'));
        if (all === undefined) continue;
        // A `use` of a whole folder: which of its files are used is seen where they are used.
        if (n === names.length && all.every((target) => target.endsWith('/mod.rs'))) return;
        const near = all.filter((target) => posix.dirname(target) === posix.dirname(file));
        for (const target of near.length ? near : all) {
          if (whole(target) !== from) arrows.set(from, (arrows.get(from) ?? new Set()).add(whole(target)));
        }
        return;
      }
    };
    const known = new Map();
    for (const path of modules.keys()) {
      const parent = path.split('::');
      const name = parent.pop();
      if (parent.join('::') === own.join('::')) known.set(name, [...own, name]);
    }
    for (const { names, alias } of paths(code, own)) {
      use(names);
      if (modules.has(names.join('::'))) known.set(alias, names);
    }
    for (const [, name, rest] of code.matchAll(/(?<!::)\b(\w+)((?:::\w+)+)/g)) {
      if (known.has(name)) use([...known.get(name), ...rest.split('::').slice(1)]);
    }
  }
  return arrows;
}
