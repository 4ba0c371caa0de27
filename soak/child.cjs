'use strict';
// The other end of a soak: answers every message with itself, counts handles, and leaves as it is told.

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
        // As a program would that takes the channel's descriptor for a file.
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
