'use strict';
// The internal messages by which two ends of this package come to terms, the kinds of handles that only they know, and the
// sizes that they agree on. Node's own internal messages begin with NODE_ too, so that no user ever sees one.

module.exports = {
  // "This end is ours": { version }.
  GREETING: 'NODE_RS_CHILD_PROCESS',
  // With a descriptor, memory for large payloads: { generation, bytes }; without bytes, that one is given up.
  ARENA: 'NODE_RS_ARENA',
  // The answer: { generation, isMapped }.
  ARENA_ANSWER: 'NODE_RS_ARENA_ANSWER',
  // Blocks that were read: { generation, pages }.
  RELEASE: 'NODE_RS_RELEASE',
  // The last line of JSON in this direction, behind it every message has a length: { version }.
  UPGRADE: 'NODE_RS_TURN',
  // Bytes sent with `serialize: false`: { kind, length } and either { generation, page } or { data }.
  RAW: 'NODE_RS_RAW',
  PREFIX: 'NODE_RS_',

  // Kinds of handles, as they stand in the `type` of a message with one; what each is made of is in handles/kinds.js.
  BEYOND_NODE: 'rs-child-process.',
  CHANNEL_END: 'rs-child-process.ChannelEnd',
  SHARED_MEMORY: 'rs-child-process.SharedMemory',

  // Payloads from this size on go through shared memory. Below it a block's release costs more than the socket.
  LARGE: 64 * 1024,
  MIB: 1024 * 1024,
};
