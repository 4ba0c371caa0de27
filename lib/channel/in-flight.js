'use strict';
// Messages with handles that are under way. On Node's wire there is one: whatever else is sent waits for its answer, and so each
// handle costs both processes a wake-up. Between two ends of this package a few sockets may follow the first at once. Until
// all before it have been acknowledged such a socket is only held: it does not read, but if the channel ends it is its
// sender's as before, as it would be on Node's wire. When one is lost the other end takes none behind it until it comes again,
// marked as a repetition; so order holds.

const errors = require('../node/errors');
const { GONE, QUIETLY, whenWritten, write } = require('./link');
const { holdsLoop, isHeld, kinds } = require('./handles/kinds');
const { arrayMap, arrayPush, arrayShift, arraySlice, arrayUnshift, flatList, objectHasOwn } = require('../node/primordials');

// More would spare little: most of a handle's cost is then the socket that is made of it.
const WINDOW = 16;
// A handle that did not arrive is sent this many times more.
const RETRIES = 3;

const { give, hold, restore } = kinds['net.Socket'];

// Sends, or sends again, a message together with its raw handle.
function transmit(target, link, pending) {
  const { raw, options, callback, isTransferred: isOwned } = pending;
  let { message } = pending;
  if (link.mustRepeat) message = link.codec.repetition(message);
  // What moves to the other process is kept open here until that process has it.
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

// A socket that is read keeps the process of its sender alive. On its way it is read no more, so the channel does it, or a child
// could end before it has heard that the other side has the socket.
function depart(link, pending) {
  arrayPush(link.flight, pending);
  if (pending.isAwaited) link.control.refCounted();
}

function landed(link, pending) {
  if (pending.isAwaited) link.control.unrefCounted();
}

// Closed, on its way already, or to be kept open here: not for this way.
function isForFlight(socket, options) {
  return !options?.keepOpen && socket._handle?.fd >= 0 && !isHeld(socket) && !objectHasOwn(socket._handle, 'readStart');
}

// Sends a message with a socket behind others that are under way. -> false where it has to wait.
function follow(target, link, message, socket, options, callback) {
  const { flight } = link;
  if (flight.length === 0 || flight.length >= WINDOW || !flight[0].isJoinable || link.lost.length > 0) return false;
  if (!isForFlight(socket, options)) return false;
  const checked = link.codec.check(message);
  // A getter of the message may do anything.
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
    // It learns its fate in its turn.
    if (!isGone) restore(raw);
  }
  if (!isGone) return false;
  depart(link, {
    message: whole, raw, isTransferred: true, options, callback, retries: 0, isJoinable: true, isAwaited,
    held: { message, handle: socket, mark: link.port.mark() }, alone: message,
  });
  return true;
}

// All before it have arrived: on Node's wire it would be sent now.
function takeTurn(link, pending) {
  const { held, raw, callback } = pending;
  if (held === undefined) return;
  pending.held = undefined;
  pending.callback = undefined;
  give(held.handle, raw, link.lists);
  if (typeof callback === 'function') process.nextTick(whenWritten, link.port, held.mark, callback);
}

// The other side has the first handle that is under way, or says that it does not.
function answered(link, hasArrived) {
  const { flight, lost } = link;
  const pending = arrayShift(flight);
  if (hasArrived) {
    takeTurn(link, pending);
    if (pending.isTransferred) pending.raw.close();
    landed(link, pending);
  } else {
    link.mustRepeat = link.isGreeted;
    if (pending.isTransferred) arrayPush(lost, pending);
  }
  if (flight.length > 0 && lost.length === 0) takeTurn(link, flight[0]);
}

// Sends the first of those that were lost again. -> the others, which wait as if they had never been sent.
function sendLost(target, link) {
  const all = link.lost;
  const first = all[0];
  link.lost = [];
  const waiting = arrayMap(arraySlice(all, 1), ({ raw, held, options, callback }) => {
    restore(raw);
    return { message: held.message, handle: held.handle, options, callback };
  });
  if (first.raw.fd < 0 && first.alone !== undefined) {
    // Destroyed by its sender meanwhile: the message goes alone. Its callback knows already.
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

// Lets go of what is under way when the channel ends.
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
