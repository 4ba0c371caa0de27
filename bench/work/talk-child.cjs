'use strict';
// The child of the IPC rows: counts, sends or echoes as it is told. When BENCH_CHANNEL_FD names the channel (so that Node has not
// taken it), our side is set up on it first; the rest of the script does not differ.

if (process.env.BENCH_CHANNEL_FD) {
  require(process.env.BENCH_PACKAGE || '../..')._forkChild(Number(process.env.BENCH_CHANNEL_FD), process.env.BENCH_CHANNEL_MODE || 'json');
}
const { cpuTime } = require('./common.cjs');
const payloads = require('./payloads.cjs');
const { pump } = require('./pump.cjs');
const { paced } = require('./paced.cjs');

let left = 0;
let echo = false;
let sink = null;
let payload;

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
    case 'sink':
      left = message.n;
      payload = message.kind && payloads[message.kind].make();
      process.send({ bench: 'ready', ms: cpuTime() });
      break;
    case 'source': {
      const { n, kind, burst, options } = message;
      const to = sink || process;
      pump((m, callback) => options ? to.send(m, null, options, callback) : to.send(m, callback), payload || payloads[kind].make(), n, burst);
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
