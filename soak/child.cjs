'use strict';
// The child of run.mjs. It sends every message back, except orders: with a socket it answers on the socket; other orders make it
// send many messages and end, ignore a message, disconnect, or write to the channel what is no message.

const { make, random } = require('./payloads.cjs');

process.on('message', (message, handle) => {
  if (message !== null && typeof message === 'object' && typeof message.order === 'string') {
    switch (message.order) {
      case 'socket':
        handle?.on('error', () => {});
        handle?.end('answered by the child');
        process.send({ told: 'socket', came: handle !== undefined });
        return;
      case 'flood': {
        const rng = random(message.seed);
        for (let i = 0; i < message.count; i++) process.send({ told: 'flood', i, value: make(rng, message.serialization) });
        if (message.signal === undefined) process.exit(0);
        process.kill(process.pid, message.signal);
        return;
      }
      case 'ignore': return;
      case 'leave':
        process.disconnect();
        return;
      case 'broken': {
        // Like a program that writes to the channel's descriptor by mistake.
        const line = 'no message\n'.repeat(100);
        try {
          for (let i = 0; i < message.lines; i += 100) require('node:fs').writeSync(process.channel.fd, line);
        } catch (error) {
          if (error.code !== 'EPIPE' && error.code !== 'EAGAIN' && error.code !== 'ECONNRESET') throw error;
        }
        process.exit(0);
      }
    }
  }
  process.send({ told: 'echo', value: message });
});
