'use strict';

// The streams of a child beside stock.

const { parityOf } = require('./helpers/parity.js');

parityOf(require('./scenarios/streams.js'));
