'use strict';
// When an end of this package's own pairs leaves Node's form of messages. The faster form wins by sending many messages at once and by
// copying long ones. A request and its answer at a time gain nothing by it, and the process has a lot of code to load and to
// warm up for it; so it waits for traffic of which some hundred messages repay that.

const { LARGE } = require('./internal-messages');

// After so many messages that followed two others in the same tick there has been enough.
const FEW = 8;
// Messages from this size on are worth copying.
const LONG = 1024;

class UpgradePolicy {
  // Messages that followed two others in the same tick, and the length of long ones.
  #joined = 0;
  #length = 0;

  // Another message, of that many bytes or characters. -> whether there has been enough.
  isHeavyWith(port, length) {
    if (port.isTicking) this.#joined++;
    if (length >= LONG) this.#length += length;
    return this.#joined >= FEW || this.#length >= LARGE;
  }
}

module.exports = { FEW, UpgradePolicy };
