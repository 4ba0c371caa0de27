'use strict';
// One end of a channel that belongs to no child. createChannel() makes two; each can be sent to another process as the handle of
// a message. Until an end is used (send(), or a listener) it is only a descriptor and reads nothing: its next owner will.
// All copies of this package in a thread share one class: in a forked child the preloaded copy opens the channel, and the
// script loads another copy.

const EventEmitter = require('node:events');

const threadState = require('../../addon/thread-state');
const { common, kSendable, version } = require('./copies');
const { binding } = require('../../addon/native');
const { invalidState, malformedMessage, otherVersion, systemError } = require('../../node/errors');
const { CHANNEL_END } = require('../codec/internal-messages');
const { functionApply, functionCall, objectDefineProperty } = require('../../node/primordials');

// A listener of one of these opens the channel and keeps the event loop alive.
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
    // The last of ref() and unref(), for the channel when it is opened.
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
        // Only the listener that opens the channel is counted here. The channel itself counts the later ones.
        if (isCounted(name) && this.#open()) this.channel.refCounted();
      });
    }

    // -> whether this call has opened the channel.
    #open() {
      if (!this.connected || this.channel !== null) return false;
      // This puts send(), disconnect() and others on the object itself. From now on those are called, not the methods below.
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

  // `claim` marks an end as given away, or throws if it cannot be sent; `unclaim` undoes that. channel.js adds `open`, `send` and
  // `disconnect` in threadState.channelEnds.
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
