'use strict';
// Starts children and sends, gives up root, and goes on: `node drops-privileges.cjs SERIALIZATION MESSAGES`. Prints the new user, and whether
// all messages came back.

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
