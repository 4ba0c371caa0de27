'use strict';
// Messages with handles among others. The other side acknowledges each handle, and whatever is sent meanwhile waits, so that
// nothing overtakes it. What is under way is in in-flight.js.

const errors = require('../node/errors');
const { common } = require('./handles/copies');
const { answered, endFlight, follow, sendLost, transmit } = require('./in-flight');
const { QUIETLY, closeDescriptor, kLink, report, write } = require('./link');
const { CHANNEL_END } = require('./codec/internal-messages');
const { kindOf } = require('../addon/node-handles');
const { beyondNode, holdsLoop, isBeyondNode, kindOfHandle, kinds } = require('./handles/kinds');
const { arrayIsArray, arraySplice, flatList, functionCall } = require('../node/primordials');

function sendHandle(target, link, message, handle, type, options, callback) {
  const kind = kinds[type];
  // What cannot be encoded must throw before the socket gives up its handle for it.
  const checked = link.codec.check(message);
  const envelope = { cmd: 'NODE_HANDLE', type };
  const isAwaited = link.isChild && type === 'net.Socket' && holdsLoop(handle);
  const raw = kind.out(handle, envelope, link.lists, options);
  // Sent before, or closed: the message goes alone.
  if (!raw) return write(target, link, message, -1, options, callback);
  const isTransferred = kind.isTransferred && (kind.isExclusive || !options.keepOpen);
  const isJoinable = isTransferred && type === 'net.Socket' && link.isGreeted;
  const whole = link.codec.envelope(envelope, message, checked);
  return transmit(target, link, {
    message: whole, raw, isTransferred, options, callback, retries: 0, isJoinable, isAwaited: isAwaited && isTransferred, held: undefined, alone: undefined,
  });
}

// The other side has the handle, or says that it does not.
function onAnswer(target, link, hasArrived) {
  // An answer to no question.
  if (link.flight.length === 0) return;
  answered(link, hasArrived);
  let queue = target._handleQueue;
  if (link.flight.length > 0) {
    if (queue.length === 0 || link.lost.length > 0) return;
    target._handleQueue = [];
  } else {
    target._handleQueue = null;
    if (link.lost.length > 0) queue = flatList(sendLost(target, link), queue);
  }
  sendWaiting(target, link, queue);
}

function sendWaiting(target, link, queue) {
  let done = 0;
  for (; done < queue.length; done++) {
    const { message, handle, options, callback } = queue[done];
    if (target._handleQueue) {
      // A handle is under way: the rest waits on, as it is, but for what may follow that handle.
      if (handle && kindOfHandle(handle) === 'net.Socket' && follow(target, link, message, handle, options, callback)) continue;
      arraySplice(queue, 0, done);
      target._handleQueue = target._handleQueue.length === 0 ? queue : flatList(queue, target._handleQueue);
      return;
    }
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
    if (!arrayIsArray(queue) || link.flight.length > 0) return;
    target._handleQueue = null;
    sendWaiting(target, link, queue);
  };
  return true;
}

// Gives the end of a channel away that is to be sent; what comes of it must be told by `takeBack` if it is not.
function giveAway(handle, target) {
  if (beyondNode(handle) === CHANNEL_END) common.channelEnds.claim(handle, target);
}

// What was not sent is its sender's as before.
function takeBack(handle) {
  if (beyondNode(handle) === CHANNEL_END) common.channelEnds.unclaim(handle);
}

// No errors: this send is not the user's, and the other side may have gone.
function answer(target, link, cmd) {
  if (target[kLink]) write(target, link, link.codec.ready(cmd), -1, QUIETLY, undefined);
}

// What Node sends again is an envelope in another one: a raw handle has been made of the descriptor, and was acknowledged.
function onRepetition(link, envelope, raw) {
  const kind = kindOf(raw);
  const make = envelope.type === 'net.Socket' && (kind === 'tcp' || kind === 'pipe') ? kinds[envelope.type].make : undefined;
  if (make) {
    make(raw, envelope, link.lists, (socket) => link.inbox.addWithHandle(envelope.msg, socket));
  } else {
    // Anything that a peer can send.
    const end = raw.close ?? raw.destroy ?? raw.disconnect;
    if (end) functionCall(end, raw);
    link.malformed(errors.invalidHandleType());
  }
}

function onHandle(target, link, envelope, descriptor) {
  if (typeof descriptor === 'object') {
    onRepetition(link, envelope, descriptor);
    return;
  }
  const isRepetition = envelope.again === true;
  // Lost on the way (MSG_CTRUNC when this process has no descriptors left): let it be sent again, and take none of those
  // that were sent right behind it.
  if (descriptor === undefined || (link.isDeaf && !isRepetition)) {
    if (descriptor !== undefined) closeDescriptor(descriptor);
    link.isDeaf = link.isGreeted;
    answer(target, link, 'NODE_HANDLE_NACK');
    return;
  }
  link.isDeaf = false;
  answer(target, link, 'NODE_HANDLE_ACK');

  const { type } = envelope;
  const isKnown = typeof type === 'string' && (link.isOurs || !isBeyondNode(type));
  const kind = isKnown ? kinds[type] : undefined;
  const failed = (error) => link.malformed(error);
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
  endFlight, follow, giveAway, isBeyondNode, kindOfHandle, onAnswer, onHandle, sendHandle, sendWhenKnown, takeBack,
};
