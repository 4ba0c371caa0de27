'use strict';

// kill, abort and timeout beside stock.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/kill.js'));
