'use strict';
// Messages <-> what goes over the wire, for the two modes of `serialization`. V8 does the real work in both; what
// only one of them needs is loaded by those who use it.

const { Json } = require('./json');

module.exports = {
  // `isLate`: what V8's messages need is loaded when one comes that needs it.
  advanced(isLate) {
    const { Advanced } = require('./advanced');
    return new Advanced(isLate);
  },

  json() {
    return new Json();
  },
};
