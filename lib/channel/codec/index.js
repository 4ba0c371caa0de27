'use strict';
// Messages <-> what goes over the wire, for the two modes of `serialization`. V8 does the real work in both; what
// only one of them needs is loaded by those who use it.

const late = require('./late');

module.exports = {
  // What V8's messages need may not be loaded yet: then it is when one comes that needs it.
  advanced() {
    const { Advanced } = require('./advanced');
    return new Advanced(!late.has('clone'));
  },

  json() {
    const { Json } = require('./json');
    return new Json();
  },
};
