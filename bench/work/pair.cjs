'use strict';
// Forks the child of an IPC row. Where the child's side is to be ours on a plain wire, a shell passes the channel descriptor on under
// another name, because Node takes a channel called NODE_CHANNEL_FD before any script runs.

const path = require('path');
const { cpuTime, need } = require('./common.cjs');

const script = path.join(__dirname, 'talk-child.cjs');
const rename = 'BENCH_CHANNEL_FD=$NODE_CHANNEL_FD BENCH_CHANNEL_MODE=$NODE_CHANNEL_SERIALIZATION_MODE; export BENCH_CHANNEL_FD BENCH_CHANNEL_MODE; ' +
  'unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE; exec "$0" "$@"';

function start(cp, { impl, childSide, serialization = 'json' }) {
  need(cp, impl, childSide === 'descriptor' ? ['spawn', 'fork', '_forkChild'] : ['fork']);
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'];
  const child = childSide === 'descriptor' && impl === 'ours'
    ? cp.spawn('/bin/sh', ['-c', rename, process.execPath, script], { stdio, serialization })
    : cp.fork(script, [], { stdio, serialization, execArgv: [], ...(impl === 'ours' && childSide === 'stock' ? { accelerate: false } : {}) });
  child.on('error', (error) => { throw error; });
  child.on('exit', (code, signal) => { if (!child.ended) throw new Error(`the child ended early: ${signal || code}`); });
  // Waited for, so that its CPU time is known to be ours and not a stranger's.
  child.end = () => new Promise((resolve) => {
    child.ended = true;
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
  return child;
}

// Resolves at the first message of that kind; the data messages of a row carry no `bench` key.
function told(child, kind) {
  return new Promise((resolve) => {
    const listen = (message) => {
      if (message === null || message.bench !== kind) return;
      child.off('message', listen);
      resolve(message);
    };
    child.on('message', listen);
  });
}

async function cpuOfChild(child) {
  const said = told(child, 'cpu');
  child.send({ bench: 'cpu' });
  return (await said).ms;
}

// Counts the CPU time of both processes from now on. What it resolves to gives the sum so far, in milliseconds. `from` is the child's
// time where the child has told it already.
async function countCpu(child, from) {
  const theirs = from === undefined ? await cpuOfChild(child) : from;
  const own = cpuTime();
  return async () => {
    const used = cpuTime() - own;
    return used + await cpuOfChild(child) - theirs;
  };
}

module.exports = { start, told, countCpu };
