'use strict';
// Parts of a channel that a child's first messages do without. Each is loaded when it is first needed, so that a child
// begins its own work sooner; a process that may have no descriptor left by then calls `prepare`.

// What any channel can come to need, and what only two ends of this package do.
const FOR_ALL = {
  socketList: () => require('./socket-list'),
  validate: () => require('../validate'),
};
const FOR_OURS = {
  blocks: () => require('./blocks'),
  lane: () => require('./lane'),
  raw: () => require('./raw'),
};

const parts = {
  // `mayGreet`: the other end may turn out to be ours.
  prepare(mayGreet) {
    for (const name of Object.keys(mayGreet ? { ...FOR_ALL, ...FOR_OURS } : FOR_ALL)) void parts[name];
  },
};

for (const [name, load] of Object.entries({ ...FOR_ALL, ...FOR_OURS })) {
  Object.defineProperty(parts, name, {
    get() {
      const value = load();
      Object.defineProperty(parts, name, { value });
      return value;
    },
    configurable: true,
  });
}

module.exports = parts;
