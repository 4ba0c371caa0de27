'use strict';
// Numbers of signals -> names, as an exit reports them. Where two names share a number (SIGABRT and SIGIOT, SIGIO and
// SIGPOLL) the first one counts. A real-time signal has no name, and reads as an exit without a signal, as in Node.

const { constants: { signals } } = require('node:os');

const { objectKeys } = require('../node/primordials');

const names = [];
const all = objectKeys(signals);
for (let i = 0; i < all.length; i++) names[signals[all[i]]] ??= all[i];

module.exports = { signalName: (number) => names[number] ?? '' };
