'use strict';

// Servers, sockets and raw handles on their way between processes: they work where they arrive and are gone where they left.

const dgram = require('node:dgram');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { execFileSync } = require('node:child_process');
const { conversations } = require('./helpers/conversation.js');
const { all, closing, connections, listen, pair } = require('./helpers/sockets.js');

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
      // By a way of its own: whether it is faster than the end of the channel is chance.
      ctx.note('client', 'answer', await answer);
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
    title: 'a pipe that can only be written to goes to the child, and another one comes back',
    async parent(ctx) {
      const names = [ctx.file('down'), ctx.file('up')];
      for (const name of names) execFileSync('mkfifo', [name]);
      const readers = names.map((name) => fs.openSync(name, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
      const child = ctx.start({ args: names });
      ctx.listen(child, ['disconnect', 'exit']);
      child.on('message', (message, socket) => {
        ctx.note('parent', 'message', message, socket.constructor.name, socket.readable, socket.writable);
        socket.on('error', (error) => ctx.note('parent', 'error', error.code));
        socket.write('from the parent', () => {
          socket.destroy();
          child.disconnect();
        });
      });
      child.send('write', new net.Socket({ fd: fs.openSync(names[0], 'w'), readable: false }));
      await ctx.event(child, 'exit');
      ctx.note('parent', 'read', readers.map((reader) => fs.readFileSync(reader, 'utf8')));
      for (const reader of readers) fs.closeSync(reader);
    },
    child({ note, args, require }) {
      const own = new (require('node:net').Socket)({ fd: require('node:fs').openSync(args[1], 'w'), readable: false });
      process.on('message', (message, socket) => {
        note('message', message, socket.constructor.name, socket.readable, socket.writable);
        socket.on('error', (error) => note('error', error.code));
        socket.write('from the child', () => {
          // As nothing has been read, it is still open.
          note('written', socket.destroyed, socket._handle.constructor.name);
          socket.destroy();
          process.send('and here is mine', own);
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
]);
