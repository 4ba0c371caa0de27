'use strict';
// Messages with handles, one under way at a time: the other side acknowledges each, and whatever is sent meanwhile waits, so
// that nothing overtakes it. A handle that was lost on the way is sent again, three times.

const errors = require('../errors');
const shared = require('../shared');
const { GONE, closeDescriptor, kLink, report, write } = require('./link');
const { beyondNode, isBeyondNode, kindOfHandle, kinds } = require('./transfer');

// A handle that did not arrive is sent this many times more.
const RETRIES = 3;
const CHANNEL_END = 'rs-child-process.ChannelEnd';

function sendHandle(target, link, message, handle, type, options, callback) {
  const kind = kinds[type];
  // What cannot be encoded must throw before the socket gives up its handle for it.
  link.codec.check(message);
  const envelope = { cmd: 'NODE_HANDLE', type, msg: message };
  const raw = kind.out(handle, envelope, link.lists, options);
  // Sent before, or closed: the message goes alone.
  if (!raw) return write(target, link, message, -1, options, callback);
  const isTransferred = kind.isTransferred && (kind.isExclusive || !options.keepOpen);
  return transmit(target, link, { message: envelope, raw, isTransferred, options, callback, retries: 0 });
}

// Sends, or sends again, a message together with its raw handle.
function transmit(target, link, pending) {
  const { message, raw, options, callback, isTransferred: isOwned } = pending;
  // What moves to the other process is kept open here until that process has it.
  const isOpen = raw.fd >= 0;
  const accepted = write(target, link, message, isOpen ? raw.fd : GONE, options, callback);
  if (isOpen && !link.port.hasFailed) {
    target._handleQueue ??= [];
    if (isOwned) target._pendingMessage = pending;
  } else if (isOwned) {
    raw.close();
  }
  return accepted;
}

// Lets go of the handle that was under way.
function dropPending(target) {
  target._pendingMessage?.raw.close();
  target._pendingMessage = null;
}

// The other side has the handle, or says that it does not.
function onAnswer(target, link, arrived) {
  const pending = target._pendingMessage;
  if (pending) {
    if (arrived) {
      dropPending(target);
    } else if (pending.retries++ === RETRIES) {
      dropPending(target);
      process.emitWarning(errors.HANDLE_NOT_RECEIVED, 'SentHandleNotReceivedWarning');
    }
  }
  // An answer to no question.
  if (!Array.isArray(target._handleQueue)) return;
  const queue = target._handleQueue;
  target._handleQueue = null;

  if (target._pendingMessage && target[kLink]) {
    const again = target._pendingMessage;
    target._pendingMessage = null;
    transmit(target, link, again);
  }
  sendWaiting(target, link, queue);
}

function sendWaiting(target, link, queue) {
  for (const { message, handle, options, callback } of queue) {
    if (!target[kLink]) {
      takeBack(handle);
      if (typeof callback === 'function') process.nextTick(callback, errors.ipcChannelClosed());
    } else if (!link.isOurs && !link.awaitsGreeting && beyondNode(handle) !== undefined) {
      takeBack(handle);
      report(target, errors.ipcNotAccelerated(`A ${handle.constructor.name} travels`), callback);
    } else {
      target._send(message, handle, options, callback);
    }
  }
  // A disconnect that has waited for this.
  if (!target.connected && target.channel && !target._handleQueue) target._disconnect();
}

// Puts off what only another end of this package understands until the other end has said that it is one.
function sendWhenKnown(target, link, waiting) {
  target._handleQueue = [waiting];
  link.onGreeting = () => {
    link.onGreeting = undefined;
    const queue = target._handleQueue;
    // Given up meanwhile; or a handle of Node's is under way, whose answer sends the rest.
    if (!Array.isArray(queue) || target._pendingMessage) return;
    target._handleQueue = null;
    sendWaiting(target, link, queue);
  };
  return true;
}

// Gives the end of a channel away that is to be sent; what comes of it must be told by `takeBack` if it is not.
function giveAway(handle, target) {
  if (beyondNode(handle) === CHANNEL_END) shared.channelEnds.claim(handle, target);
}

// What was not sent is its sender's as before.
function takeBack(handle) {
  if (beyondNode(handle) === CHANNEL_END) shared.channelEnds.unclaim(handle);
}

function onHandle(target, link, envelope, descriptor) {
  // Lost on the way (MSG_CTRUNC when this process has no descriptors left): let it be sent again.
  if (descriptor === undefined) {
    if (target[kLink]) target._send({ cmd: 'NODE_HANDLE_NACK' }, null, true);
    return;
  }
  // No errors: this send is not the user's, and the other side may have gone.
  if (target[kLink]) target._send({ cmd: 'NODE_HANDLE_ACK' }, null, true);

  const { type } = envelope;
  const isKnown = typeof type === 'string' && (link.isOurs || !isBeyondNode(type));
  const kind = isKnown ? kinds[type] : undefined;
  const failed = (error) => link.inbox.addFailure(errors.malformedMessage(error));
  if (kind === undefined) {
    closeDescriptor(descriptor);
    failed(errors.invalidHandleType());
    return;
  }
  try {
    kind.in(descriptor, envelope, link.lists, (handle) => link.inbox.addWithHandle(envelope.msg, handle), failed);
  } catch (error) {
    // No handle was made, so the descriptor is still a number.
    closeDescriptor(descriptor);
    failed(error);
  }
}

module.exports = {
  dropPending, giveAway, isBeyondNode, kindOfHandle, onAnswer, onHandle, sendHandle, sendWhenKnown, takeBack,
};
