'use strict';

// A dead child that a debugger holds: it cannot be reaped yet, and waiting for it must cost nothing.

const test = require('ava');
const { freshValue } = require('../helpers/fresh.js');
const { stockOnly } = require('../helpers/subject.js');
const { compiled } = require('./helpers.js');

// The compiler is tried, and whether a process may be held that is no descendant: its own parent here.
const hold = compiled('hold', [String(process.pid), '1']);
const title = (text) => (hold ? text : `${text} [skipped: a C compiler or the right to ptrace is missing]`);
const whereHeld = hold && !stockOnly ? test.serial : test.skip;

/** Milliseconds of processor time; a loop that spins spends some hundreds, also on a busy machine. */
const LITTLE = 60;

for (const RS_CHILD_PROCESS_MECHANISM of ['', 'thread']) {
  const env = { HOLD: hold, RS_CHILD_PROCESS_MECHANISM };
  const how = RS_CHILD_PROCESS_MECHANISM === '' ? 'with a pidfd' : 'without a pidfd';

  whereHeld(title(`the loop sleeps while a debugger holds a dead child, and hears of its end afterwards (${how})`), async (t) => {
    const value = await freshValue(t, async (cp, tools) => {
      const child = cp.spawn('sleep', ['60'], { stdio: 'ignore' });
      let exit;
      child.on('exit', (...end) => { exit = end; });
      const debug = tools.require('node:child_process').spawn(process.env.HOLD, [child.pid, '1500']);
      await tools.once(debug.stdout, 'data');
      child.kill('SIGKILL');
      await tools.until(() => tools.zombies().length === 1, 'the child is dead');
      const before = process.cpuUsage();
      await tools.sleep(800);
      const { user, system } = process.cpuUsage(before);
      const early = exit;
      await tools.until(() => exit, 'the exit is told');
      return { early, exit, busy: (user + system) / 1000 };
    }, { env });
    t.is(value.early, '<undefined>');
    t.deepEqual(value.exit, [null, 'SIGKILL']);
    t.true(value.busy < LITTLE, `${value.busy} ms of 800 were spent`);
  });

  for (const timeout of [0, 60_000]) {
    whereHeld(title(`spawnSync sleeps while a debugger holds the dead child (${how}, timeout ${timeout})`), async (t) => {
      const value = await freshValue(t, `async (cp) => {
        // The held program itself gets no signal but the one that ends it: any other would stop it for its debugger.
        const program = '"$HOLD" $$ 1000 >/dev/null 2>&1 & (sleep 0.2; kill -KILL $$) >/dev/null 2>&1 & exec sleep 60';
        const before = process.cpuUsage();
        const { signal, error } = cp.spawnSync('sh', ['-c', program], { timeout: ${timeout} });
        const { user, system } = process.cpuUsage(before);
        return { signal, error, busy: (user + system) / 1000 };
      }`, { env });
      t.is(value.signal, 'SIGKILL');
      t.is(value.error, '<undefined>');
      t.true(value.busy < LITTLE, `${value.busy} ms of 1000 were spent`);
    });
  }
}
