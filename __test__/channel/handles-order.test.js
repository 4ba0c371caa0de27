'use strict';

// The place of handles among messages, how the connections of a server are counted over processes, and what becomes of a handle
// when either side fails on its way.

const net = require('node:net');
const { conversations, ourConversations } = require('./helpers/conversation.js');
const { all, closing, connections, listen, pair } = require('./helpers/sockets.js');

conversations([
  {
    title: 'messages with and without handles keep their order, many at once, and send says what Node says',
    async parent(ctx) {
      const servers = await Promise.all(Array.from({ length: 20 }, () => listen(net.createServer(), 0, '127.0.0.1')));
      const child = ctx.start();
      await ctx.noted('ready');
      const returned = [];
      const order = [];
      for (const [i, server] of servers.entries()) {
        returned.push(child.send(`before ${i}`, (error) => order.push(`before ${i} ${error}`)));
        returned.push(child.send(`server ${i}`, server, (error) => order.push(`server ${i} ${error}`)));
        returned.push(child.send(`after ${i}`, undefined, undefined, (error) => order.push(`after ${i} ${error}`)));
      }
      returned.push(child.send('end'));
      await ctx.event(child, 'exit');
      ctx.note('parent', 'returned', returned);
      ctx.note('parent', 'order', order);
      await Promise.all(servers.map(closing));
    },
    child({ note }) {
      note('ready');
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name);
        handle?.close();
        if (message === 'end') process.disconnect();
      });
    },
  },
  {
    title: 'both sides send handles at the same time without a deadlock',
    async parent(ctx) {
      const server = await listen(net.createServer(), 0, '127.0.0.1');
      const child = ctx.start();
      await ctx.noted('ready');
      let seen = 0;
      child.on('message', (message, handle) => {
        ctx.note('parent', 'message', message, handle?.constructor.name);
        handle?.close();
        if (++seen === 31) child.disconnect();
      });
      ctx.unblock();
      for (let i = 0; i < 30; i++) child.send(i, server);
      child.send('end');
      await ctx.event(child, 'exit');
      server.close();
    },
    child({ note, block }) {
      const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
        note('ready');
        block('go');
        for (let i = 0; i < 30; i++) process.send(i, server);
        process.send('end', () => server.close());
      });
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name);
        handle?.close();
      });
      process.on('disconnect', () => note('disconnect'));
    },
  },
  {
    title: 'disconnect waits for the handles that are queued',
    async parent(ctx) {
      const server = await listen(net.createServer(), 0, '127.0.0.1');
      const child = ctx.start();
      ctx.listen(child, ['error', 'disconnect', 'exit']);
      await ctx.noted('ready');
      for (let i = 0; i < 5; i++) child.send(i, server, (error) => ctx.note('parent', 'sent', i, error));
      child.send('end');
      child.disconnect();
      ctx.note('parent', 'state', child.connected, child.channel !== null);
      ctx.note('parent', 'late', child.send('late', () => {}));
      await ctx.event(child, 'disconnect');
      ctx.note('parent', 'state', child.connected, child.channel);
      await closing(server);
    },
    child({ note, noteAll }) {
      noteAll('disconnect');
      note('ready');
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name);
        handle?.close();
      });
    },
  },
  {
    title: 'close and getConnections of a server count what its children hold',
    async parent(ctx) {
      const server = await listen(net.createServer({ pauseOnConnect: true }), 0, '127.0.0.1');
      const children = [ctx.start({ name: 'one' }), ctx.start({ name: 'two' })];
      const sockets = [];
      const clients = [];
      for (let i = 0; i < 5; i++) {
        const accepted = ctx.event(server, 'connection');
        clients.push(ctx.keep(net.connect(server.address().port, '127.0.0.1')).resume());
        sockets.push((await accepted)[0]);
      }
      ctx.note('parent', 'all here', await connections(server));
      children[0].send('a', sockets[0]);
      children[0].send('b', sockets[1]);
      children[1].send('c', sockets[2]);
      await Promise.all([ctx.noted('message', { name: 'one', times: 2 }), ctx.noted('message', { name: 'two' })]);
      ctx.note('parent', 'three there', await connections(server), server._connections);
      let isClosed = false;
      server.close((error) => {
        isClosed = true;
        ctx.note('parent', 'closed', error);
      });
      sockets[3].destroy();
      sockets[4].destroy();
      children[1].send('end all');
      await ctx.noted('ended', { name: 'two' });
      ctx.note('parent', 'closed already', isClosed);
      children[0].send('end one');
      await ctx.noted('ended', { name: 'one' });
      ctx.note('parent', 'closed already', isClosed);
      children[0].send('end all');
      await ctx.event(server, 'close');
      for (const child of children) child.disconnect();
    },
    child({ note }) {
      const held = [];
      process.on('message', (message, socket) => {
        if (socket) {
          held.push(socket);
          note('message', message);
          return;
        }
        const ending = held.splice(0, message === 'end one' ? 1 : held.length);
        let left = ending.length;
        for (const one of ending) one.on('close', () => { if (--left === 0) note('ended', ending.length); }).destroy();
      });
    },
  },
  {
    title: 'getConnections when the child with the connections is gone or goes',
    async parent(ctx) {
      const { server, socket, client } = await pair(ctx);
      client.resume();
      const child = ctx.start();
      child.send('a', socket);
      await ctx.noted('message');
      const asked = connections(server);
      child.kill('SIGKILL');
      ctx.note('parent', 'asked before', await asked);
      await ctx.event(child, 'exit');
      server.close();
    },
    child({ note }) {
      process.on('message', (message, socket) => {
        globalThis.held = socket;
        note('message', message);
        // It answers no question.
        const end = Date.now() + 10_000;
        while (Date.now() < end);
      });
    },
  },
  {
    title: 'a client that resets while its socket waits for its turn',
    async parent(ctx) {
      const first = await listen(net.createServer(), 0, '127.0.0.1');
      const { server, client, socket } = await pair(ctx);
      const child = ctx.start();
      ctx.listen(child, ['error', 'disconnect', 'exit']);
      socket.on('error', () => {});
      await ctx.noted('ready');
      child.send('server', first);
      child.send('socket', socket);
      client.resetAndDestroy();
      await ctx.sleep(20);
      ctx.unblock();
      child.send('end');
      await ctx.event(child, 'exit');
      await closing(first);
      server.close();
    },
    child({ note, block }) {
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name);
        handle?.on('error', (error) => note('error', error.code));
        handle?.close?.();
        if (message === 'socket') handle?.resume().on('close', () => note('close')).destroy();
        if (message === 'end') setImmediate(() => process.disconnect());
      });
      note('ready');
      block('go');
    },
  },
  {
    title: 'a socket that is destroyed while it waits for its turn: the message goes alone',
    async parent(ctx) {
      const first = await listen(net.createServer(), 0, '127.0.0.1');
      const { server, client, socket } = await pair(ctx);
      client.resume();
      const child = ctx.start();
      await ctx.noted('ready');
      child.send('server', first);
      child.send('socket', socket, (error) => ctx.note('parent', 'sent', error));
      socket.destroy();
      await ctx.sleep(10);
      ctx.unblock();
      child.send('end');
      await ctx.event(child, 'exit');
      first.close();
      server.close();
    },
    child({ note, block }) {
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name);
        handle?.close?.();
        if (message === 'end') process.disconnect();
      });
      note('ready');
      block('go');
    },
  },
  {
    title: 'a receiver without descriptors: refused, sent again, and in the end given up with a warning',
    async parent(ctx) {
      const { server, client, socket } = await pair(ctx);
      const gone = all(client);
      const warned = ctx.event(process, 'warning');
      const child = ctx.start();
      ctx.listen(child, ['message', 'error', 'disconnect', 'exit']);
      await ctx.noted('ready');
      child.send('socket', socket, (error) => ctx.note('parent', 'sent', error));
      child.send('behind', (error) => ctx.note('parent', 'sent behind', error));
      const [{ name, message }] = await warned;
      ctx.note('parent', 'warning', name, message);
      ctx.note('parent', 'client', await gone);
      await ctx.event(child, 'exit');
      ctx.note('parent', 'connections', server._connections);
      server.close();
    },
    child({ note }) {
      const fs = require('node:fs');
      const held = [];
      process.on('message', (message, handle) => {
        for (const fd of held.splice(0)) fs.closeSync(fd);
        note('message', message, handle);
        process.disconnect();
      });
      // All that are left.
      try {
        for (;;) held.push(fs.openSync('/dev/null', 'r'));
      } catch (error) {
        note('ready', error.code);
      }
    },
  },
]);

ourConversations([
  {
    title: 'a child that dies with handles under way and queued',
    async parent(ctx) {
      const server = await listen(net.createServer(), 0, '127.0.0.1');
      const one = await pair(ctx);
      const two = await pair(ctx);
      const child = ctx.start();
      ctx.listen(child, ['error', 'disconnect', 'exit', 'close']);
      await ctx.noted('ready');
      const lost = all(one.client);
      const queued = all(two.client);
      const order = [];
      child.send('socket', one.socket, (error) => order.push(['first', error?.code ?? error]));
      child.send('queued socket', two.socket, (error) => order.push(['second', error?.code ?? error]));
      child.send('queued server', server, (error) => order.push(['third', error?.code ?? error]));
      await ctx.sleep(10);
      child.kill('SIGKILL');
      await ctx.event(child, 'exit');
      ctx.fact('lost', await lost);
      ctx.fact('the queued one is still here', two.socket._handle !== null && !two.socket.destroyed);
      two.socket.resume().end('back again');
      ctx.fact('queued', await queued);
      ctx.fact('order', order);
      for (const each of [server, one.server, two.server]) each.close();
    },
    child({ note, block }) {
      note('ready');
      block('never');
    },
    check(t, trace) {
      // The first was written; of the others none was, and their senders still have them.
      const code = 'ERR_IPC_CHANNEL_CLOSED';
      t.deepEqual(trace.facts, {
        lost: '', 'the queued one is still here': true, queued: 'back again', order: [['first', null], ['second', code], ['third', code]],
      });
      t.deepEqual(trace.emitters.parent.map(({ event }) => event), ['disconnect', 'exit', 'close']);
    },
  },
  {
    title: 'a message that cannot be encoded leaves the socket where it is',
    async parent(ctx) {
      const { server, client, socket } = await pair(ctx);
      const child = ctx.start();
      const answer = all(client);
      const { _connections: count } = server;
      ctx.attempt('bigint', () => child.send({ n: 1n }, socket));
      ctx.fact('still here', socket._handle !== null && server._connections === count);
      socket.resume().end('from the parent');
      ctx.fact('answer', await answer);
      child.disconnect();
      await closing(server);
    },
    child() {
      process.on('message', () => {});
    },
    check(t, trace) {
      t.deepEqual(trace.facts, { 'still here': true, answer: 'from the parent' });
      t.is(trace.emitters.parent[0].args[0].class, 'TypeError');
    },
  },
  {
    title: 'a hundred sockets to four children: each answers its own client',
    async parent(ctx) {
      const server = await listen(net.createServer({ pauseOnConnect: true }), 0, '127.0.0.1');
      const children = Array.from({ length: 4 }, (_, i) => ctx.start({ name: `child${i}` }));
      let next = 0;
      server.on('connection', (socket) => children[next++ % 4].send({ n: next }, socket));
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => {
        const client = ctx.keep(net.connect(server.address().port, '127.0.0.1'));
        client.end(`client ${i}`);
        return all(client).then((text) => text === `answer to client ${i}`);
      }));
      ctx.fact('right', answers.filter(Boolean).length);
      ctx.fact('connections', await connections(server));
      for (const child of children) child.disconnect();
      await closing(server);
    },
    child() {
      process.on('message', (message, socket) => {
        let text = '';
        socket.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => socket.end(`answer to ${text}`));
      });
    },
    check(t, trace) {
      t.deepEqual(trace.facts, { right: 100, connections: 0 });
    },
  },
]);
