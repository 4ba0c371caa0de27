'use strict';
// Messages <-> what goes over the wire, for the two modes of `serialization`. V8 does the real work in both; its serializer is
// loaded only by those who use it.

const { Json } = require('./json');

module.exports = {
  advanced() {
    const { Advanced } = require('./advanced');
    return new Advanced();
  },

  json() {
    return new Json();
  },
};
