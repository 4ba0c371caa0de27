'use strict';
// The form that messages have between two ends of this package: structured clone for `serialization: 'advanced'`, the part of
// it that JSON carries for 'json', with the keys of objects sent once for a channel. What it costs less than V8's serializer
// is the serializer object, the keys and the calls out of JavaScript. Both ends keep the same list of shapes, so every body has to be decoded once, in order.

const { FastDecoder } = require('./decoder');
const { FastEncoder } = require('./encoder');
const { JsonEncoder } = require('./json-encoder');
const { HEAD } = require('./writer');

module.exports = { FastDecoder, FastEncoder, HEAD, JsonEncoder };
