'use strict';

// Servers, sockets and raw handles on their way between processes: they work where they arrive, are gone where they left,
// keep their place among messages, and are counted.

const dgram = require('node:dgram');
const http = require('node:http');
const net = require('node:net');
const { conversations, ourConversations } = require('./helpers/conversation.js');

const listen = (server, ...args) => new Promise((resolve, reject) => {
  server.once('error', reject).listen(...args, () => resolve(server));
});

/** A connected pair: the client, and the accepted socket (paused, as one to be sent on should be). */
async function pair(ctx, options = {}) {
  const server = await listen(net.createServer({ pauseOnConnect: true, ...options }), 0, '127.0.0.1');
  const accepted = ctx.event(server, 'connection');
  const client = ctx.keep(net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: options.allowHalfOpen }));
  client.on('error', () => {});
  const [socket] = await accepted;
  return { server, client, socket };
}

/** All that a client gets until the end. */
function all(client) {
  return new Promise((resolve) => {
    let text = '';
    client.setEncoding('utf8').on('data', (part) => { text += part; }).on('close', () => resolve(text));
    client.on('error', (error) => { text += error.code; });
  });
}

const connections = (server) => new Promise((resolve) => { server.getConnections((error, count) => resolve(error?.code ?? count)); });
// A server whose connections went to a process that has left emits no 'close' (in Node, and so with ours): those are
// closed without waiting.
const closing = (server) => new Promise((resolve) => { server.close(resolve); });

conversations([
  {
    title: 'a server that is sent accepts connections in the child, also after the parent closed its own',
    async parent(ctx) {
      const server = await listen(net.createServer(), 0, '127.0.0.1');
      const { port } = server.address();
      const child = ctx.start({ args: [String(port)] });
      ctx.listen(child, ['message', 'disconnect', 'exit']);
      ctx.note('parent', 'returned', child.send('server', server, (...args) => ctx.note('parent', 'sent', ...args)));
      await ctx.event(child, 'message');
      ctx.note('parent', 'listening', server.listening);
      await closing(server);
      ctx.note('parent', 'answer', await all(ctx.keep(net.connect(port, '127.0.0.1'))));
    },
    child({ note, args }) {
      process.on('message', (message, server) => {
        note('message', message, server.constructor.name, server.listening, server.address().port === Number(args[0]));
        server.on('connection', (socket) => {
          socket.end('from the child');
          server.close(() => {
            note('closed');
            process.disconnect();
          });
        });
        process.send('listening');
      });
    },
  },
  {
    title: 'a socket that is sent is read and written in the child, with what came before',
    async parent(ctx) {
      const { server, client, socket } = await pair(ctx);
      client.write('early ');
      await ctx.sleep(10);
      const child = ctx.start();
      ctx.listen(child, ['message', 'disconnect', 'exit']);
      const answer = all(client);
      ctx.note('parent', 'connections', await connections(server));
      ctx.note('parent', 'returned', child.send('socket', socket, (...args) => ctx.note('parent', 'sent', ...args)));
      ctx.note('parent', 'socket', socket._handle, socket.destroyed, socket.readable, socket.writable, server._connections);
      await ctx.event(child, 'message');
      client.end('late');
      ctx.note('parent', 'answer', await answer);
      await ctx.event(child, 'exit');
      ctx.note('parent', 'connections', server._connections);
      server.close();
    },
    child({ note }) {
      process.on('message', (message, socket) => {
        let text = '';
        note('message', message, socket.constructor.name, typeof socket.remotePort, socket.readable, socket.writable);
        process.send('got it');
        socket.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => {
          socket.end(`child read ${text}`);
          process.disconnect();
        });
      });
    },
  },
  {
    title: 'the child sends a server and a socket to the parent',
    async parent(ctx) {
      const child = ctx.start();
      ctx.listen(child, ['disconnect', 'exit']);
      await new Promise((resolve) => {
        child.on('message', async (message, handle) => {
          ctx.note('parent', 'message', message, handle?.constructor.name);
          if (message === 'server') {
            const answered = all(ctx.keep(net.connect(handle.address().port, '127.0.0.1')));
            handle.on('connection', (socket) => socket.end('from the parent'));
            ctx.note('parent', 'answer', await answered);
            handle.close(() => child.send('done'));
          } else {
            const text = await all(handle.on('end', () => handle.end('bye')));
            ctx.note('parent', 'read', text);
            resolve();
          }
        });
      });
    },
    child({ note }) {
      const net = require('node:net');
      const server = net.createServer((socket) => socket.end('from the child')).listen(0, '127.0.0.1', () => {
        note('sending', process.send('server', server, (error) => {
          note('sent', error);
          server.close();
        }));
      });
      process.on('message', () => {
        const other = net.createServer({ pauseOnConnect: true }, (socket) => {
          note('sending', process.send('socket', socket, (error) => note('sent', error)));
          other.close();
        }).listen(0, '127.0.0.1', () => {
          const client = net.connect(other.address().port, '127.0.0.1');
          client.end('text of the child');
          client.resume().on('close', () => process.disconnect());
        });
      });
    },
  },
  {
    title: 'keepOpen: the socket stays with both',
    async parent(ctx) {
      const { server, client, socket } = await pair(ctx);
      const child = ctx.start();
      const answer = all(client);
      child.send('socket', socket, { keepOpen: true });
      ctx.note('parent', 'socket', socket._handle !== null, socket.destroyed, server._connections);
      await ctx.event(child, 'message');
      socket.write('from the parent, ');
      await ctx.sleep(10);
      child.send('go');
      ctx.note('parent', 'answer', await answer);
      await ctx.event(child, 'exit');
      ctx.note('parent', 'connections', server._connections);
      socket.destroy();
      server.close();
    },
    child({ note }) {
      let kept;
      process.on('message', (message, socket) => {
        note('message', message, socket !== undefined);
        if (socket) {
          kept = socket;
          process.send('got it');
        } else {
          kept.end('from the child');
          process.disconnect();
        }
      });
    },
  },
  {
    title: 'a socket sent twice, a closed server, a destroyed socket: the message goes alone',
    async parent(ctx) {
      const { server, client, socket } = await pair(ctx);
      client.resume();
      const child = ctx.start();
      const note = (...args) => ctx.note('parent', ...args);
      const second = await pair(ctx);
      second.socket.destroy();
      note('first', child.send('first', socket, (error) => note('sent first', error)));
      note('second', child.send('second', socket, (error) => note('sent second', error)));
      note('destroyed', child.send('destroyed', second.socket, (error) => note('sent destroyed', error)));
      note('closed', child.send('closed', net.createServer(), (error) => note('sent closed', error)));
      note('unbound', ctx.attempt('unbound', () => child.send('never connected', new net.Socket(), (error) => note('sent never', error))));
      child.send('end');
      await ctx.event(child, 'exit');
      server.close();
      second.server.close();
    },
    child({ note }) {
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name);
        handle?.destroy();
        if (message === 'end') process.disconnect();
      });
    },
  },
  {
    title: 'a half-open socket: the client has ended, the child still answers',
    async parent(ctx) {
      const { server, client, socket } = await pair(ctx, { allowHalfOpen: true });
      client.end('request');
      await ctx.sleep(10);
      const child = ctx.start();
      const answer = all(client);
      child.send('socket', socket);
      ctx.note('parent', 'answer', await answer);
      await ctx.event(child, 'exit');
      server.close();
    },
    child({ note }) {
      process.on('message', (message, socket) => {
        let text = '';
        note('message', socket.allowHalfOpen);
        socket.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => note('read', text));
        socket.on('close', () => process.disconnect());
        socket.write('response');
        socket.end();
      });
    },
  },
  {
    title: 'the socket of an HTTP request: its parser lets go, and the child answers',
    async parent(ctx) {
      const child = ctx.start();
      const server = http.createServer((request, response) => {
        const { socket } = request;
        socket.setTimeout(10_000);
        // Inside this event Node's own parser is still at work, and would trip over a socket that is gone.
        setImmediate(() => {
          ctx.note('parent', 'before', socket.parser !== null, socket.server === server);
          child.send(request.url, socket, (error) => ctx.note('parent', 'sent', error));
          ctx.note('parent', 'after', socket.parser, socket._handle, socket.timeout, response.socket, server._connections);
        });
      });
      await listen(server, 0, '127.0.0.1');
      const client = ctx.keep(net.connect(server.address().port, '127.0.0.1'));
      client.write('GET /path HTTP/1.1\r\nHost: x\r\n\r\n');
      ctx.note('parent', 'answer', await all(client));
      await ctx.event(child, 'exit');
      ctx.note('parent', 'connections', server._connections);
      server.close();
    },
    child({ note }) {
      process.on('message', (message, socket) => {
        note('message', message, socket.constructor.name);
        socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n${message}`);
        socket.on('close', () => process.disconnect());
      });
    },
  },
  {
    title: 'datagram sockets, of both families',
    async parent(ctx) {
      for (const type of ['udp4', 'udp6']) {
        const socket = dgram.createSocket(type);
        await new Promise((resolve) => { socket.bind(0, type === 'udp4' ? '127.0.0.1' : '::1', resolve); });
        const { port, address } = socket.address();
        const child = ctx.start({ name: type });
        child.send('datagram', socket, (error) => ctx.note('parent', 'sent', error));
        await ctx.event(child, 'message');
        await new Promise((resolve) => { socket.close(resolve); });
        const sender = dgram.createSocket(type);
        const answer = ctx.event(sender, 'message');
        sender.send('question', port, address);
        ctx.note('parent', 'answer', String((await answer)[0]));
        sender.close();
        await ctx.event(child, 'exit');
      }
    },
    skip: () => (Object.values(require('node:os').networkInterfaces()).flat().some(({ address }) => address === '::1') ? undefined : 'there is no ::1'),
    child({ note }) {
      process.on('message', (message, socket) => {
        note('message', message, socket.constructor.name, socket.type, typeof socket.address().port);
        socket.on('message', (data, { port, address }) => {
          note('data', String(data));
          socket.send('answer', port, address, () => {
            socket.close();
            process.disconnect();
          });
        });
        process.send('ready');
      });
    },
  },
  {
    title: 'raw handles: TCP, Pipe and UDP arrive raw',
    async parent(ctx) {
      const server = await listen(net.createServer(), 0, '127.0.0.1');
      const local = await listen(net.createServer(), ctx.file('raw.sock'));
      const { client, socket, server: other } = await pair(ctx);
      const datagram = dgram.createSocket('udp4');
      await new Promise((resolve) => { datagram.bind(0, '127.0.0.1', resolve); });
      const state = Object.getOwnPropertySymbols(datagram).find(({ description }) => description === 'state symbol');
      const child = ctx.start();
      const note = (...args) => ctx.note('parent', ...args);
      note('returned', child.send('tcp server', server._handle), child.send('pipe server', local._handle),
        child.send('tcp socket', socket._handle), child.send('udp', datagram[state].handle));
      const answer = all(client);
      child.send('end');
      await ctx.event(child, 'message');
      note('still', server.listening, local.listening, socket._handle !== null);
      socket.destroy();
      note('answer', await answer);
      await Promise.all([closing(server), closing(local), closing(other)]);
      datagram.close();
    },
    child({ note }) {
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name, typeof handle?.fd, handle && handle.fd >= 0);
        if (message === 'tcp socket') new (require('node:net').Socket)({ handle }).end('by raw handle');
        else if (handle) handle.close();
        if (message === 'end') {
          process.send('all');
          process.disconnect();
        }
      });
    },
  },
  {
    title: 'servers and sockets of the UNIX domain',
    async parent(ctx) {
      const name = ctx.file('a.sock');
      const server = await listen(net.createServer({ pauseOnConnect: true }), name);
      const child = ctx.start();
      const accepted = ctx.event(server, 'connection');
      const client = ctx.keep(net.connect(name));
      const answer = all(client);
      const [socket] = await accepted;
      child.send('socket', socket);
      child.send('server', server);
      await ctx.event(child, 'message');
      ctx.note('parent', 'answer', await answer);
      const second = all(ctx.keep(net.connect(name)));
      server.on('connection', (connection) => connection.resume().end('either'));
      ctx.note('parent', 'second', await second);
      child.send('end');
      await ctx.event(child, 'exit');
      server.close();
    },
    child({ note }) {
      let server;
      process.on('message', (message, handle) => {
        note('message', message, handle?.constructor.name, message === 'server' ? typeof handle.address() : undefined);
        if (message === 'socket') handle.end('to the socket');
        if (message === 'server') {
          server = handle;
          server.on('connection', (socket) => socket.end('either'));
          process.send('ready');
        }
        if (message === 'end') {
          server.close();
          process.disconnect();
        }
      });
    },
  },
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
