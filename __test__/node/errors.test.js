'use strict';

// Starts that fail, beside stock.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/errors.js'));
