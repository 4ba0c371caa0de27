'use strict';

// A forked child that runs functions: `await remote.run(({ state, handle, report, cp, tools }, ...args) => …, { handle, args })`.
// What the child reports by itself is in `said`.

const path = require('node:path');
const { once } = require('node:events');
const { until } = require('../../helpers/tools.js');

class Remote {
  #waiting = [];

  constructor(cp, options) {
    this.said = [];
    this.child = cp.fork(path.join(__dirname, '..', 'fixtures', 'run-functions.js'), [], options);
    this.left = once(this.child, 'exit');
    this.child.on('message', (message, handle) => {
      if ('said' in message) {
        this.said.push(message.said);
        return;
      }
      const { resolve, reject } = this.#waiting.shift();
      if (message.error === undefined) resolve(handle ?? message.result);
      else reject(Object.assign(new Error(message.error), { code: message.code }));
    });
  }

  run(body, { handle, args = [], options } = {}) {
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      this.#waiting.push(waiting);
      this.child.send({ source: String(body), args }, handle, options, (error) => {
        if (!error) return;
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(error);
      });
    });
  }

  hears(count) {
    return until(() => this.said.length >= count, `${count} reports, of which came ${JSON.stringify(this.said)}`);
  }

  /** Lets it end by itself, or by a signal. */
  end(signal) {
    if (signal) this.child.kill(signal);
    else if (this.child.connected) this.child.disconnect();
    return this.left;
  }
}

module.exports = { Remote };
