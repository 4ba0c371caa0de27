'use strict';

// Children that send everything back, and what tests of large payloads ask about them and about this process.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const { load } = require('../../helpers/subject.js');

const cp = load('ours');

const MIB = 1 << 20;
const script = path.join(__dirname, '..', 'fixtures', 'arena-child.js');
const isLinux = process.platform === 'linux';
const onLinux = isLinux ? test.serial : test.serial.skip; // Nothing is sealed elsewhere: what these look for is not there.

/** Not that of node:events, which an 'error' event rejects. */
const once = (emitter, event) => new Promise((resolve) => { emitter.once(event, resolve); });

/** How often this process has memory of a channel mapped. */
const mappings = () => fs.readFileSync('/proc/self/maps', 'utf8').split('memfd:rs-child-process').length - 1;

/** Of the same kind, with the same bytes: deepEqual looks at each element, which takes long. */
function same(t, got, sent, message) {
  if (!ArrayBuffer.isView(sent) && !(sent instanceof ArrayBuffer)) {
    t.deepEqual(got, sent, message);
    return;
  }
  const bytes = (value) => Buffer.from(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
  t.is(Object.getPrototypeOf(got), Object.getPrototypeOf(sent), message);
  t.true(bytes(got).equals(bytes(sent)), message);
}

function start(t, { args = [], serialization = 'advanced', ...options } = {}) {
  const child = cp.fork(script, args, { serialization, ...options });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

async function echoed(child, message) {
  const answer = once(child, 'message');
  child.send(message);
  return answer;
}

/** Both directions share memory from here on. */
async function warm(child) {
  for (let i = 0; i < 4; i++) await echoed(child, Buffer.alloc(MIB, 1));
}

async function finish(child) {
  const closed = once(child, 'close');
  if (child.connected) child.disconnect();
  await closed;
}

module.exports = { MIB, echoed, finish, isLinux, mappings, once, onLinux, same, script, start, warm };
