'use strict';

// Programs that give up root, and children that become somebody else.

const test = require('ava');
const { fresh, freshValue } = require('../helpers/fresh.js');
const { stockOnly } = require('../helpers/subject.js');
const { alive, until } = require('../helpers/tools.js');

const reason = process.platform !== 'linux' && 'it reads /proc' || process.getuid() !== 0 && 'only root can do it';
const asRoot = (title, body) => {
  if (reason) test.skip(`${title} [skipped: ${reason}]`, () => {});
  else test.serial(title, body);
};
const mechanisms = ['clone', 'fork', 'thread'];
const subject = stockOnly ? 'stock' : 'ours';

// --- threads: libc's setuid() and its like signal each one, and wait for its answer ---

/** Brings every thread of ours to life, gives up root, and starts children as nobody. */
async function giveUpRoot(cp, tools, expected) {
  const { Worker } = tools.require('node:worker_threads');
  const ours = tools.subject === 'ours';
  const tied = ours ? { killOnParentExit: true } : {};
  const load = JSON.stringify(tools.path.join(tools.root, '__test__/helpers/subject.js'));
  const waiting = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'], ...tied });
  const code = `require(${load}).load('${tools.subject}').spawn('sleep', ['10'], { stdio: 'ignore' }).unref();`;
  await tools.once(new Worker(code, { eval: true }), 'exit');
  const forked = cp.fork(tools.path.join(tools.root, '__test__/channel/fixtures/echo.js'));
  for (let i = 0; i < 50; i++) forked.send({ i });

  const tasks = () => tools.fs.readdirSync('/proc/self/task').map((task) => tools.fs.readFileSync(`/proc/self/task/${task}/status`, 'latin1'));
  const names = () => tasks().map((status) => /^Name:\s*(.*)$/m.exec(status)[1]);
  await tools.until(() => expected.every((name) => names().includes(name)), `threads named ${expected}`);
  // What libc keeps for itself: signals 32 and 33 in glibc, 34 too in musl.
  const own = process.report.getReport().header.glibcVersionRuntime ? 3n : 7n;
  const deaf = tasks().filter((status) => BigInt(`0x${/^SigBlk:\s*(.*)$/m.exec(status)[1]}`) >> 31n & own);

  process.setgroups([]);
  process.initgroups('nobody', 65534);
  process.setegid(65534);
  process.seteuid(65534);
  process.seteuid(0);
  process.setgid(65534);
  process.setuid(65534);
  const others = tasks().filter((status) => !/^Uid:(\s+65534){4}$/m.test(status) || !/^Gid:(\s+65534){4}$/m.test(status));
  const children = [
    await tools.collect(cp.spawn('id', ['-u'])),
    await tools.collect(cp.spawn('id', ['-u'], tied)),
    { stdout: cp.execFileSync('id', ['-u']).toString() },
  ].map(({ stdout }) => stdout);
  waiting.stdin.end();
  forked.disconnect();
  return { deaf, others, children };
}

// The kernel keeps fifteen characters of a name.
const ours = stockOnly ? [] : ['child-waiter', 'child-starter'];
for (const mechanism of mechanisms) {
  asRoot(`a program with all of our threads gives up root, and its children have none (${mechanism})`, async (t) => {
    const value = await freshValue(t, `(cp, tools) => (${giveUpRoot})(cp, tools, ${JSON.stringify(ours)})`, { subject, env: { RS_CHILD_PROCESS_MECHANISM: mechanism }, limit: 20_000 });
    t.deepEqual(value.deaf, []);
    t.deepEqual(value.others, []);
    t.deepEqual(value.children, Array(3).fill('65534\n'));
  });

  asRoot(`users change at once while worker threads start children (${mechanism})`, async (t) => {
    const value = await freshValue(t, async (cp, tools) => {
      const { Worker } = tools.require('node:worker_threads');
      const load = JSON.stringify(tools.path.join(tools.root, '__test__/helpers/subject.js'));
      const code = `const cp = require(${load}).load('${tools.subject}');
        let left = 40;
        const next = () => { if (left-- > 0) cp.spawn('true', { stdio: 'ignore' }).on('exit', next); };
        next(); next();`;
      let running = 3;
      for (let i = running; i > 0; i--) new Worker(code, { eval: true }).on('exit', () => { running--; });
      let changes = 0;
      let longest = 0;
      while (running > 0) {
        const before = performance.now();
        process.seteuid(65534);
        process.seteuid(0);
        longest = Math.max(longest, performance.now() - before);
        changes++;
        await tools.sleep(1);
      }
      return { changes, longest };
    }, { subject, env: { RS_CHILD_PROCESS_MECHANISM: mechanism }, limit: 40_000 });
    t.true(value.changes > 10, String(value.changes));
    t.true(value.longest < 5000, String(value.longest));
  });
}

// --- children that become somebody else ---

// A user without root, but with the right to change users: to whom files of /proc/self belong shows the dumpable flag.
const capable = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=+setuid,+setgid', '--ambient-caps=+setuid,+setgid'];
for (const mechanism of mechanisms) {
  asRoot(`a child with a user or group of its own leaves its parent dumpable (${mechanism})`, async (t) => {
    const value = await freshValue(t, async (cp, tools) => {
      const owner = () => tools.fs.statSync('/proc/self/stat').uid;
      const owners = [owner()];
      const ids = [];
      const forms = tools.subject === 'ours' ? [{}, { killOnParentExit: true }] : [{}];
      for (const form of forms) {
        for (const who of [{ uid: 12345 }, { gid: 23456 }, { uid: 12345, gid: 23456 }]) {
          ids.push((await tools.collect(cp.spawn('sh', ['-c', 'echo $(id -u) $(id -g)'], { ...who, ...form }))).stdout);
          owners.push(owner());
        }
      }
      ids.push(cp.spawnSync('id', ['-u'], { uid: 12345 }).stdout.toString());
      owners.push(owner());
      return { owners: [...new Set(owners)], ids };
    }, { subject, prefix: capable, env: { RS_CHILD_PROCESS_MECHANISM: mechanism } });
    t.deepEqual(value.owners, [65534]);
    const each = ['12345 65534\n', '65534 23456\n', '12345 23456\n'];
    t.deepEqual(value.ids, [...each, ...stockOnly ? [] : each, '12345\n']);
  });
}

(stockOnly ? test.skip : asRoot)('a child with a user of its own dies with its parent when asked to', async (t) => {
  for (const mechanism of mechanisms) {
    const { value } = await fresh(async (cp, tools) => {
      const child = cp.spawn('sleep', ['60'], { stdio: 'ignore', killOnParentExit: true, uid: 12345, gid: 12345 });
      await tools.once(child, 'spawn');
      tools.report(child.pid);
      process.kill(process.pid, 'SIGKILL');
      await tools.sleep(10_000);
    }, { env: { RS_CHILD_PROCESS_MECHANISM: mechanism } });
    t.is(typeof value, 'number');
    await until(() => !alive(value), `the child is gone (${mechanism})`);
  }
});
