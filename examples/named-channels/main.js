'use strict';
// The main process of an application whose window is a child: it hears named events, answers questions and asks some.

const path = require('node:path');
const { fork } = require('rs-child-process');
const { Endpoint } = require('./endpoint');

const settings = new Map([['theme', 'dark']]);
const child = fork(path.join(__dirname, 'window.js'));
const ipc = new Endpoint(child);

ipc.on('log', (event, text) => {
  console.log(`the window says: ${text}`);
  event.reply('log-seen', text.length);
});
ipc.handle('setting', async (name) => {
  if (!settings.has(name)) throw new Error(`no setting '${name}'`);
  return settings.get(name);
});
ipc.on('ready', async () => {
  console.log(`its title is ${await ipc.invoke('title')}`);
  await ipc.invoke('nonsense').catch((error) => console.log(`refused: ${error.message}`));
  ipc.send('quit');
});
child.on('close', (code) => console.log(`the window closed with code ${code}`));
