'use strict';
// What all copies of this package's modules over one addon have in common, in one thread. A test runner that loads modules afresh makes new copies of
// our files, but the addon tells each exit and each message once, to the callback that the first copy gave it; the tables
// by which it finds the child or the channel are here.

const { binding } = require('./native');

const shared = binding === null ? {} : binding.shared(function shared() {});

module.exports = shared;
