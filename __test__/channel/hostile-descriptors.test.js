'use strict';

// A peer in another language, which speaks to the socket itself: lines of JSON as Node's, and descriptors that come with the
// wrong message, in the middle of one, or with half of one. What nobody can use is closed.

const fs = require('node:fs');
const test = require('ava');
const { load } = require('../helpers/subject.js');
const { until } = require('../helpers/tools.js');

const cp = load('ours');

/** Not that of node:events, which an 'error' event rejects. */
const once = (emitter, event) => new Promise((resolve) => { emitter.once(event, (...args) => resolve(args)); });

const BAD = 'ERR_IPC_MALFORMED_MESSAGE';

const python = (() => {
  try {
    return require('node:child_process').execFileSync('python3', ['-c', 'import socket; socket.send_fds; print("yes")'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() === 'yes';
  } catch {
    return false;
  }
})();

// What a loop keeps from its first child and channel on is no descriptor left over.
test.serial.before(async () => {
  await once(cp.spawn('/bin/sh', ['-c', 'exit'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }), 'close');
});

const withPython = python ? test.serial : (title) => test.skip(`${title} [skipped: there is no python3 with socket.send_fds]`, () => {});

/** Runs Python with the channel as `s`, and gives what was seen and how many descriptors are left over. */
async function pythonPeer(source, { serialization = 'json', reply } = {}) {
  const program = `import socket, os, json, array, sys\ns = socket.socket(fileno=int(os.environ["NODE_CHANNEL_FD"]))\n${source}`;
  const before = fs.readdirSync('/proc/self/fd').length;
  const child = cp.spawn('python3', ['-c', program], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], serialization });
  const seen = { messages: [], errors: [], stdout: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => { seen.stdout += text; });
  child.on('error', (error) => seen.errors.push(error.code));
  child.on('message', (message, handle) => {
    seen.messages.push(handle ? [message, handle.constructor.name] : message);
    handle?.destroy?.();
    handle?.close?.();
    reply?.(child, message);
  });
  await once(child, 'close');
  await until(() => fs.readdirSync('/proc/self/fd').length <= before, 'descriptors closed', 5_000);
  return seen;
}

withPython('a child in another language sees a socket, and speaks lines of JSON', async (t) => {
  const seen = await pythonPeer(`
import stat
assert stat.S_ISSOCK(os.fstat(s.fileno()).st_mode)
print(os.environ["NODE_CHANNEL_SERIALIZATION_MODE"], s.type == socket.SOCK_STREAM, s.getblocking())
f = s.makefile("rw")
f.write('{"hello": "from python"}\\n'); f.flush()
for line in f:
  m = json.loads(line)
  print(json.dumps(m))
  if m == "end": break
  f.write(json.dumps({"got": m}) + "\\n"); f.flush()
`, { reply: (child, message) => child.send(message.hello ? { a: 'é', n: 1 } : 'end') });
  t.deepEqual(seen, {
    messages: [{ hello: 'from python' }, { got: { a: 'é', n: 1 } }], errors: [],
    stdout: 'json True True\n{"a": "\\u00e9", "n": 1}\n"end"\n',
  });
});

withPython('descriptors that come with the wrong messages are closed', async (t) => {
  const seen = await pythonPeer(`
r, w = os.pipe()
def send(m, *fds): socket.send_fds(s, [(m if isinstance(m, bytes) else json.dumps(m).encode()) + b"\\n"], list(fds))
send("no handle message", r)
send("two", r, w)
send("many", *[os.dup(r) for i in range(50)])
send({"cmd": "NODE_HANDLE", "type": "net.Socket", "msg": "a pipe as socket"}, r)
send({"cmd": "NODE_HANDLE", "type": "net.Server", "msg": "a pipe as server"}, r)
send({"cmd": "NODE_HANDLE", "type": "dgram.Socket", "dgramType": "udp4", "msg": "a pipe as datagram"}, r)
send({"cmd": "NODE_HANDLE", "type": "dgram.Socket", "dgramType": "nonsense", "msg": "x"}, r)
send({"cmd": "NODE_HANDLE", "type": "dgram.Native", "msg": "a pipe as raw datagram"}, r)
send({"cmd": "NODE_HANDLE", "type": "net.Native", "msg": "a file as stream"}, os.open("/etc/passwd", os.O_RDONLY))
send({"cmd": "NODE_HANDLE", "type": "net.Socket", "msg": "a file as socket"}, os.open("/etc/passwd", os.O_RDONLY))
send({"cmd": "NODE_HANDLE", "type": "net.Server", "msg": "a file as server"}, os.open("/etc/passwd", os.O_RDONLY))
send({"cmd": "NODE_HANDLE", "type": "no.Such", "msg": 1}, r)
send({"cmd": "NODE_HANDLE", "type": ["net.Socket"], "msg": 1}, r)
send(b"garbage", r)
send("end")
s.settimeout(10)
answers = b""
while answers.count(b"ACK") < 10:
  part = s.recv(65536)
  if not part: break
  answers += part
print(answers.count(b"NODE_HANDLE_ACK"), answers.count(b"NODE_HANDLE_NACK"))
`);
  const texts = seen.messages.map((message) => (Array.isArray(message) ? message[0] : message));
  t.true(texts.includes('no handle message') && texts.includes('two') && texts.includes('many') && texts.includes('end'), JSON.stringify(seen));
  t.is(seen.stdout, '10 0\n');
  t.true(seen.errors.length > 0 && seen.errors.every((code) => code === BAD), JSON.stringify(seen));
});

withPython('a descriptor in the middle of a message, and before it', async (t) => {
  const seen = await pythonPeer(`
a, b = socket.socketpair()
m = json.dumps({"cmd": "NODE_HANDLE", "type": "net.Socket", "msg": "split"}).encode() + b"\\n"
import time
for at in range(1, len(m), 7):
  socket.send_fds(s, [m[:at]], [a.fileno()])
  time.sleep(0.002)
  s.sendall(m[at:])
  assert b"NODE_HANDLE_ACK" in s.recv(65536)
`);
  t.deepEqual(seen.errors, []);
  t.true(seen.messages.length > 5 && seen.messages.every(([text, kind]) => text === 'split' && kind === 'Socket'), JSON.stringify(seen));
});

withPython('a descriptor with half a message, from a peer that then dies', async (t) => {
  const seen = await pythonPeer(`
a, b = socket.socketpair()
socket.send_fds(s, [b'{"cmd": "NODE_HANDLE", "type": "net.Soc'], [a.fileno()])
`);
  t.deepEqual(seen, { messages: [], errors: [], stdout: '' });
});
