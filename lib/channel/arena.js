'use strict';
// Large payloads, sent through an arena (memory that both processes share) and not through the socket. The sender copies a
// payload into a block of its arena, and the message says which block. The receiver copies the payload out while it decodes
// the message. Later it tells the sender which blocks are free again, many in one message.
// Each direction has its own arena: its sender makes it, and the other side can only read it. If there is no memory, no free
// block, or the peer cannot map the arena, the payload goes through the socket.

const { binding } = require('../addon/native');
const { ARENA, ARENA_ANSWER, MIB, RELEASE } = require('./codec/internal-messages');
const { OwnMap, arrayIsArray, arrayPush, clearTimeout, mathMax, nextTick, numberIsInteger, setTimeout } = require('../node/primordials');

const SMALLEST = 8 * MIB;
// The least size for payloads of HALF_MIB or more. In a smaller arena so few of them fit that sender and receiver would often
// wait for each other.
const MIDDLE = 16 * MIB;
const HALF_MIB = MIB / 2;
const LARGEST = 64 * MIB;
// A new arena has room for this many payloads of the size that it is made for.
const PAYLOADS = 4;
// An arena that was not used for this many milliseconds is closed.
const IDLE = 5000;
// After this many failures to make or share an arena, this channel does not try again.
const ATTEMPTS = 3;

// The sending direction. At most two arenas: the one in use, and either a larger one that the peer has not mapped yet or an old
// one that the peer still reads.
class Outgoing {
  #tell;
  #arena = undefined;
  #bytes = 0;
  #generation = 0;
  // The peer was asked to map this one and has not answered: { arena, bytes, generation }.
  #offered = undefined;
  // No new payloads go into this one. It is closed when the peer has read what it holds: { arena, generation }.
  #retired = undefined;
  #wanted = 0;
  #failures = 0;
  #timer = undefined;
  #isUsed = false;
  // How many bytes are in blocks that the peer has not released.
  held = 0;

  // `tell(message, fd)` sends an internal message. -> whether it was sent. It is never called while a message is encoded.
  constructor(tell) {
    this.#tell = tell;
  }

  // Whether so many bytes are under way (more than half of the arena) that senders should wait.
  get isCrowded() {
    return this.held * 2 > this.#bytes && this.held > 0;
  }

  // The number of the arena that `put` and `putText` use. Messages name it.
  get generation() {
    return this.#generation;
  }

  // Copies a Uint8Array into a new block. -> the first page of the block, or -1 if there is none.
  put(bytes) {
    if (!this.#prepare(bytes.length)) return -1;
    return this.#taken(this.#arena.put(bytes));
  }

  // The same for a string. `isWide`: it has characters that need two bytes.
  putText(text, isWide) {
    if (!this.#prepare(isWide ? 2 * text.length : text.length)) return -1;
    return this.#taken(this.#arena.putText(text, text.length, isWide));
  }

  // Frees a block whose message was not sent.
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
    // Not now: offer() sends a message, and the caller is still encoding one.
    if (!isScheduled) nextTick(offer, this);
  }

  offer() {
    let bytes = leastFor(this.#wanted);
    while (bytes < this.#wanted * PAYLOADS && bytes < LARGEST) bytes *= 2;
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

// The receiving direction. It does not trust the peer: it checks every number.
class Incoming {
  #tell;
  // The peer's arenas by generation, at most two: { arena, bytes, taken, pages }. `taken`: how many bytes were copied out since
  // blocks were last released; `pages`: the blocks to release next.
  #arenas = new OwnMap();
  #scheduled = false;

  constructor(tell) {
    this.#tell = tell;
  }

  // The peer offers an arena, or closes one (`bytes` is 0). The caller closes the descriptor.
  announced({ generation, bytes }, fd) {
    if (bytes === 0) {
      this.#drop(generation);
      return;
    }
    let isMapped = false;
    if (numberIsInteger(generation) && numberIsInteger(bytes) && bytes > 0 && bytes <= LARGEST && fd >= 0) {
      this.#drop(generation);
      // The peer has only two that it may still use. With a third one the oldest is no longer needed.
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

  // -> a Buffer with a copy of the block, or undefined if there is no such block.
  take(generation, page, length) {
    const from = this.#look(generation, page, length);
    const bytes = from?.arena.take(page, length);
    if (bytes !== undefined) this.#read(from, page, length);
    return bytes;
  }

  // The same for a string.
  takeText(generation, page, length, isWide) {
    const from = this.#look(generation, page, isWide ? 2 * length : length);
    const text = from?.arena.takeText(page, length, isWide);
    if (text !== undefined) this.#read(from, page, isWide ? 2 * length : length);
    return text;
  }

  // -> the arena of the block, or undefined. Between two releases a peer cannot have filled more bytes than the arena holds, so
  // more are refused. Otherwise a peer could name one block many times in a short message, and this process would copy it as
  // many times.
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

// Both directions of one channel.
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

// The least size of an arena for payloads of `size` bytes.
function leastFor(size) {
  return size < HALF_MIB ? SMALLEST : MIDDLE;
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
