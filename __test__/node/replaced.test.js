'use strict';

// Programs whose tests put something else in the place of global functions, after the package was loaded: clocks that stand
// still, JSON with other rules. Node's functions do not look at those, beside stock.

const { freshParity } = require('../helpers/fresh.js');
const path = require('node:path');

const echo = path.join(__dirname, '..', 'channel', 'fixtures', 'echo.js');
const env = { ECHO: echo };

freshParity('streams and exec end while the global timers stand still', async (cp, tools) => {
  const { setTimeout: later } = globalThis;
  globalThis.setTimeout = globalThis.clearTimeout = globalThis.setImmediate = globalThis.clearImmediate = () => {};
  const limit = later(() => process.exit(9), 20_000);
  const out = [];
  const child = cp.spawn('sh', ['-c', 'echo x']);
  child.stdout.on('data', (chunk) => out.push(String(chunk))).on('close', () => out.push('stdout closed'));
  await tools.once(child, 'close');
  out.push(await new Promise((resolve) => { cp.exec('echo y', (error, stdout) => resolve([error, stdout])); }));
  const missing = cp.spawn('definitely-missing-program');
  missing.on('error', (error) => out.push(error.code));
  await new Promise((resolve) => { missing.on('close', resolve); });
  limit.unref();
  return out;
});

freshParity('timeout ends a child while the global timers stand still', async (cp, tools) => {
  globalThis.setTimeout = globalThis.clearTimeout = globalThis.setImmediate = () => {};
  const child = cp.spawn('sleep', ['10'], { timeout: 50, stdio: 'ignore' });
  const [code, signal] = await tools.once(child, 'exit');
  const killed = await new Promise((resolve) => { cp.exec('sleep 10', { timeout: 50 }, (error) => resolve(error.killed)); });
  return [code, signal, killed];
});

freshParity('an exit is told while process.nextTick stands still', async (cp) => {
  const { nextTick } = process;
  const ended = new Promise((resolve) => {
    process.nextTick = () => {};
    const child = cp.spawn('sh', ['-c', 'exit 3'], { stdio: 'ignore' });
    const seen = [];
    child.on('exit', (code) => seen.push('exit', code));
    child.on('close', (code) => resolve([...seen, 'close', code]));
  });
  const seen = await ended;
  process.nextTick = nextTick;
  return seen;
});

for (const serialization of ['json', 'advanced']) {
  freshParity(`messages are themselves while JSON is replaced: ${serialization}`, async (cp, tools) => {
    const { parse, stringify } = JSON;
    JSON.parse = JSON.stringify = () => { throw new Error('replaced'); };
    const child = cp.fork(process.env.ECHO, [], { serialization: process.env.SERIALIZATION });
    const seen = [];
    child.on('message', (message) => seen.push(message));
    for (let i = 0; i < 12; i++) child.send({ i, text: 'é"\n'.repeat(200) });
    child.send('x'.repeat(100_000));
    while (seen.length < 13) await tools.once(child, 'message');
    child.disconnect();
    await tools.once(child, 'exit');
    Object.assign(JSON, { parse, stringify });
    return seen.map((message) => message.i ?? message.length ?? message);
  }, { env: { ...env, SERIALIZATION: serialization } });
}
