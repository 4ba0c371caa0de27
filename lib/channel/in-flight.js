'use strict';
// Messages with handles that are under way: sent, and not acknowledged yet.
// Node allows one at a time: everything else waits for its acknowledgement, so each handle costs both processes a wake-up. On an
// accelerated channel up to WINDOW sockets are sent one after the other without waiting.
// - A socket that follows another one is only held until all before it are acknowledged: it is not read, but it still belongs to
//   its sender. If the channel ends before, the sender keeps it, as it would in Node.
// - If a handle is lost, the other end refuses all that follow until the lost one comes again, marked as a repetition. So the
//   order stays.

const errors = require('../node/errors');
const { GONE, QUIETLY, whenWritten, write } = require('./link');
const { holdsLoop, isHeld, kinds } = require('./handles/kinds');
const { arrayMap, arrayPush, arrayShift, arraySlice, arrayUnshift, flatList, objectHasOwn } = require('../node/primordials');

// How many sockets may be under way. More would save little: from here on most of the cost is to make the socket objects.
const WINDOW = 16;
// How often a handle that did not arrive is sent again, as in Node.
const RETRIES = 3;

const { give, hold, restore } = kinds['net.Socket'];

// Sends, or sends again, a message together with its raw handle.
function transmit(target, link, pending) {
  const { raw, options, callback, isTransferred: isOwned } = pending;
  let { message } = pending;
  if (link.mustRepeat) message = link.codec.repetition(message);
  // The raw handle stays open in this process until the other process has acknowledged it.
  const isOpen = raw.fd >= 0;
  const accepted = write(target, link, message, isOpen ? raw.fd : GONE, options, callback);
  if (isOpen && !link.port.hasFailed) {
    target._handleQueue ??= [];
    link.mustRepeat = false;
    depart(link, pending);
  } else if (isOwned) {
    raw.close();
  }
  return accepted;
}

// A socket that is read keeps the event loop of its sender alive. On its way it is not read, so the channel keeps the loop alive
// instead. Otherwise a child could end before it knows that the other side has the socket.
function depart(link, pending) {
  arrayPush(link.flight, pending);
  if (pending.isAwaited) link.control.refCounted();
}

function landed(link, pending) {
  if (pending.isAwaited) link.control.unrefCounted();
}

// Whether a socket may follow others. Not if it is closed, already on its way, or must stay open here (`keepOpen`), or if
// somebody has replaced readStart() of its handle.
function isForFlight(socket, options) {
  return !options?.keepOpen && socket._handle?.fd >= 0 && !isHeld(socket) && !objectHasOwn(socket._handle, 'readStart');
}

// Sends a message with a socket behind others that are under way. -> false if it has to wait.
function follow(target, link, message, socket, options, callback) {
  const { flight } = link;
  if (flight.length === 0 || flight.length >= WINDOW || !flight[0].isJoinable || link.lost.length > 0) return false;
  if (!isForFlight(socket, options)) return false;
  const checked = link.codec.check(message);
  // Once more: check() may have run getters of the message, which can do anything to the socket.
  if (!isForFlight(socket, options)) return false;
  const isAwaited = link.isChild && holdsLoop(socket);
  const envelope = { cmd: 'NODE_HANDLE', type: 'net.Socket' };
  const raw = hold(socket, envelope);
  const whole = link.codec.envelope(envelope, message, checked);
  let isGone = false;
  try {
    write(target, link, whole, raw.fd, QUIETLY, undefined);
    isGone = !link.port.hasFailed;
  } finally {
    // Not sent. The socket goes back to its sender and the message waits; when it is sent later, an error is reported then.
    if (!isGone) restore(raw);
  }
  if (!isGone) return false;
  depart(link, {
    message: whole, raw, isTransferred: true, options, callback, retries: 0, isJoinable: true, isAwaited,
    held: { message, handle: socket, mark: link.port.mark() }, alone: message,
  });
  return true;
}

// All handles before this one have arrived, and Node would send it now. So the sender gives the socket away now, and learns by
// the callback that it was sent.
function giveHeld(link, pending) {
  const { held, raw, callback } = pending;
  if (held === undefined) return;
  pending.held = undefined;
  pending.callback = undefined;
  give(held.handle, raw, link.lists);
  if (typeof callback === 'function') process.nextTick(whenWritten, link.port, held.mark, callback);
}

// The other side has acknowledged the first handle that is under way, or has refused it (`hasArrived` is false).
function answered(link, hasArrived) {
  const { flight, lost } = link;
  const pending = arrayShift(flight);
  if (hasArrived) {
    giveHeld(link, pending);
    if (pending.isTransferred) pending.raw.close();
    landed(link, pending);
  } else {
    link.mustRepeat = link.isGreeted;
    if (pending.isTransferred) arrayPush(lost, pending);
  }
  if (flight.length > 0 && lost.length === 0) giveHeld(link, flight[0]);
}

// Sends the first lost handle again. -> the other lost ones, which wait as if they had never been sent.
function sendLost(target, link) {
  const all = link.lost;
  const first = all[0];
  link.lost = [];
  const waiting = arrayMap(arraySlice(all, 1), ({ raw, held, options, callback }) => {
    restore(raw);
    return { message: held.message, handle: held.handle, options, callback };
  });
  if (first.raw.fd < 0 && first.alone !== undefined) {
    // The sender has destroyed the socket meanwhile: the message is sent without it. Its callback was called before.
    arrayUnshift(waiting, { message: first.alone, handle: null, options: first.options, callback: undefined });
  } else if (first.retries++ === RETRIES) {
    first.raw.close();
    process.emitWarning(errors.HANDLE_NOT_RECEIVED, 'SentHandleNotReceivedWarning');
  } else {
    transmit(target, link, first);
  }
  for (let i = 0; i < all.length; i++) landed(link, all[i]);
  return waiting;
}

// The channel has ended: closes the handles that are under way, and gives held sockets back to their sender.
function endFlight(link) {
  const all = flatList(link.lost, link.flight);
  for (let i = 0; i < all.length; i++) {
    const pending = all[i];
    const { raw, held, isTransferred, callback } = pending;
    if (held !== undefined) {
      restore(raw);
      if (typeof callback === 'function') process.nextTick(callback, errors.ipcChannelClosed());
    } else if (isTransferred) {
      raw.close();
    }
    landed(link, pending);
  }
  link.lost = [];
  link.flight = [];
}

module.exports = { answered, endFlight, follow, sendLost, transmit };
