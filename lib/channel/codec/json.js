'use strict';
// `serialization: 'json'` for one channel: lines of JSON on Node's own wire. Between two ends of this package the lane takes
// what it can tell exactly as JSON would; a line that both know marks the point in the stream from which on every message
// has a length in front, and JSON is only one kind of body. A sender draws that line when its traffic is worth it.

const threadState = require('../../addon/thread-state');
const { UpgradePolicy } = require('./upgrade-policy');
const {
  arrayPop, bufferAllocUnsafeSlow, bufferByteLength, bufferSubarray, bufferToString, bufferUtf8Slice, bufferUtf8Write, bufferWriteUInt32BE,
  fromJson, mathMin, nextTick, stringIndexOf, stringSlice, stringSplit, toJson,
} = require('../../node/primordials');

// The first byte of a body that is JSON text in UTF-8.
const TEXT = 3;
const LENGTH = 4;
// After a message that was not for the lane so many are not tried; each failure doubles it, up to the most.
const FIRST_PAUSE = 4;
const LONGEST_PAUSE = 256;
// Objects used as dictionaries have new keys each time, and JSON is the better form for them: after so many in a row.
const NEW_KEYS = 32;

// A message that is text already. Messages about handles are: their way is too rarely gone for the lane to be the faster one.
class Ready {
  constructor(text) {
    this.text = text;
  }
}

class Json {
  // What the lane is made of once the other end has shown that it is ours: { blocks(), upgradeLine }.
  #parts = undefined;
  #made = undefined;
  // The lane, from this end's upgrade on.
  #lane = undefined;
  #policy = new UpgradePolicy();
  #isUpgrading = false;
  #pause = 0;
  #nextPause = FIRST_PAUSE;
  #withNewKeys = 0;
  // A line of sendRaw() that is not whole yet.
  #begun = '';

  // `upgradeLine`: the line after which this end's frames have lengths; it goes out at once if `isEager`.
  accelerate(blocks, upgradeLine, isEager, port) {
    this.#parts = { blocks, upgradeLine };
    if (isEager) this.upgrade(port);
  }

  // On a tick of its own: what fails half-way on a full stack would leave the other end with the wrong form.
  upgrade(port) {
    if (!port.isOpen) return;
    this.#lane = this.#madeLane();
    port.sendText(this.#parts.upgradeLine, -1);
    // The next message is still to be written before its send() returns.
    port.restartTick();
  }

  // Before a message of `length` characters in Node's form.
  #count(port, length) {
    if (this.#parts === undefined || this.#isUpgrading || !this.#policy.isHeavyWith(port, length)) return;
    nextTick(upgrade, this, port);
    this.#isUpgrading = true;
  }

  // Needed from either end's upgrade on: the other may upgrade before this one does.
  #madeLane() {
    this.#made ??= require('./fast-lane').laneOfJson(this.#parts.blocks());
    return this.#made;
  }

  // Throws what sending this message would throw. -> what `envelope` takes.
  check(message) {
    return toJson(message);
  }

  // -> what `send` takes for `outer` with the message in it, as the message was when it was checked.
  envelope(outer, message, checked) {
    const text = toJson(outer);
    return new Ready(checked === undefined ? text : `${stringSlice(text, 0, -1)},"msg":${checked}}`);
  }

  // -> the same, marked as sent again.
  repetition({ text }) {
    return new Ready(`${stringSlice(text, 0, -1)},"again":true}`);
  }

  // -> what `send` takes for an internal message without anything else.
  ready(cmd) {
    return new Ready(`{"cmd":"${cmd}"}`);
  }

  send(port, message, fd) {
    const lane = this.#lane;
    if (message instanceof Ready) {
      if (lane === undefined) return port.sendText(message.text, fd);
      // A getter of a message that is being encoded sends a handle.
      lane.leave();
      return this.#sendText(port, message.text, fd);
    }
    if (lane === undefined) {
      const text = textOf(message);
      // A getter that had ticks run (`process._tickCallback`), and the upgrade among them.
      if (this.#lane !== undefined) return this.#sendText(port, text, fd);
      this.#count(port, text.length);
      return port.sendText(text, fd);
    }
    if (this.#pause === 0) {
      const sent = lane.send(port, message, fd);
      if (sent !== undefined) {
        this.#withNewKeys = lane.hasDefined ? this.#withNewKeys + 1 : 0;
        if (this.#withNewKeys > NEW_KEYS) this.#rest();
        else this.#nextPause = FIRST_PAUSE;
        return sent;
      }
      this.#rest();
      // A getter of a message that is being encoded sends this one.
      lane.leave();
    } else {
      this.#pause--;
    }
    return this.#sendText(port, textOf(message), fd);
  }

  // -> the text of a message as it stands on Node's wire.
  whole(message) {
    return `${message instanceof Ready ? message.text : toJson(message)}\n`;
  }

  // Bytes that somebody else has made: lines of text, whole or in pieces.
  sendRaw(port, bytes, fd) {
    if (this.#lane === undefined) return port.sendBody(bytes, fd);
    // The other end no longer reads lines.
    const lines = stringSplit(`${this.#begun}${bufferToString(bytes)}`, '\n');
    this.#begun = arrayPop(lines);
    this.#lane.leave();
    let result = 0;
    for (let i = 0; i < lines.length && result === 0; i++) result = this.#sendText(port, lines[i], i === 0 ? fd : -1);
    return result;
  }

  #sendText(port, text, fd) {
    if (fd < 0) {
      const sent = port.stage(encodeText, text);
      if (sent !== undefined) return sent;
    }
    const frame = framed(text);
    return port.sendBody(this.#lane.block(bufferSubarray(frame, LENGTH), fd) ?? frame, fd);
  }

  #rest() {
    this.#pause = this.#nextPause;
    this.#nextPause = mathMin(2 * this.#nextPause, LONGEST_PAUSE);
  }

  // Calls `each(message)` for every one of `count` lines, and `failed(error)` for one that cannot be read: whether to go on.
  decodeLines(text, count, each, failed) {
    if (count === 1) {
      decodeLine(text, each, failed);
      return;
    }
    const messages = parseJoined(text, count);
    if (messages !== undefined) {
      for (let i = 0; i < messages.length; i += 2) each(messages[i]);
      return;
    }
    // Some line is broken: each for itself then. No line can hold the separator, for no peer knows it.
    const separator = `,${threadState.nonce},`;
    for (let at = 1, left = count; left > 0; left--) {
      const end = left === 1 ? text.length - 1 : stringIndexOf(text, separator, at);
      if (!decodeLine(stringSlice(text, at, end), each, failed)) return;
      at = end + separator.length;
    }
  }

  // Comes only after the upgrade, which the other end sends to one that has greeted.
  decodeBodies(buffer, each, failed) {
    if (this.#parts !== undefined) this.#madeLane().decodeBodies(buffer, 0, parseBody, each, failed);
  }
}

function upgrade(json, port) {
  json.upgrade(port);
}

// A message whose toJSON() returns nothing goes out as the text "undefined", as with Node.
function textOf(message) {
  return `${toJson(message)}`;
}

function encodeText(block, at, limit, text) {
  if (at + LENGTH + 1 + 3 * text.length > limit) return -1;
  const end = at + LENGTH + 1 + bufferUtf8Write(block, text, at + LENGTH + 1);
  bufferWriteUInt32BE(block, end - at - LENGTH, at);
  block[at + LENGTH] = TEXT;
  return end;
}

function framed(text) {
  const size = bufferByteLength(text);
  const frame = bufferAllocUnsafeSlow(LENGTH + 1 + size);
  bufferWriteUInt32BE(frame, 1 + size);
  frame[LENGTH] = TEXT;
  bufferUtf8Write(frame, text, LENGTH + 1);
  return frame;
}

function parseBody(body) {
  if (body[0] !== TEXT) throw require('../../node/errors').brokenBody();
  return fromJson(bufferUtf8Slice(body, 1, body.length));
}

// -> whether to go on.
function decodeLine(line, each, failed) {
  let message;
  try {
    message = fromJson(line);
  } catch (error) {
    return failed(error);
  }
  each(message);
  return true;
}

// Many lines in one parse, see src/ipc/lines.rs; undefined when they are not what they should be.
function parseJoined(text, count) {
  let messages;
  try {
    messages = fromJson(text);
  } catch {
    return undefined;
  }
  if (messages.length !== 2 * count - 1) return undefined;
  const { nonce } = threadState;
  for (let i = 1; i < messages.length; i += 2) {
    if (messages[i] !== nonce) return undefined;
  }
  return messages;
}

module.exports = { Json };
