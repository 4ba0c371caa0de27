'use strict';
// Accepted sockets handed from one parent to four children. All are accepted before the clock starts, so that neither connecting nor
// accepting is in the figure; it stops when the children have taken the last one.

const net = require('net');
const { inflate, load, now, run } = require('./common.cjs');
const { start, told } = require('./pair.cjs');

run(async (params) => {
  const { impl, rss, sockets = 2000, width = 4 } = params;
  const cp = load(impl);
  inflate(rss);
  const children = Array.from({ length: width }, () => start(cp, params));
  const server = net.createServer({ pauseOnConnect: true });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', 512, resolve));

  const connect = () => new Promise((resolve, reject) => {
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.on('error', () => {});
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
  const round = async (n) => {
    const accepted = [];
    const all = new Promise((resolve) => {
      server.removeAllListeners('connection');
      server.on('connection', (socket) => { if (accepted.push(socket) === n) resolve(); });
    });
    const clients = [];
    for (let i = 0; i < n; i += 100) clients.push(...await Promise.all(Array.from({ length: Math.min(100, n - i) }, connect)));
    await all;
    await Promise.all(children.map((child) => {
      const ready = told(child, 'ready');
      child.send({ bench: 'sink', n: n / width });
      return ready;
    }));
    const done = Promise.all(children.map((child) => told(child, 'done')));
    const begin = now();
    accepted.forEach((socket, i) => children[i % width].send({ bench: 'socket' }, socket));
    await done;
    const ms = now() - begin;
    for (const client of clients) client.destroy();
    return ms;
  };
  await round(width * 25);
  const ms = await round(sockets);
  await Promise.all(children.map((child) => child.end()));
  return { value: sockets / ms * 1e3, samples: sockets };
});
