'use strict';
// The other side of main.js.

const { Endpoint } = require('./endpoint');

const ipc = new Endpoint(process);

async function main() {
  ipc.handle('title', () => 'Untitled');
  ipc.once('quit', () => process.disconnect());
  ipc.send('log', `theme is ${await ipc.invoke('setting', 'theme')}`);
  await new Promise((resolve) => ipc.once('log-seen', resolve));
  ipc.send('log', await ipc.invoke('setting', 'font').catch((error) => error.message));
  ipc.send('ready');
}

main();
