'use strict';
// What all copies of this package in one thread have in common. A test runner that loads modules afresh makes new copies of
// our files, but the addon tells each exit and each message once, to the callback that the first copy gave it; the tables
// by which it finds the child or the channel are here.

const { binding } = require('./native');
const { Symbol } = require('./originals');

const shared = binding === null ? {} : binding.shared(function shared() {});

// On the prototypes of what can be sent beyond Node's kinds of handles: the name of its kind.
shared.kKind ??= Symbol('kKind');

module.exports = shared;
