'use strict';
// Parts of a channel that not every child's first messages need. Each is loaded when it is first needed, so that a child
// begins its own work sooner; a process that may have no descriptor left by then calls `prepare`.

// What any channel can come to need, and what only two ends of this package do.
const FOR_ALL = {
  errors: () => require('../errors'),
  socketList: () => require('./socket-list'),
  validate: () => require('../validate'),
};
const FOR_OURS = {
  blocks: () => require('./blocks'),
  lane: () => require('./lane'),
  raw: () => require('./raw'),
};
const FOR_JSON = {
  jsonText: () => require('./json-text'),
};
const FOR_CLONES = {
  clone: () => require('./clone'),
};
const ALL = { ...FOR_ALL, ...FOR_OURS, ...FOR_JSON, ...FOR_CLONES };

const parts = {
  // `mayGreet`: the other end may turn out to be ours.
  prepare(mayGreet, serialization) {
    const wanted = { ...FOR_ALL, ...mayGreet ? FOR_OURS : {}, ...serialization === 'advanced' ? FOR_CLONES : FOR_JSON };
    for (const name of Object.keys(wanted)) void parts[name];
  },

  has(name) {
    return 'value' in Object.getOwnPropertyDescriptor(parts, name);
  },
};

for (const [name, load] of Object.entries(ALL)) {
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
