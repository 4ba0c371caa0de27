'use strict';
// Reverses words, one at a time, for as long as the pool keeps it.

process.on('message', (word) => {
  if (word === 'crash') process.exit(1);
  process.send({ reversed: [...word].reverse().join(''), pid: process.pid });
});

process.send('ready');
