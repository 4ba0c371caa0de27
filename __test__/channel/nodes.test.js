'use strict';

// Two versions of Node: this one as parent, every other one as child, with each side of the channel at either end. Run with
// each Node in turn, the tests cover every pair.

const fs = require('node:fs');
const path = require('node:path');
const net = require('node:net');
const test = require('ava');
const { execFileSync } = require('node:child_process');
const { converse } = require('./helpers/conversation.js');
const { root } = require('../helpers/subject.js');

/** The Nodes of other majors that this machine has: those named by RS_TEST_NODES, and those brought by the matrix. */
function otherNodes() {
  const cache = path.join(root, '.cache', 'nodes');
  const brought = fs.existsSync(cache) ? fs.readdirSync(cache).flatMap((major) => {
    const modules = path.join(cache, major, 'node_modules');
    return fs.existsSync(modules) ? fs.readdirSync(modules).map((name) => path.join(modules, name, 'bin', 'node')) : [];
  }) : [];
  const found = new Map();
  for (const node of [...(process.env.RS_TEST_NODES ?? '').split(':'), ...brought].filter((file) => file && fs.existsSync(file))) {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    const major = version.slice(1).split('.')[0];
    if (major !== process.versions.node.split('.')[0] && !found.has(major)) found.set(major, node);
  }
  return [...found];
}

const exchange = (node, serialization) => ({
  async parent(ctx) {
    const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await ctx.event(server, 'listening');
    const child = ctx.start({ node, serialization });
    ctx.listen(child, ['disconnect', 'exit']);
    const values = [
      { text: 'é日本😀\u2028', list: [1, [2]], deep: { a: { b: null } } }, 'text', 7, true, null,
      ...serialization === 'advanced' ? [new Map([[1, new Set([2n])]]), Buffer.from('bytes'), new Float64Array([1.5]), new Date(0), new RangeError('range'), /x/g] : [],
    ];
    for (const value of values) child.send(value);
    const [socket] = await new Promise((resolve) => {
      server.once('connection', (...args) => resolve(args));
      ctx.keep(net.connect(server.address().port, '127.0.0.1').setEncoding('utf8')).on('data', (text) => ctx.note('client', 'data', text));
    });
    child.send({ socket: true }, socket);
    child.send('x'.repeat(1_000_000));
    let count = 0;
    await new Promise((resolve) => {
      child.on('message', (message) => {
        if (message === 'all') resolve();
        else if (typeof message === 'number') count++;
        else ctx.note('parent', 'message', message);
      });
      child.send('end');
    });
    ctx.fact('numbers', count);
    child.disconnect();
    await ctx.event(child, 'exit');
    server.close();
  },
  child({ note }) {
    process.on('message', (message, handle) => {
      if (typeof message === 'string' && message.length > 100) note('long', message.length);
      // The stack of an error is of no interest, and its text is.
      else note('message', message instanceof Error ? [message.name, message.message] : message, handle?.constructor.name);
      if (handle) handle.end('from the other Node');
      else if (message === 'end') {
        for (let i = 0; i < 1_000; i++) process.send(i);
        process.send('all');
      } else if (typeof message === 'object' && !(message instanceof Error)) {
        process.send({ back: message });
      }
    });
  },
});

const others = otherNodes();
if (others.length === 0) test.skip('other versions of Node [skipped: RS_TEST_NODES names none and .cache/nodes holds none]', () => {});

for (const [major, node] of others) {
  for (const serialization of ['json', 'advanced']) {
    test.serial(`a child of Node ${major}, ${serialization}`, async (t) => {
      t.timeout(120_000);
      const { stderr: _, ...expected } = await converse(exchange(node, serialization), ['stock', 'stock']);
      t.is(expected.facts.numbers, 1_000);
      for (const pairing of [['stock', 'ours'], ['ours', 'stock'], ['ours', 'ours']]) {
        const { stderr, leaked, ...actual } = await converse(exchange(node, serialization), pairing);
        for (const trace of [actual, expected]) trace.emitters.parent = trace.emitters.parent.filter(({ event }) => event !== 'close');
        t.is(leaked, undefined);
        t.deepEqual(actual, expected, `${pairing.join(' parent, ')} child\n${stderr}`);
      }
    });
  }
}
