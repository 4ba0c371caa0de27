'use strict';
// Messages <-> what goes over the wire, for the two modes of `serialization`. V8 does the real work in both; what
// only one of them needs is loaded by those who use it.

module.exports = {
  advanced() {
    const { Advanced } = require('./advanced');
    return new Advanced();
  },

  json() {
    const { Json } = require('./json');
    return new Json();
  },
};
