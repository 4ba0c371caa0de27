'use strict';
// The connections of a server that were sent to other processes. server.getConnections() and server.close() ask every process
// that has some. Node's wire has a question and an answer for both.

const EventEmitter = require('node:events');

const { childClosedBeforeReply } = require('../../node/errors');
const { OwnMap } = require('../../node/primordials');

// In the process of the server: its connections in one child.
class SentSockets extends EventEmitter {
  constructor(child, key) {
    super();
    this.child = child;
    this.key = key;
    child.once('exit', () => this.emit('exit', this));
  }

  close(callback) {
    this.#ask('NODE_SOCKET_NOTIFY_CLOSE', 'NODE_SOCKET_ALL_CLOSED', true, callback);
  }

  getConnections(callback) {
    this.#ask('NODE_SOCKET_GET_COUNT', 'NODE_SOCKET_COUNT', false, (error, reply) => {
      if (error) callback(error);
      else callback(null, reply.count);
    });
  }

  #ask(question, answer, swallowErrors, callback) {
    const { child, key } = this;
    const onReply = (reply) => {
      if (reply.cmd !== answer || reply.key !== key) return;
      child.removeListener('disconnect', onGone);
      child.removeListener('internalMessage', onReply);
      callback(null, reply);
    };
    const onGone = () => {
      child.removeListener('internalMessage', onReply);
      callback(childClosedBeforeReply());
    };
    if (!child.connected) {
      onGone();
      return;
    }
    child._send({ cmd: question, key }, undefined, swallowErrors);
    child.once('disconnect', onGone);
    child.on('internalMessage', onReply);
  }
}

// In the process that has received connections: those of one server.
class ReceivedSockets extends EventEmitter {
  constructor(child, key) {
    super();
    this.child = child;
    this.key = key;
    this.connections = 0;
    child.on('internalMessage', (message) => {
      if (message.key !== key || !child.connected) return;
      if (message.cmd === 'NODE_SOCKET_NOTIFY_CLOSE') {
        if (this.connections === 0) this.#tellClosed();
        else this.once('empty', () => this.#tellClosed());
      } else if (message.cmd === 'NODE_SOCKET_GET_COUNT') {
        child._send({ cmd: 'NODE_SOCKET_COUNT', key, count: this.connections }, undefined, true);
      }
    });
  }

  #tellClosed() {
    if (this.child.connected) this.child._send({ cmd: 'NODE_SOCKET_ALL_CLOSED', key: this.key }, undefined, true);
  }

  add(socket) {
    this.connections++;
    socket.once('close', () => {
      this.connections--;
      if (this.connections === 0) this.emit('empty', this);
    });
  }
}

// All lists of one channel, by the key of the server.
class SocketLists {
  #child;
  #sent = new OwnMap();
  #received = new OwnMap();

  constructor(child) {
    this.#child = child;
  }

  sent(key) {
    let list = this.#sent.get(key);
    const isNew = list === undefined;
    if (isNew) this.#sent.set(key, list = new SentSockets(this.#child, key));
    return { list, isNew };
  }

  // The channel has ended and belongs to no child, so no 'exit' will come: the lists end now.
  ended() {
    this.#sent.forEach((list) => list.emit('exit', list));
  }

  received(key) {
    let list = this.#received.get(key);
    if (list === undefined) this.#received.set(key, list = new ReceivedSockets(this.#child, key));
    return list;
  }
}

module.exports = { SocketLists };
