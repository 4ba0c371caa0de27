'use strict';

// spawn(): which file a command is, by PATH and the working directory, and what becomes of scripts.

const fs = require('node:fs');
const path = require('node:path');
const { program } = require('../helpers/program.js');

const scenarios = [];
const add = (title, run) => scenarios.push({ title, run });

add('a relative program is looked for in the working directory of the child', (cp, ctx) => {
  program(ctx.tmp, 'here', '#!/bin/sh\necho found\n');
  return ctx.closed(ctx.watch(cp.spawn('./here', { cwd: ctx.tmp })));
});

add('PATH is taken from the environment of the child', (cp, ctx) => {
  program(path.join(ctx.tmp, 'bin'), 'only-there', '#!/bin/sh\necho found by PATH\n');
  return ctx.closed(ctx.watch(cp.spawn('only-there', { env: { PATH: path.join(ctx.tmp, 'bin') } })));
});

add('a program that only the PATH of the parent knows is not found', (cp, ctx) => {
  return ctx.closed(ctx.watch(cp.spawn('cat', { env: { PATH: ctx.tmp } })));
});

add('without PATH the standard folders are searched', (cp, ctx) => {
  return ctx.closed(ctx.watch(cp.spawn('echo', ['found'], { env: {} })));
});

add('with an empty PATH the working directory is searched', (cp, ctx) => {
  program(ctx.tmp, 'here', '#!/bin/sh\necho found\n');
  return ctx.closed(ctx.watch(cp.spawn('here', { cwd: ctx.tmp, env: { PATH: '' } })));
});

for (const value of ['/nonexistent::/bin', ':/nonexistent', '/nonexistent:', '::']) {
  add(`an empty entry in PATH=${value} is the working directory`, (cp, ctx) => {
    program(ctx.tmp, 'unusual-name', '#!/bin/sh\necho found\n');
    return ctx.closed(ctx.watch(cp.spawn('unusual-name', { cwd: ctx.tmp, env: { PATH: value } })));
  });
}

add('a relative entry in PATH is relative to the working directory of the child', (cp, ctx) => {
  program(path.join(ctx.tmp, 'bin'), 'unusual-name', '#!/bin/sh\necho found\n');
  return ctx.closed(ctx.watch(cp.spawn('unusual-name', { cwd: ctx.tmp, env: { PATH: 'bin' } })));
});

add('a file that may not be executed is passed over in PATH', (cp, ctx) => {
  program(path.join(ctx.tmp, 'a'), 'tool', '#!/bin/sh\necho wrong\n', 0o644);
  program(path.join(ctx.tmp, 'b'), 'tool', '#!/bin/sh\necho right\n');
  return ctx.closed(ctx.watch(cp.spawn('tool', { env: { PATH: `${ctx.tmp}/a:${ctx.tmp}/b` } })));
});

add('only a file that may not be executed in PATH gives EACCES', (cp, ctx) => {
  program(path.join(ctx.tmp, 'a'), 'tool', '#!/bin/sh\necho wrong\n', 0o644);
  return ctx.closed(ctx.watch(cp.spawn('tool', { env: { PATH: `${ctx.tmp}/none:${ctx.tmp}/a:${ctx.tmp}/none2` } })));
});

add('a PATH entry that is a file is passed over', (cp, ctx) => {
  const file = program(ctx.tmp, 'file', '');
  program(path.join(ctx.tmp, 'b'), 'tool', '#!/bin/sh\necho right\n');
  return ctx.closed(ctx.watch(cp.spawn('tool', { env: { PATH: `${file}:${ctx.tmp}/b` } })));
});

add('a directory of that name is passed over in PATH', (cp, ctx) => {
  fs.mkdirSync(path.join(ctx.tmp, 'a', 'tool'), { recursive: true });
  program(path.join(ctx.tmp, 'b'), 'tool', '#!/bin/sh\necho right\n');
  return ctx.closed(ctx.watch(cp.spawn('tool', { env: { PATH: `${ctx.tmp}/a:${ctx.tmp}/b` } })));
});

add('a very long PATH is searched to its end', (cp, ctx) => {
  program(path.join(ctx.tmp, 'b'), 'tool', '#!/bin/sh\necho right\n');
  const long = Array.from({ length: 2000 }, (_, i) => `/nonexistent/${i}`).join(':');
  return ctx.closed(ctx.watch(cp.spawn('tool', { env: { PATH: `${long}:${ctx.tmp}/b` } })));
});

// The shell runs it, but where the C library is musl the start throws.
const withoutInterpreter = (title, start) => add(title, (cp, ctx) => {
  const child = ctx.attempt('spawn', () => start(cp, ctx));
  return child && ctx.closed(ctx.watch(child));
});

withoutInterpreter('a script without #! gets what execvp of this system gives it', (cp, ctx) => {
  return cp.spawn(program(ctx.tmp, 'script', 'echo "$0 $# $*"\n'), ['one', 'two words', '']);
});

withoutInterpreter('a script without #! that is found in PATH gets the same', (cp, ctx) => {
  program(ctx.tmp, 'script-in-path', 'echo "$# $*"\n');
  return cp.spawn('script-in-path', ['one'], { env: { PATH: ctx.tmp } });
});

withoutInterpreter('a script without #! and with argv0 gets the same', (cp, ctx) => {
  return cp.spawn(program(ctx.tmp, 'script', 'echo "$0 $# $*"\n'), ['one'], { argv0: 'other' });
});

withoutInterpreter('an empty executable file gets the same', (cp, ctx) => cp.spawn(program(ctx.tmp, 'empty', '')));

add('a script whose interpreter is missing gives ENOENT', (cp, ctx) => {
  return ctx.closed(ctx.watch(cp.spawn(program(ctx.tmp, 'bad', '#!/nonexistent/interpreter\n'))));
});

module.exports = scenarios;
