'use strict';
// The child of the IPC rows: counts, sends or echoes as it is told. When BENCH_CHANNEL_FD names the channel (so that Node has not
// taken it), our side is set up on it first; the rest of the script does not differ.

if (process.env.BENCH_CHANNEL_FD) {
  require('../..')._forkChild(Number(process.env.BENCH_CHANNEL_FD), process.env.BENCH_CHANNEL_MODE || 'json');
}
const { cpuTime } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { pump } = require('./pump.cjs');
const { paced } = require('./paced.cjs');

let left = 0;
let echo = false;
let sink = null;

function count() {
  if (--left === 0) process.send({ bench: 'done' });
}

process.on('message', (message, handle) => {
  if (message === null || message.bench === undefined) {
    if (echo) process.send(message);
    else count();
    return;
  }
  switch (message.bench) {
    case 'sink': left = message.n; process.send({ bench: 'ready' }); break;
    case 'source': {
      const { make, burst } = payloads[message.kind];
      pump((m, callback) => message.options ? (sink || process).send(m, null, message.options, callback) : (sink || process).send(m, callback), make(), message.n, burst);
      break;
    }
    case 'echo': echo = true; process.send({ bench: 'ready' }); break;
    case 'channel': sink = handle; handle.on('message', count); process.send({ bench: 'ready' }); break;
    case 'socket': handle.destroy(); count(); break;
    case 'steady': paced((m) => process.send(m), payloads[message.kind].make(), message.n, message.rate); break;
    case 'cpu': process.send({ bench: 'cpu', ms: cpuTime() }); break;
    case 'question': process.send({ bench: 'answer' }); break;
  }
});
