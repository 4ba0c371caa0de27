'use strict';
// Parts of a channel that a child's first messages do without. Each is loaded when it is first needed, so that a child
// begins its own work sooner; a process that may have no descriptor left by then calls `prepare` with their names.

const parts = {
  prepare(names) {
    for (const name of names) void parts[name];
  },
};

function part(name, load) {
  Object.defineProperty(parts, name, {
    get() {
      const value = load();
      Object.defineProperty(parts, name, { value });
      return value;
    },
    configurable: true,
  });
}

part('blocks', () => require('./blocks'));
part('lane', () => require('./lane'));
part('raw', () => require('./raw'));
part('socketList', () => require('./socket-list'));
part('validate', () => require('../validate'));

module.exports = parts;
