'use strict';
// What all copies of one version of this package share in a thread: the classes of the handles that only this package can send.
// There are several copies when two dependencies bring one each, or when the script of a forked child loads another copy than its
// parent has preloaded. (addon/thread-state.js has what copies with the same addon file share.)

const EventEmitter = require('node:events');

const { Symbol, objectDefineProperty } = require('../../node/primordials');
const { version } = require('../../../package.json');

// They are kept on EventEmitter: all copies have the same one, also in the separate contexts of test runners.
const key = Symbol.for(`rs-child-process.copies ${version}`);
if (EventEmitter[key] === undefined) objectDefineProperty(EventEmitter, key, { __proto__: null, value: { __proto__: null } });

// The prototypes of these classes have { kind, version } under this symbol. It is the same in all versions of this package.
const kSendable = Symbol.for('rs-child-process.sendable');

module.exports = { common: EventEmitter[key], kSendable, version };
