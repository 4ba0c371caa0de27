'use strict';

// The environment of a child beside stock.

const { parityOf } = require('./helpers/parity.js');

parityOf(require('./scenarios/environment.js'));
