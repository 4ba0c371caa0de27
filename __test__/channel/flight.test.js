'use strict';

// Many sockets at once to one process: they arrive in order, once, and whole, whatever happens to one of them on the way.

const net = require('node:net');
const { ARENA } = require('../../lib/channel/codec/internal-messages.js');
const { conversations, ourConversations } = require('./helpers/conversation.js');

/** `count` accepted sockets of one server, and the clients at their other ends. */
async function connected(ctx, count, at = { host: '127.0.0.1', port: 0 }) {
  const server = net.createServer({ pauseOnConnect: true });
  await new Promise((resolve) => { server.listen(at, resolve); });
  const clients = [];
  const sockets = [];
  for (let i = 0; i < count; i++) {
    const accepted = ctx.event(server, 'connection');
    clients.push(ctx.keep(net.connect({ ...at, port: server.address().port }).on('error', () => {})));
    const [socket] = await accepted;
    sockets.push(socket);
  }
  return { server, clients, sockets };
}

/** All that a client gets until the end. */
function all(client) {
  return new Promise((resolve) => {
    let text = '';
    client.setEncoding('utf8').on('data', (part) => { text += part; }).on('close', () => resolve(text));
  });
}

const connections = (server) => new Promise((resolve) => { server.getConnections((error, count) => resolve(error?.code ?? count)); });

/** A child with room for `room` descriptors more until one was lost. At 'end' it answers each of its sockets, or destroys it. */
function crowded({ note, args: [room, last] }) {
  const fs = require('node:fs');
  const held = [];
  const sockets = [];
  process.on('message', (message, socket) => {
    note('message', message, socket?.constructor.name);
    if (socket) sockets.push(socket);
    if (message !== 'end') return;
    for (const [i, each] of sockets.entries()) last === 'answer' ? each.end(`${i}`) : each.destroy();
    process.disconnect();
  });
  // Room again, once one was lost: those that were sent right behind it would find it.
  process.on('internalMessage', ({ cmd }, handle) => {
    if (cmd !== 'NODE_HANDLE' || (handle !== undefined && handle !== null) || held.length === 0) return;
    for (const each of held.splice(0)) fs.closeSync(each);
    note('lost one');
  });
  const socket = new (require('node:net').Socket)();
  socket.destroy();
  try {
    for (;;) held.push(fs.openSync('/dev/null', 'r'));
  } catch {
    for (const fd of held.splice(0, Number(room))) fs.closeSync(fd);
    note('ready');
  }
}

for (const serialization of ['json', 'advanced']) {
  conversations([
    {
      title: `many sockets at once, with messages between them, are in order on both sides (${serialization})`,
      async parent(ctx) {
        const { server, clients, sockets } = await connected(ctx, 40);
        const child = ctx.start({ serialization });
        await ctx.noted('ready');
        const returned = [];
        const order = [];
        const answers = clients.map(all);
        for (const [i, socket] of sockets.entries()) {
          returned.push(child.send(`socket ${i}`, socket, (error) => order.push(`socket ${i} ${error}`)));
          if (i % 13 === 12) returned.push(child.send(`after ${i}`, undefined, undefined, (error) => order.push(`after ${i} ${error}`)));
        }
        returned.push(child.send('end'));
        ctx.note('parent', 'answers', await Promise.all(answers));
        await ctx.event(child, 'exit');
        ctx.note('parent', 'returned', returned);
        ctx.note('parent', 'order', order);
        ctx.note('parent', 'here', server._connections, sockets.some((socket) => socket._handle !== null));
        server.close();
      },
      child({ note }) {
        note('ready');
        const over = [];
        process.on('message', (message, socket) => {
          note('message', message, socket?.constructor.name);
          if (socket) over.push(new Promise((resolve) => { socket.end(message).resume().on('close', resolve); }));
          if (message === 'end') Promise.all(over).then(() => process.disconnect());
        });
      },
    },
    {
      title: `connections that are on their way are counted once they have arrived (${serialization})`,
      async parent(ctx) {
        const { server, sockets } = await connected(ctx, 10);
        const child = ctx.start({ serialization });
        await ctx.noted('ready');
        for (const socket of sockets.slice(1)) child.send('socket', socket);
        await ctx.noted('message', { times: 9 });
        await ctx.turn();
        ctx.note('parent', 'connections', await connections(server), server._connections);
        const closed = ctx.event(server, 'close');
        server.close();
        child.send('end');
        sockets[0].destroy();
        await closed;
        ctx.note('parent', 'closed');
        child.disconnect();
        await ctx.event(child, 'exit');
      },
      child({ note }) {
        const sockets = [];
        process.on('message', (message, socket) => {
          note('message', message, socket?.constructor.name);
          if (socket) sockets.push(socket);
          else for (const each of sockets) each.destroy();
        });
        note('ready');
      },
    },
  ]);
  ourConversations([
    {
      title: `sockets that find no room in the receiver come again, and none overtakes another (${serialization})`,
      // Not stock to stock: Node acknowledges a repeated handle twice, and its sender asserts that it did not.
      pairings: ['stock-ours', 'ours-stock', 'ours-ours', 'ours-preloaded'],
      async parent(ctx) {
        const { server, clients, sockets } = await connected(ctx, 12);
        const child = ctx.start({ serialization, args: [3, 'answer'] });
        await ctx.noted('ready');
        const answers = clients.map(all);
        for (const [i, socket] of sockets.entries()) child.send(i, socket);
        child.send('end');
        ctx.fact('answers', await Promise.all(answers));
        await ctx.event(child, 'exit');
        ctx.fact('connections', server._connections);
        server.close();
      },
      child: crowded,
      check(t, { facts, children }) {
        const numbers = Array.from({ length: 12 }, (_, i) => i);
        t.deepEqual(facts, { answers: numbers.map(String), connections: 0 });
        const messages = numbers.map((i) => ['message', i, 'Socket']);
        const lost = messages.splice(0, 3);
        t.deepEqual(children.child.slice(1).map(({ event, args }) => [event, ...args]), [...lost, ['lost one'], ...messages, ['message', 'end', '<undefined>']]);
      },
    },
  ]);
}

ourConversations([
  {
    title: 'of many sockets under way to a child that dies all but the first are their sender\'s again',
    async parent(ctx) {
      const { server, clients, sockets } = await connected(ctx, 12);
      const child = ctx.start();
      ctx.listen(child, ['error', 'disconnect', 'exit', 'close']);
      // Behind the greeting, if there is one.
      await ctx.event(child, 'message');
      const answers = clients.map(all);
      const order = [];
      sockets[3].on('data', (data) => ctx.fact('read again', String(data)));
      for (const [i, socket] of sockets.entries()) child.send(i, socket, (error) => order.push(error?.code ?? error));
      // Not read by this process, which may not have it any more.
      clients[3].write('early');
      sockets[4].resume();
      await ctx.sleep(20);
      ctx.fact('read on the way', sockets[3].bytesRead + sockets[4].bytesRead);
      child.kill('SIGKILL');
      await ctx.event(child, 'exit');
      await ctx.turn();
      for (const [i, socket] of sockets.entries()) if (i > 0) socket.resume().end(`back ${i}`);
      ctx.fact('answers', await Promise.all(answers));
      ctx.fact('order', order);
      server.close();
    },
    child({ block }) {
      process.send('ready', () => block('never'));
    },
    check(t, { facts }, pairing) {
      const code = 'ERR_IPC_CHANNEL_CLOSED';
      t.deepEqual(facts.order, [null, ...Array.from({ length: 11 }, () => code)]);
      t.deepEqual(facts.answers, ['', ...Array.from({ length: 11 }, (_, i) => `back ${i + 1}`)]);
      t.is(facts['read again'], 'early');
      // What waits here on Node's wire is read here.
      if (pairing !== 'ours-stock') t.is(facts['read on the way'], 0);
    },
  },
]);

conversations([
  {
    title: 'a child that listens to nothing lives until its parent has all the sockets that it sends',
    async parent(ctx) {
      const child = ctx.start();
      child.on('message', (message, socket) => {
        if (message === 'ready') ctx.busyUntilNoted('all sent');
        ctx.note('parent', 'message', message, socket?.constructor.name);
        socket?.destroy();
      });
      await ctx.event(child, 'exit');
    },
    child({ note }) {
      const net = require('node:net');
      const sockets = [];
      const server = net.createServer((socket) => {
        if (sockets.push(socket) < 5) return;
        server.close();
        process.send('ready', () => {
          for (const [i, each] of sockets.entries()) process.send(i, each, (error) => note(`written ${i}`, error));
          note('all sent');
        });
      });
      server.listen(0, '127.0.0.1', () => {
        for (let i = 0; i < 5; i++) net.connect(server.address().port, '127.0.0.1').on('error', () => {}).unref();
      });
    },
  },
]);

ourConversations([
  {
    title: 'a server whose connections came back from their way closes',
    async parent(ctx) {
      const first = await connected(ctx, 1);
      // At another address: servers at any free port of one are the same to Node's list of connections.
      const second = await connected(ctx, 3, { path: ctx.file('socket') });
      const child = ctx.start();
      await ctx.event(child, 'message');
      child.send('first', first.sockets[0]);
      for (const socket of second.sockets) child.send('second', socket, () => {});
      child.kill('SIGKILL');
      await ctx.event(child, 'exit');
      await ctx.turn();
      for (const socket of second.sockets) socket.destroy();
      ctx.fact('connections', await connections(second.server));
      const closed = ctx.event(second.server, 'close');
      second.server.close();
      await closed;
      first.server.close();
    },
    child({ block }) {
      process.send('ready', () => block('never'));
    },
    check(t, { facts }) {
      t.is(facts.connections, 0);
    },
  },
  {
    title: 'a socket on its way to one child does not go to another one as well',
    async parent(ctx) {
      const { server, clients, sockets } = await connected(ctx, 2);
      const children = [ctx.start({ args: ['first'] }), ctx.start({ args: ['second'] })];
      for (const name of ['child', 'child1']) await ctx.noted('ready', { name });
      // Behind the greetings.
      await ctx.sleep(50);
      const answers = clients.map(all);
      children[0].send(0, sockets[0]);
      children[0].send(1, sockets[1]);
      children[1].send('again', sockets[1]);
      for (const child of children) child.send('end');
      ctx.fact('answers', await Promise.all(answers));
      ctx.fact('connections', server._connections);
      server.close();
    },
    child({ args, note }) {
      const sockets = [];
      process.on('message', (message, socket) => {
        if (socket) sockets.push(socket);
        if (message !== 'end') return;
        for (const each of sockets) each.end(args[0]);
        process.disconnect();
      });
      note('ready');
    },
    check(t, { facts }, pairing) {
      // On Node's wire the one that is still waiting goes to whoever it is sent to first.
      t.deepEqual(facts, { answers: ['first', pairing === 'ours-stock' ? 'second' : 'first'], connections: 0 });
    },
  },
  {
    title: 'the message of a socket that was destroyed on its way, and lost there, comes alone',
    pairings: ['ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const { server, sockets } = await connected(ctx, 4);
      const child = ctx.listen(ctx.start({ args: [1, 'destroy'] }), ['error']);
      await ctx.noted('ready');
      for (const [i, socket] of sockets.entries()) child.send(i, socket, (error) => ctx.note('parent', `sent ${i}`, error));
      sockets[1].destroy();
      child.send('end');
      await ctx.event(child, 'exit');
      server.close();
    },
    child: crowded,
    check(t, { emitters, children }) {
      t.deepEqual(children.child.slice(1).map(({ event, args }) => [event, ...args]), [
        ['message', 0, 'Socket'], ['lost one'], ['message', 1, '<undefined>'], ['message', 2, 'Socket'], ['message', 3, 'Socket'], ['message', 'end', '<undefined>'],
      ]);
      t.deepEqual(emitters.parent.map(({ event }) => event), ['sent 0', 'sent 1', 'sent 2', 'sent 3']);
    },
  },
  {
    title: 'memory that is given up takes no descriptor from the message behind it',
    pairings: ['ours-ours', 'ours-preloaded'],
    async parent(ctx) {
      const server = net.createServer();
      await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      const child = ctx.start();
      await ctx.event(child, 'message');
      const key = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kLink');
      // Both are there when the child reads.
      child[key].tell({ cmd: ARENA, generation: 1, bytes: 0 }, -1);
      child.send('server', server);
      child.send('end');
      ctx.unblock();
      await ctx.event(child, 'exit');
      server.close();
    },
    child({ note, block }) {
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name);
        handle?.close();
        if (message === 'end') process.disconnect();
      });
      process.send('ready', () => block('go'));
    },
    check(t, { children }) {
      t.deepEqual(children.child.map(({ args }) => args), [['server', 'Server'], ['end', '<undefined>']]);
    },
  },
  {
    title: 'a child that wraps what is no raw handle as one that is sent again harms nobody',
    async parent(ctx) {
      const child = ctx.start();
      child.on('error', (error) => ctx.note('parent', 'error', error.code));
      child.on('message', (message) => ctx.note('parent', 'message', message));
      await ctx.event(child, 'exit');
    },
    child() {
      const net = require('node:net');
      const server = net.createServer((socket) => {
        process.on('message', () => {});
        process.send({ cmd: 'NODE_HANDLE', type: 'net.Socket' }, socket, { keepOpen: true });
        process.send({ cmd: 'NODE_HANDLE', type: 'other' }, socket, { keepOpen: true });
        process.send({ cmd: 'NODE_HANDLE', type: 'net.Socket' }, server);
        process.send('end', () => process.exit());
      });
      server.listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1').on('error', () => {}));
    },
    check(t, { emitters }) {
      const code = 'ERR_IPC_MALFORMED_MESSAGE';
      t.deepEqual(emitters.parent.map(({ event, args }) => [event, ...args]), [['error', code], ['error', code], ['error', code], ['message', 'end']]);
    },
  },
]);
