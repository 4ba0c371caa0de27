'use strict';

// exec() and execFile() beside stock.

const { parityOf } = require('../helpers/parity.js');

parityOf(require('../scenarios/exec.js'));
