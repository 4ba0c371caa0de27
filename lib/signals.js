'use strict';
// Numbers of signals -> names, as an exit reports them. Where two names share a number (SIGABRT and SIGIOT, SIGIO and
// SIGPOLL) the first one counts. A real-time signal has no name, and reads as an exit without a signal, as in Node.

const { signals } = require('node:os').constants;

const names = [];
for (const name of Object.keys(signals)) names[signals[name]] ??= name;

module.exports = { signalName: (number) => names[number] ?? '' };
