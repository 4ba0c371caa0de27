'use strict';

// spawn() beside stock: life of a child, properties, arguments.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/spawn.js'));
