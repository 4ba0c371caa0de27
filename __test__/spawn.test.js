'use strict';

// spawn() beside stock: life of a child, properties, arguments, program search.

const { parityOf } = require('./helpers/parity.js');

parityOf(require('./scenarios/spawn.js'));
