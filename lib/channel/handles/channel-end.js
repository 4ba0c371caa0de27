'use strict';
// One end of a channel that belongs to no child: createChannel() makes two of them, and either may move to another process
// as the handle of a message. Until it is used an end is nothing but a descriptor: it reads nothing that its later owner
// should read. All copies of this package in a thread have one class, because a child's channel is opened by another copy
// (the preloaded one) than the one that its script loads.

const EventEmitter = require('node:events');

const threadState = require('../../addon/thread-state');
const { common, kSendable, version } = require('./copies');
const { binding } = require('../../addon/native');
const { invalidState, malformedMessage, otherVersion, systemError } = require('../../node/errors');
const { CHANNEL_END } = require('../codec/internal-messages');
const { functionApply, functionCall, objectDefineProperty } = require('../../node/primordials');

// What keeps the loop alive while it is listened to, and begins to read.
const isCounted = (name) => name === 'message' || name === 'disconnect';

function define() {
  let claim;
  let descriptorOf;
  let serializationOf;
  let unclaim;

  class ChannelEnd extends EventEmitter {
    #descriptor;
    #serialization;
    #pair;
    // What ref() or unref() said before there was a channel.
    #decision = undefined;

    // `pair`: the same object in both ends, as long as they are in one thread.
    constructor(fd, serialization, pair) {
      super();
      this.#descriptor = new binding.Descriptor(fd);
      this.#serialization = serialization;
      this.#pair = pair;
      this.connected = true;
      this.channel = null;
      this.on('newListener', (name) => {
        // The channel itself counts those that come once it is open.
        if (isCounted(name) && this.#open()) this.channel.refCounted();
      });
    }

    // Whether this call opened it.
    #open() {
      if (!this.connected || this.channel !== null) return false;
      // From here on the functions of a channel stand before those below.
      threadState.channelEnds.open(this, this.#descriptor.take(), this.#serialization);
      if (this.#decision !== undefined) this.channel[this.#decision]();
      return true;
    }

    send(...args) {
      this.#open();
      return functionApply(threadState.channelEnds.send, this, args);
    }

    disconnect() {
      if (this.connected) {
        this.connected = false;
        this.#descriptor.close();
        process.nextTick(() => this.emit('disconnect'));
      } else {
        functionCall(threadState.channelEnds.disconnect, this);
      }
    }

    ref() {
      this.#decision = 'ref';
      this.channel?.ref();
    }

    unref() {
      this.#decision = 'unref';
      this.channel?.unref();
    }

    static {
      claim = (end, target) => {
        if (!end.connected) throw invalidState('the channel end is closed or was sent');
        if (end.channel !== null) throw invalidState('the channel end is in use here, and cannot move any more');
        if (target instanceof ChannelEnd && target.#pair === end.#pair) {
          throw invalidState('the channel end cannot travel over its own channel');
        }
        end.connected = false;
      };
      unclaim = (end) => { end.connected = true; };
      descriptorOf = (end) => end.#descriptor;
      serializationOf = (end) => end.#serialization;
    }
  }
  objectDefineProperty(ChannelEnd.prototype, kSendable, { __proto__: null, value: { kind: CHANNEL_END, version } });

  // `claim` gives an end away, throwing where that cannot be; `unclaim` takes that back. How an end is opened, and the functions that
  // are all channels', come from channel.js.
  return { ChannelEnd, claim, descriptorOf, serializationOf, unclaim };
}

const { ChannelEnd, descriptorOf, serializationOf } = common.channelEnds ??= define();

const kind = {
  isTransferred: true,
  isExclusive: true,

  out(end, message) {
    message.version = version;
    message.serialization = serializationOf(end);
    return descriptorOf(end);
  },

  in(fd, message, lists, done) {
    const failure = binding.channelCheck(fd);
    if (failure !== 0) throw systemError(failure, 'getsockname');
    if (message.version !== version || (message.serialization !== 'json' && message.serialization !== 'advanced')) {
      throw malformedMessage(otherVersion());
    }
    done(new ChannelEnd(fd, message.serialization, {}));
  },
};

module.exports = { ChannelEnd, kind };
