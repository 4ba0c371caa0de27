'use strict';
// A program that gives up root while messages are under way: `node drops-privileges.cjs SERIALIZATION MESSAGES`. It forks a child,
// sends messages, changes to another user, starts one more child and waits for the answers. It prints the new user id, and whether
// all messages came back in order.

const { fork, execFileSync } = require('..');

if (process.argv[2] === 'child') {
  process.on('message', (message) => process.send(message));
} else {
  const [, , serialization, count] = process.argv;
  const child = fork(__filename, ['child'], { serialization });
  for (let i = 0; i < count; i++) child.send(i);
  process.setgroups([]);
  process.setgid(65534);
  process.setuid(65534);
  const user = execFileSync('id', ['-u']).toString().trim();
  let came = 0;
  let isInOrder = true;
  child.on('message', (message) => {
    isInOrder &&= message === came++;
    if (came === Number(count)) child.disconnect();
  });
  child.on('close', () => console.log(user, isInOrder && came === Number(count)));
}
