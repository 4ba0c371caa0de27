'use strict';
// Large payloads beside the socket: their bytes lie in memory that the sender shares with the receiver, and the message says
// where. The receiver copies them out as it decodes, and gives the blocks back with a message of its own, many at a
// time. Either direction has its own memory, made by its sender and read-only for the other side. Whatever cannot
// be had (memory, a block, a peer that can map it) only means that the payload takes the socket.

const { binding } = require('../addon/native');
const { ARENA, ARENA_ANSWER, MIB, RELEASE } = require('./codec/internal-messages');
const { OwnMap, arrayIsArray, arrayPush, clearTimeout, mathMax, nextTick, numberIsInteger, setTimeout } = require('../node/primordials');

const SMALLEST = 8 * MIB;
// For payloads from half a MiB on: with less, sender and receiver would wait for each other by turns.
const MIDDLE = 16 * MIB;
const MIDDLING = MIB / 2;
const LARGEST = 64 * MIB;
// The memory is made for so many payloads of the size that asked for it.
const TIMES = 4;
// Memory that carried nothing for so long is given up.
const IDLE = 5000;
// How many failures to make or share memory are enough.
const ATTEMPTS = 3;

// The sending direction.
class Outgoing {
  #tell;
  #arena = undefined;
  #bytes = 0;
  #generation = 0;
  // Made and announced, not answered yet: { arena, bytes, generation }.
  #offered = undefined;
  // Replaced by a larger one, or given up, and read to the end by the peer soon: { arena, generation }.
  #retired = undefined;
  #wanted = 0;
  #failures = 0;
  #timer = undefined;
  #isUsed = false;
  // Bytes in blocks that the peer has not given back.
  held = 0;

  // `tell(message, fd)` sends an internal message: whether it went. It is called on ticks of its own.
  constructor(tell) {
    this.#tell = tell;
  }

  // Whether so much is under way that senders should wait.
  get isCrowded() {
    return this.held * 2 > this.#bytes && this.held > 0;
  }

  // Of the memory that `put` and `putText` take blocks in.
  get generation() {
    return this.#generation;
  }

  // -> the first page of a block with a copy of the Uint8Array, or -1.
  put(bytes) {
    if (!this.#prepare(bytes.length)) return -1;
    return this.#taken(this.#arena.put(bytes));
  }

  // The same for a string, whose characters are told to be wider than one byte or not.
  putText(text, isWide) {
    if (!this.#prepare(isWide ? 2 * text.length : text.length)) return -1;
    return this.#taken(this.#arena.putText(text, text.length, isWide));
  }

  // For a block whose message is not sent after all.
  abandon(page) {
    this.#arena?.release(page);
    this.#count();
  }

  #taken(page) {
    this.#isUsed = true;
    this.#count();
    return page;
  }

  #count() {
    this.held = (this.#arena?.held() ?? 0) + (this.#retired?.arena.held() ?? 0);
  }

  #prepare(size) {
    if (this.#bytes < LARGEST && (size * 2 > this.#bytes || this.#bytes < leastFor(size))) this.#want(size);
    return this.#arena !== undefined && size <= this.#bytes;
  }

  #want(size) {
    if (this.#offered !== undefined || this.#retired !== undefined || this.#failures >= ATTEMPTS) return;
    const isScheduled = this.#wanted > 0;
    this.#wanted = mathMax(this.#wanted, size);
    // Not here: the message that asks is being encoded.
    if (!isScheduled) nextTick(offer, this);
  }

  offer() {
    let bytes = leastFor(this.#wanted);
    while (bytes < this.#wanted * TIMES && bytes < LARGEST) bytes *= 2;
    this.#wanted = 0;
    if (this.#tell === undefined || bytes <= this.#bytes || this.#offered !== undefined) return;
    const arena = new binding.ArenaOut();
    if (arena.create(bytes) !== 0) {
      this.#failures++;
      return;
    }
    const generation = this.#generation + 1;
    if (this.#tell({ cmd: ARENA, generation, bytes }, arena.fd())) this.#offered = { arena, bytes, generation };
    else arena.close();
    arena.sent();
  }

  answered({ generation, isMapped }) {
    const offered = this.#offered;
    if (offered === undefined || offered.generation !== generation) return;
    this.#offered = undefined;
    if (isMapped !== true) {
      this.#failures++;
      offered.arena.close();
      return;
    }
    if (this.#arena !== undefined) this.#retire();
    this.#arena = offered.arena;
    this.#bytes = offered.bytes;
    this.#generation = generation;
    this.#isUsed = true;
    this.#timer ??= setTimeout(whenIdle, IDLE, this).unref();
  }

  released({ generation, pages }) {
    const retired = this.#retired;
    const arena = retired !== undefined && retired.generation === generation ? retired.arena
      : generation === this.#generation ? this.#arena : undefined;
    if (arena === undefined || !arrayIsArray(pages)) return;
    for (let i = 0; i < pages.length; i++) {
      if (isCount(pages[i])) arena.release(pages[i]);
    }
    this.#count();
    this.#dropRetired();
  }

  #retire() {
    this.#retired = { arena: this.#arena, generation: this.#generation };
    this.#arena = undefined;
    this.#bytes = 0;
    this.#dropRetired();
  }

  #dropRetired() {
    if (this.#retired === undefined || this.#retired.arena.held() > 0) return;
    this.#retired.arena.close();
    this.#tell?.({ cmd: ARENA, generation: this.#retired.generation, bytes: 0 }, -1);
    this.#retired = undefined;
  }

  whenIdle() {
    this.#timer = undefined;
    if (this.#arena === undefined) return;
    if (this.#isUsed || this.held > 0 || this.#offered !== undefined) {
      this.#isUsed = false;
      this.#timer = setTimeout(whenIdle, IDLE, this).unref();
      return;
    }
    this.#retire();
  }

  close() {
    this.#arena?.close();
    this.#offered?.arena.close();
    this.#retired?.arena.close();
    this.#arena = this.#offered = this.#retired = this.#tell = undefined;
    this.#bytes = 0;
    this.held = 0;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

// The receiving direction.
class Incoming {
  #tell;
  // By generation, at most two: { arena, bytes, taken, pages }.
  #arenas = new OwnMap();
  #scheduled = false;

  constructor(tell) {
    this.#tell = tell;
  }

  // The peer's memory; the descriptor stays the caller's.
  announced({ generation, bytes }, fd) {
    if (bytes === 0) {
      this.#drop(generation);
      return;
    }
    let isMapped = false;
    if (numberIsInteger(generation) && numberIsInteger(bytes) && bytes > 0 && bytes <= LARGEST && fd >= 0) {
      this.#drop(generation);
      // A sender has two at most, the newer of which replaces the older.
      if (this.#arenas.size > 1) this.#drop(firstKey(this.#arenas));
      const arena = new binding.ArenaIn();
      isMapped = arena.open(fd, bytes) === 0;
      if (isMapped) this.#arenas.set(generation, { arena, bytes, taken: 0, pages: [] });
    }
    this.#tell({ cmd: ARENA_ANSWER, generation, isMapped }, -1);
  }

  #drop(generation) {
    this.#arenas.get(generation)?.arena.close();
    this.#arenas.delete(generation);
  }

  // -> a Buffer with a copy of the block; undefined where there is no such block.
  take(generation, page, length) {
    const from = this.#look(generation, page, length);
    const bytes = from?.arena.take(page, length);
    if (bytes !== undefined) this.#read(from, page, length);
    return bytes;
  }

  // -> a string.
  takeText(generation, page, length, isWide) {
    const from = this.#look(generation, page, isWide ? 2 * length : length);
    const text = from?.arena.takeText(page, length, isWide);
    if (text !== undefined) this.#read(from, page, isWide ? 2 * length : length);
    return text;
  }

  // Until blocks are given back no more can have been filled than the memory holds, or a few bytes that name the same block
  // over and over would make this process copy it over and over.
  #look(generation, page, length) {
    const from = this.#arenas.get(generation);
    if (from === undefined || !isCount(page) || !isCount(length)) return undefined;
    return length <= from.bytes - from.taken ? from : undefined;
  }

  #read(from, page, length) {
    from.taken += length;
    arrayPush(from.pages, page);
    if (this.#scheduled) return;
    this.#scheduled = true;
    nextTick(giveBack, this);
  }

  giveBack() {
    this.#scheduled = false;
    this.#arenas.forEach((from, generation) => {
      if (from.pages.length === 0) return;
      const { pages } = from;
      from.pages = [];
      from.taken = 0;
      this.#tell?.({ cmd: RELEASE, generation, pages }, -1);
    });
  }

  close() {
    this.#arenas.forEach(({ arena }) => arena.close());
    this.#arenas.clear();
    this.#tell = undefined;
  }
}

class Blocks {
  constructor(tell) {
    this.out = new Outgoing(tell);
    this.in = new Incoming(tell);
  }

  close() {
    this.out.close();
    this.in.close();
  }
}

// The least memory that is made for payloads of that size.
function leastFor(size) {
  return size < MIDDLING ? SMALLEST : MIDDLE;
}

function isCount(value) {
  return numberIsInteger(value) && value >= 0 && value <= 0xffffffff;
}

function firstKey(table) {
  let first;
  table.forEach((value, key) => { first ??= key; });
  return first;
}

function offer(outgoing) {
  outgoing.offer();
}

function whenIdle(outgoing) {
  outgoing.whenIdle();
}

function giveBack(incoming) {
  incoming.giveBack();
}

module.exports = { Blocks };
