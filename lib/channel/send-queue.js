'use strict';
// Sends and receives messages with handles. The other side acknowledges each handle. Until then whatever is sent waits in
// `_handleQueue`, so the order stays. in-flight.js has the handles that are under way.

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
  // A message that cannot be encoded must throw here, while the socket still has its handle.
  const checked = link.codec.check(message);
  const envelope = { cmd: 'NODE_HANDLE', type };
  const isAwaited = link.isChild && type === 'net.Socket' && holdsLoop(handle);
  const raw = kind.out(handle, envelope, link.lists, options);
  // The handle was sent before, or is closed: as in Node, the message is sent without it.
  if (!raw) return write(target, link, message, -1, options, callback);
  const isTransferred = kind.isTransferred && (kind.isExclusive || !options.keepOpen);
  const isJoinable = isTransferred && type === 'net.Socket' && link.isGreeted;
  const whole = link.codec.envelope(envelope, message, checked);
  return transmit(target, link, {
    message: whole, raw, isTransferred, options, callback, retries: 0, isJoinable, isAwaited: isAwaited && isTransferred, held: undefined, alone: undefined,
  });
}

// The other side has acknowledged a handle, or refused it (`hasArrived` is false). Sends what has waited for that.
function onAnswer(target, link, hasArrived) {
  // No handle is under way: ignore it.
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
      // A handle is under way, so the rest goes on waiting, except sockets that may follow that handle.
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
  // disconnect() was called meanwhile and has waited for this.
  if (!target.connected && target.channel && !target._handleQueue) target._disconnect();
}

// For a message that only this package understands, while the child has not greeted yet: it waits, and all later messages behind
// it, until the child has greeted or it is certain that it will not.
function sendWhenKnown(target, link, waiting) {
  target._handleQueue = [waiting];
  link.onGreeting = () => {
    link.onGreeting = undefined;
    const queue = target._handleQueue;
    // The channel has ended meanwhile. Or a handle is under way: its acknowledgement sends the rest.
    if (!arrayIsArray(queue) || link.flight.length > 0) return;
    target._handleQueue = null;
    sendWaiting(target, link, queue);
  };
  return true;
}

// Before a handle is sent: an end of createChannel() belongs to the receiver from now on. If it is not sent after all, the caller
// must call takeBack().
function giveAway(handle, target) {
  if (beyondNode(handle) === CHANNEL_END) common.channelEnds.claim(handle, target);
}

// The handle was not sent: it belongs to its sender again.
function takeBack(handle) {
  if (beyondNode(handle) === CHANNEL_END) common.channelEnds.unclaim(handle);
}

// Acknowledges or refuses a handle. Errors are not reported: the user has not sent this, and the other side may have gone.
function answer(target, link, cmd) {
  if (target[kLink]) write(target, link, link.codec.ready(cmd), -1, QUIETLY, undefined);
}

// When Node sends a lost handle again, it wraps the envelope in a second one. The outer one is handled as usual: its handle was
// acknowledged, and comes here as `raw`, Node's raw handle.
function onRepetition(link, envelope, raw) {
  const kind = kindOf(raw);
  const make = envelope.type === 'net.Socket' && (kind === 'tcp' || kind === 'pipe') ? kinds[envelope.type].make : undefined;
  if (make) {
    make(raw, envelope, link.lists, (socket) => link.inbox.addWithHandle(envelope.msg, socket));
  } else {
    // The peer has sent something else. Whatever it is, close it.
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
  // The descriptor was lost (MSG_CTRUNC: this process has no descriptors left), or it follows a lost one. Refuse it, so that it is
  // sent again.
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
    // No handle was made, so nobody else closes the descriptor.
    closeDescriptor(descriptor);
    failed(error);
  }
}

module.exports = {
  endFlight, follow, giveAway, isBeyondNode, kindOfHandle, onAnswer, onHandle, sendHandle, sendWhenKnown, takeBack,
};
