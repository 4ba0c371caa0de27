'use strict';

// Argument and option checks beside stock.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/options.js'));
