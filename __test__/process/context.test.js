'use strict';

// Asynchronous context and diagnostics beside stock.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/context.js'));
