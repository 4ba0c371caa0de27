'use strict';

// Tools for functions that run in a fresh process or a worker thread: they count what a process holds, and wait for things.

const fs = require('node:fs');
const path = require('node:path');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');

/** -> the open descriptors of this process and what they are, without the one that this function uses. */
function descriptors() {
  const out = {};
  for (const fd of fs.readdirSync('/proc/self/fd')) {
    try {
      out[fd] = fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The descriptor that readdirSync() used. It is closed now.
    }
  }
  return out;
}

const descriptorCount = () => Object.keys(descriptors()).length;

/** -> the children of a process: `{ pid, state, name }`. State 'Z' is a zombie. */
function children(parent = process.pid) {
  const out = [];
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    let stat;
    try {
      stat = fs.readFileSync(`/proc/${entry}/stat`, 'latin1');
    } catch {
      continue;
    }
    const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(ppid) === parent) out.push({ pid: Number(entry), state, name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')) });
  }
  return out;
}

const zombies = () => children().filter(({ state }) => state === 'Z');

/** Whether a process with this id exists and is not a zombie. */
function alive(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** Waits until `condition()` is true. Fails after `limit` ms. */
async function until(condition, what, limit = 20_000) {
  const end = Date.now() + limit;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`it never happened: ${what ?? condition}`);
    await sleep(10);
  }
}

/** Waits for 'close' of a child. -> its output as strings, code and signal, and the code of its 'error' event, if one came */
async function collect(child) {
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name]?.setEncoding('utf8').on('data', (text) => { out[name] += text; });
  child.on('error', (error) => { out.error = error.code; });
  const [code, signal] = await new Promise((resolve) => { child.once('close', (...args) => resolve(args)); });
  return { ...out, code, signal };
}

/** Gives a callback to `start`. -> what the callback got, as { error, stdout, stderr } */
const call = (start) => new Promise((resolve) => {
  start((error, stdout, stderr) => resolve({ error, stdout, stderr }));
});

module.exports = {
  fs, path, once, sleep, until, descriptors, descriptorCount, children, zombies, alive, collect, call,
  require,
  node: process.execPath,
  root: path.join(__dirname, '..', '..'),
  fixture: (name) => path.join(__dirname, '..', 'fixtures', name),
};
