'use strict';

// The search for a program beside stock.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/search.js'));
