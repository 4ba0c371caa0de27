'use strict';
// What all copies of this version of the package in one thread have in common, of whichever files they are: the classes of what can be
// sent beyond Node's kinds of handles. Two dependencies may have brought a copy each, and the script of a forked child may find
// another one than its parent preloaded. (What belongs to the addon, whose every file is a library of its own, is in addon/thread-state.js.)

const EventEmitter = require('node:events');

const { Symbol, objectDefineProperty } = require('../../node/primordials');
const { version } = require('../../../package.json');

// In a place that each of them has, and contexts of test runners too.
const key = Symbol.for(`rs-child-process.copies ${version}`);
if (EventEmitter[key] === undefined) objectDefineProperty(EventEmitter, key, { __proto__: null, value: { __proto__: null } });

// On the prototypes of such classes, the same for all versions: { kind, version }.
const kSendable = Symbol.for('rs-child-process.sendable');

module.exports = { common: EventEmitter[key], kSendable, version };
