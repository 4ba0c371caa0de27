'use strict';

/** A child that notes all it sees and lives as long as its channel. */
function witness({ note, noteAll }) {
  noteAll('message', 'disconnect');
  process.on('beforeExit', () => note('beforeExit', process.connected));
  process.on('exit', (code) => note('exit', code, process.connected, process.channel === null));
  process.send('ready');
}

module.exports = { witness };
