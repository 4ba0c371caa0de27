'use strict';

// Servers, connections and what clients get: what the tests of handles begin with.

const net = require('node:net');

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

module.exports = { all, closing, connections, listen, pair };
