'use strict';

// The sync forms beside stock.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/sync.js'));
