'use strict';
// Parts of a channel that not every child's first messages need. Each is loaded when it is first needed, so that a child
// begins its own work sooner; a process that may have no descriptor left by then calls `prepare`.

const { objectDefineProperty, objectGetOwnPropertyDescriptor, objectKeys } = require('../../node/primordials');

// What any channel can come to need, and what only two ends of this package do.
const FOR_ALL = {
  errors: () => require('../../node/errors'),
  socketList: () => require('../handles/socket-list'),
  validate: () => require('../../arguments/validate'),
};
const FOR_OURS = {
  blocks: () => require('../arena'),
  lane: () => require('./fast-lane'),
  raw: () => require('./unserialized'),
};
const FOR_JSON = {
  jsonText: () => require('./json-text'),
};
const FOR_CLONES = {
  clone: () => require('./v8-clone'),
};
const ALL = { __proto__: null, ...FOR_ALL, ...FOR_OURS, ...FOR_JSON, ...FOR_CLONES };

const parts = {
  // `mayGreet`: the other end may turn out to be ours.
  prepare(mayGreet, serialization) {
    const wanted = { __proto__: null, ...FOR_ALL, ...mayGreet ? FOR_OURS : {}, ...serialization === 'advanced' ? FOR_CLONES : FOR_JSON };
    const names = objectKeys(wanted);
    for (let i = 0; i < names.length; i++) void parts[names[i]];
  },

  has(name) {
    return 'value' in objectGetOwnPropertyDescriptor(parts, name);
  },
};

function loadWhenNeeded(name) {
  objectDefineProperty(parts, name, {
    __proto__: null,
    get() {
      const value = ALL[name]();
      objectDefineProperty(parts, name, { __proto__: null, value });
      return value;
    },
    configurable: true,
  });
}
const names = objectKeys(ALL);
for (let i = 0; i < names.length; i++) loadWhenNeeded(names[i]);

module.exports = parts;
