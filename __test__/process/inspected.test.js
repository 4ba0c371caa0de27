'use strict';

// What programs that look into a child find: its own keys, what inspect() shows, the handles behind it.

const { freshParity } = require('../helpers/fresh.js');

for (const kind of ['spawn', 'ignore', 'ipc', 'missing', 'exec']) {
  freshParity(`a child shows what Node's shows: ${kind}`, async (cp, tools) => {
    const { inspect } = tools.require('node:util');
    // What the channel has beside is a symbol that does not enumerate.
    const keys = (object) => Reflect.ownKeys(object).map((key) => {
      const { enumerable, writable, configurable, get } = Object.getOwnPropertyDescriptor(object, key);
      return `${String(key)} ${enumerable} ${writable} ${configurable} ${typeof get}`;
    }).filter((line) => !line.startsWith('Symbol(kLink)'));
    const shown = (object, depth) => inspect(object, { depth }).replaceAll(/\b(pid|fd|reading|\[Symbol\(\w+id_symbol\)\]|Symbol\(\w+id_symbol\)): (\d+|true|false)/g, '$1: N');
    const told = {};
    const look = (when, child) => {
      told[`${when} keys`] = keys(child);
      told[`${when} inspect`] = shown(child, 0);
      const handle = child._handle;
      if (handle) {
        told[`${when} handle`] = [keys(handle), shown(handle, 0), handle.constructor.name, handle.getProviderType(), typeof handle.getAsyncId(),
          ['spawn', 'kill', 'close', 'hasRef', 'ref', 'unref'].map((name) => typeof handle[name]), child.pid > 0 && handle.hasRef()];
      }
      for (const name of ['stdin', 'stdout', 'stderr']) {
        const stream = child[name];
        if (!stream) continue;
        told[`${when} ${name}`] = [keys(stream), stream._type, stream.constructor.name, stream._handle && keys(stream._handle), stream._handle?.constructor.name, stream._handle?.getProviderType()];
      }
      if (child.channel) told[`${when} channel`] = [keys(child.channel), shown(child.channel, 1)];
      for (const name of ['send', '_send', 'disconnect', '_disconnect']) if (child[name]) told[`${when} ${name}`] = [child[name].name, child[name].length];
      told[`${when} events`] = [child, child.stdout, child.stderr].map((emitter) => emitter?.eventNames().map((event) => [String(event), emitter.listenerCount(event)]));
    };
    const start = {
      spawn: () => cp.spawn('sleep', ['0.1']),
      ignore: () => cp.spawn('sleep', ['0.1'], { stdio: 'ignore' }),
      ipc: () => cp.spawn('sleep', ['0.1'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
      missing: () => cp.spawn('no-such-program'),
      exec: () => cp.exec('sleep 0.1', () => {}),
    }[process.env.KIND];
    const child = start();
    child.on('error', () => {});
    look('started', child);
    if (process.env.KIND === 'ignore') told.json = JSON.stringify(child).replaceAll(/\d{2,}/g, 'N');
    await new Promise((resolve) => { child.on('close', resolve); });
    look('closed', child);
    return told;
  }, { env: { KIND: kind } });
}

freshParity('a wrapper of ChildProcess.prototype.spawn finds the records and the variables of the channel behind the call', async (cp, tools) => {
  const { prototype } = cp.ChildProcess;
  const own = prototype.spawn;
  const seen = [];
  prototype.spawn = function(options) {
    const result = own.call(this, options);
    seen.push(Object.keys(options), options.stdio.map((record) => [Object.keys(record), record.type, record.handle?.constructor.name]),
      options.envPairs.filter((pair) => pair.startsWith('NODE_CHANNEL')), options.args === this.spawnargs, result);
    return result;
  };
  const child = cp.spawn('true', [], { stdio: ['pipe', 'inherit', 'ignore', 'ipc', 'pipe'], serialization: 'advanced' });
  const plain = cp.spawn('true', { env: { A: '1' } });
  await Promise.all([tools.once(child, 'close'), tools.once(plain, 'close')]);
  return seen;
});

freshParity('exec gives its output to who has put something of his own in the place of emit', async (cp) => {
  const run = (patch) => new Promise((resolve) => {
    let length = 0;
    const child = cp.exec('head -c 3000000 /dev/zero', { maxBuffer: 4_000_000 }, (error, stdout) => resolve([error, stdout.length, length]));
    patch(child.stdout, (chunk) => { length += chunk.length; });
  });
  return [
    await run((stream, count) => {
      const { emit } = stream;
      stream.emit = function(...args) {
        if (args[0] === 'data') count(args[1]);
        return emit.apply(this, args);
      };
    }),
    await run((stream, count) => {
      const { push } = stream;
      stream.push = function(...args) {
        if (args[0]) count(args[0]);
        return push.apply(this, args);
      };
    }),
  ];
});
