'use strict';

// Starts that fail half-way, and parents out of the ordinary: descriptors and processes used up, children reaped by
// somebody else, signals ignored or blocked. Each runs in a process of its own.

const test = require('ava');
const { freshParity, freshValue } = require('../helpers/fresh.js');
const { stockOnly } = require('../helpers/subject.js');

const ourTest = stockOnly ? test.skip : test.serial;
const root = process.getuid() === 0;

/** Takes descriptors until `free` are left, starts a child, and gives back everything. */
const exhausted = (free, start) => `async (cp, tools) => {
  const { fs } = tools;
  await tools.collect(cp.spawn('true')); // first use may open what stays open
  cp.spawnSync('true');
  const before = tools.descriptorCount();
  const taken = [];
  try { for (;;) taken.push(fs.openSync('/dev/null')); } catch {}
  for (let i = 0; i < ${free}; i++) fs.closeSync(taken.pop());
  const events = [];
  let child;
  let thrown;
  try {
    child = (${start})(cp);
  } catch (error) {
    thrown = { code: error.code, syscall: error.syscall, message: error.message };
  }
  const at = child && { pid: typeof child.pid, stdin: child.stdin === undefined, stdout: child.stdout === undefined, stdio: child.stdio === undefined };
  if (child?.on) {
    for (const name of ['spawn', 'exit', 'close', 'error']) child.on(name, (...args) => events.push([name, ...args]));
    await Promise.race([tools.once(child, 'close').catch(() => {}), tools.sleep(300)]);
  }
  for (const fd of taken) fs.closeSync(fd);
  await tools.sleep(50);
  const works = (await tools.collect(cp.spawn('echo', ['alive']))).stdout;
  await tools.until(() => tools.descriptorCount() <= before, 'the descriptors are given back', 3000).catch(() => {});
  return { thrown, at, sync: child && !child.on ? child : undefined, events, works, leaked: tools.descriptorCount() - before, zombies: tools.zombies().length };
}`;

const spawning = {
  'three pipes': '(cp) => cp.spawn("true")',
  'no pipes': '(cp) => cp.spawn("true", { stdio: "ignore" })',
  'six pipes': '(cp) => cp.spawn("true", { stdio: ["pipe", "pipe", "pipe", "pipe", "pipe", "pipe"] })',
};
for (const [name, start] of Object.entries(spawning)) {
  for (const free of [0, 1, 2, 3, 4, 5, 6, 7, 9, 11]) {
    // How many descriptors a start needs is each implementation's own; what must agree is the shape of a failure.
    ourTest(`with ${free} free descriptors a start with ${name} works or gives EMFILE, and leaks nothing`, async (t) => {
      const value = await freshValue(t, exhausted(free, start), { shell: 'ulimit -n 64' });
      t.is(value.leaked, 0);
      t.is(value.zombies, 0);
      t.is(value.works, 'alive\n');
      t.is(value.thrown, '<undefined>');
      const names = value.events.map(([event]) => event);
      if (names.includes('error')) {
        const [, error] = value.events.find(([event]) => event === 'error');
        t.is(error.code, 'EMFILE');
        t.is(error.syscall, 'spawn true');
        t.deepEqual(value.at, { pid: 'undefined', stdin: true, stdout: true, stdio: true });
        t.false(names.includes('spawn'));
        t.false(names.includes('exit'));
      } else {
        t.deepEqual(names, ['spawn', 'exit', 'close']);
      }
    });
  }
}
freshParity('with no free descriptor a start gives EMFILE in the shape of stock', exhausted(0, spawning['three pipes']), { shell: 'ulimit -n 64' });
freshParity('with no free descriptor a sync start gives EMFILE as with stock', exhausted(0, '(cp) => { const { status, signal, output, error } = cp.spawnSync("true"); return { status, signal, output, error }; }'), { shell: 'ulimit -n 64' });
freshParity('with no free descriptor execFile calls back with EMFILE', `async (cp, tools) => {
  await tools.collect(cp.spawn('true'));
  const taken = [];
  try { for (;;) taken.push(tools.fs.openSync('/dev/null')); } catch {}
  const calls = [];
  cp.execFile('true', (...args) => calls.push(args));
  await tools.sleep(100);
  for (const fd of taken) tools.fs.closeSync(fd);
  return calls;
}`, { shell: 'ulimit -n 64' });

const noUsers = 'another user id is needed, which only root can take';
const asNobody = { prefix: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] };
async function manyProcesses(cp, tools) {
  const before = tools.descriptorCount();
  const events = [];
  const children = [];
  let failed;
  for (let i = 0; i < 60 && !failed; i++) {
    try {
      const child = cp.spawn('sleep', ['60'], { stdio: ['pipe', 'pipe', 'ignore'] });
      child.on('error', (error) => events.push(error));
      if (child.pid === undefined) failed = child;
      else children.push(child);
    } catch (error) {
      failed = { thrown: error.code };
    }
  }
  const shape = failed && { thrown: failed.thrown, pid: failed.pid, stdout: typeof failed.stdout };
  if (failed?.on) await tools.once(failed, 'close').catch(() => {});
  const sync = cp.spawnSync('true').error;
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => tools.once(child, 'close')));
  await tools.sleep(100);
  return {
    some: children.length > 0, shape, events: events.map(({ code, syscall, path, spawnargs }) => ({ code, syscall, path, spawnargs })), sync: sync?.code,
    works: (await tools.collect(cp.spawn('echo', ['alive']))).stdout, leaked: tools.descriptorCount() > before + 2, zombies: tools.zombies().length,
  };
}
if (root) {
  // The limit counts the threads of node, too.
  freshParity('with no process left a start gives EAGAIN in the shape of stock', manyProcesses, { ...asNobody, prefix: ['prlimit', '--nproc=40', ...asNobody.prefix] });
} else {
  test.skip(`with no process left a start gives EAGAIN in the shape of stock [skipped: ${noUsers}]`, () => {});
}

ourTest('kill on a child that failed to start hits nobody', async (t) => {
  // Stock sends the signal to its own process group here.
  const value = await freshValue(t, async (cp, tools) => {
    const child = cp.spawn('/nonexistent/program', { stdio: 'ignore' });
    const killed = [child.kill(), child.killed, child.kill(0), child.kill('SIGKILL')];
    const error = await new Promise((resolve) => { child.once('error', resolve); });
    await tools.sleep(20);
    return { killed, code: error.code };
  }, { prefix: ['setsid', '-w'] });
  t.deepEqual(value, { killed: [false, false, false, false], code: 'ENOENT' });
});

freshParity('failed starts of every kind leave no zombie and no descriptor', async (cp, tools) => {
  const file = tools.path.join(tools.fs.mkdtempSync('/tmp/rs-child-process-fault-'), 'plain');
  tools.fs.writeFileSync(file, 'x');
  const starts = [
    () => cp.spawn('definitely-missing'), () => cp.spawn(file), () => cp.spawn('true', { cwd: '/nonexistent' }),
    () => cp.spawn('true', { cwd: '/etc/passwd' }), () => cp.spawn('/etc/passwd/x'), () => cp.spawn('true', ['x'.repeat(200_000)]),
    () => cp.spawn('true', { stdio: ['pipe', 99_999, 'pipe'] }), () => cp.spawn('definitely-missing', { stdio: [0, 'pipe', 'pipe', 'pipe'] }),
    () => cp.spawnSync('definitely-missing'), () => cp.spawnSync('true', { cwd: '/nonexistent' }), () => cp.exec('true', { cwd: '/nonexistent' }),
  ];
  const once = async () => {
    for (const start of starts) {
      try {
        const child = start();
        if (!child.on) continue;
        child.on('error', () => {});
        await new Promise((resolve) => { child.once('close', resolve); });
      } catch {
        // Those that throw.
      }
    }
  };
  await once();
  const before = tools.descriptorCount();
  for (let i = 0; i < 20; i++) await once();
  await tools.sleep(50);
  tools.fs.rmSync(tools.path.dirname(file), { recursive: true });
  return { leaked: tools.descriptorCount() - before, zombies: tools.zombies() };
});

freshParity('a thousand quick children leave no zombie, no descriptor and no listener', async (cp, tools) => {
  const listeners = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)]).sort();
  await tools.collect(cp.spawn('true'));
  // Where 'close' comes with the exit, the child's own descriptor is still open while its listeners run.
  await tools.sleep(50);
  const before = tools.descriptorCount();
  const listening = JSON.stringify(listeners());
  const codes = {};
  let left = 1000;
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (left-- > 0) {
      const code = left % 7;
      const { code: got } = await tools.collect(cp.spawn('sh', ['-c', `exit ${code}`], { stdio: left % 2 ? 'ignore' : 'pipe' }));
      if (got !== code) codes[`${code} became ${got}`] = true;
    }
  }));
  await tools.sleep(50);
  return { codes, leaked: tools.descriptorCount() - before, zombies: tools.zombies(), listeners: JSON.stringify(listeners()) === listening };
}, { limit: 100_000 });

test.serial('children killed at random moments each end once, as killed or by themselves', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const wrong = [];
    let left = 400;
    await Promise.all(Array.from({ length: 12 }, async () => {
      while (left > 0) {
        // The lanes share the count, and this one's number must last over the wait.
        const number = left--;
        const events = [];
        const child = cp.spawn('sh', ['-c', 'echo x; exit 3'], { stdio: number % 2 ? 'pipe' : 'ignore' });
        for (const name of ['spawn', 'error', 'exit', 'close']) child.on(name, (...args) => events.push([name, ...args]));
        const wait = Math.random() * 6;
        if (wait > 1) await tools.sleep(wait);
        const signal = ['SIGKILL', 'SIGTERM', 'SIGINT'][number % 3];
        const told = child.kill(signal);
        if (!events.some(([name]) => name === 'close')) await tools.once(child, 'close');
        const exits = events.filter(([name]) => name === 'exit');
        const [, code, by] = exits[0];
        const fine = exits.length === 1 && events.map(([name]) => name).join() === 'spawn,exit,close'
          && ((code === 3 && by === null) || (code === null && by === signal && told));
        if (!fine) wrong.push({ events, signal, told });
      }
    }));
    return { wrong, zombies: tools.zombies() };
  }, { limit: 100_000 });
  t.deepEqual(value, { wrong: [], zombies: [] });
});

// --- parents with unusual signal states ---

async function signalStates(cp, tools) {
  const grep = ['-E', '^Sig(Blk|Ign|Cgt):', '/proc/self/status'];
  return {
    spawn: (await tools.collect(cp.spawn('grep', grep))).stdout,
    detached: (await tools.collect(cp.spawn('grep', grep, { detached: true }))).stdout,
    sync: cp.spawnSync('grep', grep).stdout.toString(),
    exec: (await tools.call((done) => cp.execFile('grep', grep, done))).stdout,
  };
}
freshParity('the child of an ordinary parent has the signal state of stock', signalStates);
freshParity('the child of a parent that ignores signals has the signal state of stock', signalStates, { shell: 'trap "" TERM INT HUP USR1 USR2 QUIT ALRM PIPE' });
test.serial('the child of a parent that ignores signals has the default dispositions', async (t) => {
  const value = await freshValue(t, signalStates, { shell: 'trap "" TERM INT HUP USR1 USR2 QUIT ALRM PIPE', subject: 'ours' });
  for (const text of Object.values(value)) {
    t.regex(text, /SigBlk:\s0+\n/);
    // But for real-time signals, the first of which (32) posix_spawn leaves ignored in what it starts.
    t.regex(text, /SigIgn:\s[0-9a-f]{8}[08]0{7}\n/);
  }
});
const realTime = ['python3', '-c', 'import os, signal, sys; signal.signal(40, signal.SIG_IGN); os.execvp(sys.argv[1], sys.argv[1:])'];
for (const RS_CHILD_PROCESS_MECHANISM of ['clone', 'fork']) {
  freshParity(`the child of a parent that ignores a real-time signal has the signal state of stock (${RS_CHILD_PROCESS_MECHANISM})`, signalStates, { prefix: realTime, env: { RS_CHILD_PROCESS_MECHANISM } });
}
freshParity('the child of a parent that handles signals has the default dispositions', `async (cp, tools) => {
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGWINCH', 'SIGCHLD']) process.on(name, () => {});
  return (${signalStates})(cp, tools);
}`);
const blocked = ['python3', '-c', 'import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); os.execvp(sys.argv[1], sys.argv[1:])'];
test.serial('the child of a parent that blocks every signal has an empty mask and can be killed', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const mask = (await tools.collect(cp.spawn('grep', ['^SigBlk:', '/proc/self/status']))).stdout;
    const sync = cp.spawnSync('grep', ['^SigBlk:', '/proc/self/status']).stdout.toString();
    const child = cp.spawn('sleep', ['60'], { stdio: 'ignore' });
    child.kill();
    const [, signal] = await tools.once(child, 'exit');
    return { mask, sync, signal };
  }, { prefix: blocked, subject: stockOnly ? 'stock' : 'ours' });
  t.regex(value.mask, /^SigBlk:\s0+\n$/);
  t.regex(value.sync, /^SigBlk:\s0+\n$/);
  t.is(value.signal, 'SIGTERM');
});
ourTest('the exit of a child arrives although SIGCHLD is blocked in the parent', async (t) => {
  const value = await freshValue(t, (cp, tools) => tools.collect(cp.spawn('sh', ['-c', 'echo x; exit 4'])), { prefix: blocked });
  t.deepEqual(value, { stdout: 'x\n', stderr: '', code: 4, signal: null });
});

// The kernel throws exit codes away where SIGCHLD is ignored: nobody can know them.
ourTest('a parent that ignores SIGCHLD sees each child end', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const seen = [];
    for (const script of ['exit 0', 'exit 7', 'kill -9 $$']) {
      const { code, signal } = await tools.collect(cp.spawn('sh', ['-c', script]));
      seen.push([typeof code, typeof signal]);
    }
    const child = cp.spawn('sleep', ['60'], { stdio: 'ignore' });
    child.kill('SIGKILL');
    await tools.once(child, 'close');
    return { seen: seen.length, killAfter: child.kill(), sync: cp.spawnSync('echo', ['x']).stdout.toString(), zombies: tools.zombies() };
  }, { shell: 'trap "" CHLD' });
  t.deepEqual(value, { seen: 3, killAfter: false, sync: 'x\n', zombies: [] });
});

freshParity('a child that dies in the moment of a sync start is reaped by its own owner', async (cp, tools) => {
  const codes = [];
  const exits = [];
  for (let i = 0; i < 40; i++) {
    const child = cp.spawn('sh', ['-c', `exit ${i}`], { stdio: 'ignore' });
    exits.push(tools.once(child, 'exit'));
    codes.push(cp.spawnSync('sh', ['-c', `exit ${i + 100}`]).status);
  }
  return { codes, exits: (await Promise.all(exits)).map(([code]) => code), zombies: tools.zombies() };
});

test.serial('stock child_process in the same process is not disturbed', async (t) => {
  const value = await freshValue(t, async (cp, tools) => {
    const stock = tools.require('node:child_process');
    const wrong = [];
    let left = 300;
    await Promise.all(Array.from({ length: 10 }, async (_, slot) => {
      const side = slot % 2 ? stock : cp;
      while (left-- > 0) {
        const code = left % 120;
        const { code: got } = await tools.collect(side.spawn('sh', ['-c', `exit ${code}`], { stdio: left % 2 ? 'ignore' : 'pipe' }));
        if (got !== code) wrong.push([code, got]);
        if (left % 25 === 0 && side.spawnSync('sh', ['-c', 'exit 9']).status !== 9) wrong.push('sync');
      }
    }));
    return { wrong, zombies: tools.zombies() };
  }, { limit: 100_000 });
  t.deepEqual(value, { wrong: [], zombies: [] });
});

freshParity('a SIGCHLD listener of the user does not disturb', async (cp, tools) => {
  let signals = 0;
  process.on('SIGCHLD', () => { signals++; });
  const seen = [];
  for (const code of [1, 2, 3]) seen.push((await tools.collect(cp.spawn('sh', ['-c', `exit ${code}`]))).code);
  await tools.until(() => signals > 0, 'SIGCHLD arrives');
  process.removeAllListeners('SIGCHLD');
  return seen;
});

freshParity('a high limit of descriptors costs nothing that breaks', async (cp, tools) => {
  return tools.collect(cp.spawn('sh', ['-c', 'ulimit -n']));
}, { shell: 'ulimit -n $(ulimit -H -n)' });

freshParity('descriptors above a thousand reach the child', async (cp, tools) => {
  const fds = [];
  while ((fds.at(-1) ?? 0) < 1500) fds.push(tools.fs.openSync('/etc/passwd'));
  const out = await tools.collect(cp.spawn('sh', ['-c', 'readlink /proc/$$/fd/3; readlink /proc/$$/fd/4'], { stdio: ['ignore', 'pipe', 'ignore', fds.at(-1), fds.at(-1)] }));
  const piped = await tools.collect(cp.spawn('echo', ['through a pipe with a high number']));
  return { out, piped };
}, { shell: 'ulimit -n 4096' });
