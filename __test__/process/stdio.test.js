'use strict';

// The stdio option beside stock, and parents whose own descriptors are out of the ordinary.

const test = require('ava');
const { parityOf } = require('../helpers/parity.js');
const { freshValue, freshParity } = require('../helpers/fresh.js');
const { load, stockOnly } = require('../helpers/subject.js');

parityOf(require('../scenarios/stdio.js'));

/**
 * Runs in a fresh process: puts six files on descriptors 0 to 5, starts a child for each of the lists that `make` gives, and
 * returns what each child held: for each descriptor the number of the file, or '-' for none, 'n' for /dev/null.
 */
async function holdings(cp, tools) {
  const { fs, path } = tools;
  const folder = process.env.PARITY_FOLDER;
  const permutations = (items) => (items.length < 2 ? [items]
    : items.flatMap((item, i) => permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest])));
  const lists = JSON.parse(process.env.PARITY_LISTS ?? 'null') ?? permutations([0, 1, 2, 3, 4, 5]);
  const script = 'out=$1; r=; for fd in 0 1 2 3 4 5 6 7; do k=-; [ -e /proc/$$/fd/$fd ] && k=x; [ /proc/$$/fd/$fd -ef /dev/null ] && k=n; '
    + 'for f in 0 1 2 3 4 5; do [ /proc/$$/fd/$fd -ef "$2/$f" ] && k=$f; done; r="$r$k"; done; echo "$r" > "$out"';
  const wrong = [];
  const sync = process.env.PARITY_SYNC === '1';
  let next = 0;
  const one = async (slot) => {
    while (next < lists.length) {
      const stdio = lists[next++];
      const out = path.join(folder, `out-${slot}`);
      const args = ['-c', script, 'sh', out, folder];
      if (sync) {
        const { error } = cp.spawnSync('/bin/sh', args, { stdio });
        if (error) throw error;
      } else {
        await tools.once(cp.spawn('/bin/sh', args, { stdio }), 'exit');
      }
      const expected = Array.from({ length: 8 }, (_, fd) => {
        const given = stdio[fd];
        if (given === undefined || given === null) return '-';
        return given === 'ignore' ? (fd < 3 ? 'n' : '-') : String(given);
      }).join('');
      const seen = fs.readFileSync(out, 'latin1').trim();
      if (seen !== expected) wrong.push({ stdio: stdio.join(), seen, expected });
    }
  };
  await Promise.all(Array.from({ length: sync ? 1 : 4 }, (_, slot) => one(slot)));
  return { count: lists.length, wrong: wrong.slice(0, 10), own: [0, 1, 2, 3, 4, 5].map((fd) => path.basename(fs.readlinkSync(`/proc/self/fd/${fd}`))) };
}

function six(t) {
  const fs = require('node:fs');
  const folder = fs.mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'rs-child-process-six-'));
  for (let i = 0; i < 6; i++) fs.writeFileSync(`${folder}/${i}`, '');
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  const shell = `exec ${[0, 1, 2, 3, 4, 5].map((i) => `${i}<>${folder}/${i}`).join(' ')}`;
  return { shell, env: { PARITY_FOLDER: folder } };
}

test.serial('every permutation of descriptors 0 to 5 arrives as given', async (t) => {
  const value = await freshValue(t, holdings, six(t));
  t.deepEqual(value, { count: 720, wrong: [], own: ['0', '1', '2', '3', '4', '5'] });
});

test.serial('every permutation of descriptors 0 to 5 arrives as given in the sync form', async (t) => {
  const { shell, env } = six(t);
  const value = await freshValue(t, holdings, { shell, env: { ...env, PARITY_SYNC: '1' } });
  t.deepEqual(value, { count: 720, wrong: [], own: ['0', '1', '2', '3', '4', '5'] });
});

test.serial('aliases, swaps, rotations and gaps of descriptors arrive as given', async (t) => {
  const { shell, env } = six(t);
  const lists = [
    [0, 0, 0], [1, 1, 1], [2, 1, 0], [0, 2, 1], [5, 5, 5, 5, 5, 5], [1, 2, 0], [2, 0, 1], [3, 4, 5], [5, 4, 3], [3, 3, 3, 0, 1, 2],
    ['ignore', 1, 2], [0, 'ignore', 1], ['ignore', 'ignore', 'ignore', 0, 1, 2], ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 0],
    [4, 'ignore', 4, 'ignore', 4, 'ignore', 4], [1, 0, 3, 2, 5, 4], [5, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 0], ['ignore', 5, 'ignore', 'ignore', 1],
    [2, 2, 1], [1, 1, 0, 0, 1, 1, 0, 0], [3, 'ignore', 'ignore', 3], [4, 3, 'ignore', 'ignore', 'ignore', 2, 1, 0],
  ];
  const value = await freshValue(t, holdings, { shell, env: { ...env, PARITY_LISTS: JSON.stringify(lists) } });
  t.deepEqual(value.wrong, []);
});

/** A parent that closed some of its standard descriptors, so that pipes made for the child may land there. */
const closing = (numbers) => `async (cp, tools) => {
  for (const fd of ${JSON.stringify(numbers)}) tools.fs.closeSync(fd);
  const out = {};
  const child = cp.spawn('sh', ['-c', 'cat; echo err >&2; echo three >&3'], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  child.stdin.end('through cat');
  let three = '';
  child.stdio[3].on('data', (chunk) => { three += chunk; });
  out.piped = await tools.collect(child);
  out.three = three;
  out.ignored = await tools.collect(cp.spawn('sh', ['-c', 'exit 3'], { stdio: 'ignore' }));
  out.sync = cp.spawnSync('sh', ['-c', 'cat; echo err >&2'], { input: 'through cat' }).output.map(String);
  out.exec = (await tools.call((done) => cp.exec('echo x; echo y >&2', done)));
  out.missing = await tools.collect(cp.spawn('definitely-missing'));
  return out;
}`;
for (const numbers of [[0], [1], [2], [0, 1]]) {
  freshParity(`a parent that closed descriptor ${numbers.join(', ')} starts children as stock does`, closing(numbers));
}

for (const numbers of [[0], [1], [2]]) {
  freshParity(`inheriting descriptor ${numbers.join(', ')} that the parent closed fails as with stock`, `async (cp, tools) => {
    for (const fd of ${JSON.stringify(numbers)}) tools.fs.closeSync(fd);
    try {
      return await tools.collect(cp.spawn('true', { stdio: 'inherit' }));
    } catch (error) {
      return error;
    }
  }`);
}

freshParity('inherit gives the parent\'s own standard descriptors', async (cp, tools) => {
  await tools.once(cp.spawn('sh', ['-c', 'cat; echo to stdout; echo to stderr >&2'], { stdio: 'inherit' }), 'close');
  cp.spawnSync('sh', ['-c', 'echo sync to stdout; echo sync to stderr >&2'], { stdio: 'inherit' });
  cp.execFileSync('sh', ['-c', 'echo not shown; echo shown >&2']);
  cp.execSync('echo swapped >&2', { stdio: [0, 2, 1] });
});

freshParity('process streams may be given and swapped', async (cp, tools) => {
  await tools.once(cp.spawn('sh', ['-c', 'echo on stdout; echo on stderr >&2'], { stdio: [process.stdin, process.stderr, process.stdout] }), 'close');
});

freshParity('inherit beyond descriptor 2 gives that descriptor of the parent', async (cp, tools) => {
  const child = cp.spawn('sh', ['-c', 'readlink /proc/$$/fd/9'], { stdio: ['ignore', 'pipe', 'ignore', ...Array(6).fill('ignore'), 'inherit'] });
  return tools.collect(child);
}, { shell: 'exec 9</etc/passwd' });

freshParity('a child sees only what it was given', async (cp, tools) => {
  const net = tools.require('node:net');
  const server = net.createServer().listen(0, '127.0.0.1');
  await tools.once(server, 'listening');
  const files = Array.from({ length: 20 }, () => tools.fs.openSync('/etc/passwd'));
  const others = Array.from({ length: 10 }, () => cp.spawn('cat'));
  // The folder that the glob reads takes the lowest free number; nothing else may be there but what the list names.
  const script = 'for f in /proc/$$/fd/*; do printf "%s " ${f##*/}; done';
  const out = {
    pipes: (await tools.collect(cp.spawn('/bin/sh', ['-c', script]))).stdout,
    given: (await tools.collect(cp.spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore', 'ignore', 'pipe', files[3]] }))).stdout,
    sync: cp.spawnSync('/bin/sh', ['-c', script]).stdout.toString(),
    exec: (await tools.call((done) => cp.exec(script, done))).stdout,
  };
  for (const child of others) child.stdin.end();
  for (const fd of files) tools.fs.closeSync(fd);
  server.close();
  return out;
});

(stockOnly ? test.skip : test)('a short or sparse stdio list of the caller stays as it was', async (t) => {
  const cp = load('ours');
  for (const make of [() => [], () => ['ignore'], () => [, 'pipe']]) { // eslint-disable-line no-sparse-arrays
    const stdio = make();
    const child = cp.spawn('true', { stdio });
    await new Promise((resolve) => { child.once('close', resolve); });
    cp.spawnSync('true', { stdio });
    t.deepEqual(stdio, make());
    const frozen = cp.spawn('true', { stdio: Object.freeze(make()) });
    await new Promise((resolve) => { frozen.once('close', resolve); });
  }
});

(stockOnly ? test.skip : test)('a listening server may be handed to a child', async (t) => {
  const net = require('node:net');
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  const child = load('ours').spawn('sh', ['-c', '[ -S /proc/$$/fd/3 ] && echo socket'], { stdio: ['ignore', 'pipe', 'ignore', server] });
  let out = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  await new Promise((resolve) => { child.once('close', resolve); });
  t.is(out, 'socket\n');
  t.true(server.listening);
  server.close();
});
