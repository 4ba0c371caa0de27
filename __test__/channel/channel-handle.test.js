'use strict';

// What programs find under Symbol(kChannelHandle), and do with it: they write text of their own, and watch what is sent.

const path = require('node:path');
const { freshParity } = require('../helpers/fresh.js');

const echo = path.join(__dirname, 'fixtures', 'echo.js');

for (const serialization of ['json', 'advanced']) {
  for (const start of ['fork', 'spawn']) {
    const env = { ECHO: echo, START: start, SERIALIZATION: serialization };
    freshParity(`the handle of a channel has what Node's has, and writes: ${start}, ${serialization}`, async (cp, tools) => {
      const { ECHO, START, SERIALIZATION } = process.env;
      const child = START === 'fork'
        ? cp.fork(ECHO, [], { serialization: SERIALIZATION })
        : cp.spawn(process.execPath, [ECHO], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], serialization: SERIALIZATION });
      const key = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kChannelHandle');
      const handle = child[key];
      const keys = (object) => Reflect.ownKeys(object).map(String).filter((name) => name !== 'Symbol(kLink)');
      const method = SERIALIZATION === 'json' ? 'writeUtf8String' : 'writeBuffer';
      const own = handle[method];
      const seen = {
        keys: keys(handle), control: keys(child.channel), class: handle.constructor.name, kind: Object.prototype.toString.call(handle), provider: handle.getProviderType(),
        fd: handle.fd > 2 && handle.fd === child.channel.fd, property: { ...Object.getOwnPropertyDescriptor(child, key), value: 0 },
      };

      const watched = [];
      let Request;
      handle[method] = function(request, data, sent) {
        Request = request.constructor;
        watched.push(String(data).replaceAll('\0', ''), sent === undefined);
        return own.call(this, request, data, sent);
      };
      const answers = [];
      child.on('message', (message) => answers.push(message));
      const callbacks = [];
      child.send('first', (error) => callbacks.push(error));
      child.send({ second: 2 });
      while (answers.length < 2) await tools.once(child, 'message');
      handle[method] = own;
      child.send('not watched');
      const data = SERIALIZATION === 'json'
        ? ['"raw"\n', '["in', ' pieces"]\n{"two":1}\n"lines"\n']
        : ['raw', ['pieces'], 'lines', { two: 1 }].map((value) => {
          const body = tools.require('node:v8').serialize(value);
          const frame = Buffer.alloc(4 + body.length);
          frame.writeUInt32BE(body.length);
          body.copy(frame, 4);
          return frame;
        });
      const results = data.map((text) => own.call(handle, new Request(), text));
      while (answers.length < 7) await tools.once(child, 'message');
      // Much traffic, by which two ends of this package may leave Node's form.
      for (let i = 0; i < 500; i++) child.send({ i });
      while (answers.length < 507) await tools.once(child, 'message');
      results.push(...data.map((text) => own.call(handle, new Request(), text)));
      child.send('last');
      while (answers.length < 512) await tools.once(child, 'message');
      child.disconnect();
      await tools.once(child, 'exit');
      seen.after = child[key];
      return { ...seen, watched: watched.slice(0, 4), callbacks, results, answers: [...answers.slice(0, 7), ...answers.slice(507)] };
    }, { env });
  }
}

freshParity('a child\'s own handle writes too', async (cp, tools) => {
  const code = `
    const key = Object.getOwnPropertySymbols(process).find(({ description }) => description === 'kChannelHandle');
    const handle = process[key];
    const { writeUtf8String: own } = handle;
    handle.writeUtf8String = function(request, text) {
      own.call(handle, request, '"instead"\\n');
      delete handle.writeUtf8String;
      return own.call(handle, new request.constructor(), text);
    };
    process.send('first');
    process.send('second');
    process.disconnect();
  `;
  const file = tools.path.join(tools.require('node:fs').mkdtempSync(tools.path.join(tools.require('node:os').tmpdir(), 'handle-')), 'child.js');
  tools.fs.writeFileSync(file, code);
  const child = cp.fork(file);
  const messages = [];
  child.on('message', (message) => messages.push(message));
  await tools.once(child, 'close');
  tools.fs.rmSync(tools.path.dirname(file), { recursive: true });
  return messages;
});

for (const serialization of ['json', 'advanced']) {
  freshParity(`who watches sees the messages of the program and nothing else: ${serialization}`, async (cp, tools) => {
    const { ECHO, SERIALIZATION } = process.env;
    const child = cp.fork(ECHO, [], { serialization: SERIALIZATION });
    const key = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kChannelHandle');
    const handle = child[key];
    const method = SERIALIZATION === 'json' ? 'writeUtf8String' : 'writeBuffer';
    const own = handle[method];
    const watched = [];
    handle[method] = function(request, data, sent) {
      watched.push(String(data).replaceAll('\0', '').slice(0, 40));
      return own.call(this, request, data, sent);
    };
    // Large ones: two ends of this package offer each other memory for them.
    for (let i = 0; i < 20; i++) {
      child.send('x'.repeat(200_000));
      await tools.once(child, 'message');
    }
    child.disconnect();
    await tools.once(child, 'exit');
    return watched.length;
  }, { env: { ECHO: echo, SERIALIZATION: serialization } });
}
