'use strict';
// Memory for output that is gathered: bytes that lie in one piece and can grow. Fresh pages are what gathering costs
// most, so no byte is moved that need not be.

const { isAscii } = require('node:buffer');

const FIRST = 1024 * 1024;
const FACTOR = 4;

class Block {
  constructor(limit) {
    // More than `limit` will never be asked for: room for it is only address space until it is written to.
    this.limit = limit;
    this.bytes = Buffer.allocUnsafeSlow(Math.min(limit, FIRST));
    this.used = 0;
  }

  // At least `size` free bytes behind what is used.
  room(size) {
    const wanted = this.used + size;
    if (wanted > this.bytes.length) {
      const capacity = Math.max(wanted, Math.min(this.limit, this.bytes.length * FACTOR));
      const grown = Buffer.allocUnsafeSlow(capacity);
      this.bytes.copy(grown, 0, 0, this.used);
      this.bytes = grown;
    }
    return this.bytes.subarray(this.used, wanted);
  }

  append(chunk) {
    chunk.copy(this.room(chunk.length), 0);
    this.used += chunk.length;
  }

  // The bytes themselves; the block is given away with them.
  toBuffer() {
    const whole = this.bytes.subarray(0, this.used);
    // A small part of a large block would hold all of it in memory.
    return this.used * 2 < this.bytes.length ? Buffer.from(whole) : whole;
  }

  toText(encoding) {
    const whole = this.bytes.subarray(0, this.used);
    if (encoding === 'utf8' && isAscii(whole)) return whole.latin1Slice();
    return whole.toString(encoding);
  }
}

module.exports = { Block };
