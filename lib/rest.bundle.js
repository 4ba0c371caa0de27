'use strict';
// Made by scripts/bundle.mjs of the files that it names.
module.exports = {
'lib/process-handle-spawn.js': function (ours, module, exports) {'use strict';

const { constants: { errno } } = ours.builtin('node:os');

const { binding } = ours('lib/native.js');
const { opened } = ours('lib/handles.js');
const { cString, joined, joinedArguments, startFlags } = ours('lib/request.js');
const { SOCKET, descriptors, isShort } = ours('lib/stdio.js');

const isPipe = ({ type }) => type === 'pipe' || type === 'overlapped';

const DETACHED = 1;

function named({ 0: file, 1: args, 2: cwd, 3: envPairs, 4: stdio, 5: flags, 6: uid, 7: gid }) {
  return { file, args, cwd, envPairs, stdio, detached: (flags & DETACHED) !== 0, uid, gid };
}

function spawn(given, killOnParentExit, whenStarted) {
  const { file, args, cwd, envPairs, stdio, detached, uid, gid } = given.length === 1 ? given[0] : named(given);
  const io = descriptors(stdio);
  if (isShort(io)) return -errno.EINVAL;
  for (let i = 0; i < stdio.length; i++) if (isPipe(stdio[i])) io[i] = SOCKET;
  const pid = binding.spawn(
    cString(file),
    args === undefined ? '' : joinedArguments(args),
    envPairs === undefined ? null : joined(envPairs),
    typeof cwd !== 'string' || cwd === '' ? null : cString(cwd),
    startFlags({ detached, uid, gid, killOnParentExit }),
    uid ?? 0,
    gid ?? 0,
    io);
  for (let i = 0; i < stdio.length; i++) {
    if (isPipe(stdio[i]) && io[i] >= 0 && opened(stdio[i].handle, io[i])) binding.closeFd(io[i]);
  }
  if (pid < 0) return pid;
  whenStarted(io[io.length - 2], pid);
  return 0;
}

module.exports = { spawn };

},
'lib/ipc/pair.js': function (ours, module, exports) {'use strict';

const check = ours('lib/validate.js');
ours('lib/ipc/channel.js');
const { ChannelEnd } = ours('lib/ipc/channel-end.js');
const { binding } = ours('lib/native.js');
const { systemError } = ours('lib/errors.js');
const { Int32Array } = ours('lib/originals.js');

function createChannel(options = undefined) {
  if (options !== undefined) check.object(options, 'options');
  const serialization = options?.serialization;
  check.oneOf(serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const fds = new Int32Array(2);
  const failure = binding.channelPair(fds);
  if (failure !== 0) throw systemError(failure, 'socketpair');
  const pair = {};
  const end = (fd) => new ChannelEnd(fd, serialization ?? 'json', pair);
  return [end(fds[0]), end(fds[1])];
}

module.exports = { createChannel };

},
'lib/ipc/channel-end.js': function (ours, module, exports) {'use strict';

const EventEmitter = ours.builtin('node:events');

const shared = ours('lib/shared.js');
const { common, kSendable, version } = ours('lib/copies.js');
const { binding } = ours('lib/native.js');
const { invalidState, malformedMessage, otherVersion, systemError } = ours('lib/errors.js');
const { CHANNEL_END } = ours('lib/ipc/commands.js');
const { functionApply, functionCall, objectDefineProperty } = ours('lib/originals.js');

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
    #decision = undefined;

    constructor(fd, serialization, pair) {
      super();
      this.#descriptor = new binding.Descriptor(fd);
      this.#serialization = serialization;
      this.#pair = pair;
      this.connected = true;
      this.channel = null;
      this.on('newListener', (name) => {
        if (isCounted(name) && this.#open()) this.channel.refCounted();
      });
    }

    #open() {
      if (!this.connected || this.channel !== null) return false;
      shared.channelEnds.open(this, this.#descriptor.take(), this.#serialization);
      if (this.#decision !== undefined) this.channel[this.#decision]();
      return true;
    }

    send(...args) {
      this.#open();
      return functionApply(shared.channelEnds.send, this, args);
    }

    disconnect() {
      if (this.connected) {
        this.connected = false;
        this.#descriptor.close();
        process.nextTick(() => this.emit('disconnect'));
      } else {
        functionCall(shared.channelEnds.disconnect, this);
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

},
'lib/copies.js': function (ours, module, exports) {'use strict';

const EventEmitter = ours.builtin('node:events');

const { Symbol, objectDefineProperty } = ours('lib/originals.js');
const { version } = ours('package.json');

const key = Symbol.for(`rs-child-process.copies ${version}`);
if (EventEmitter[key] === undefined) objectDefineProperty(EventEmitter, key, { __proto__: null, value: { __proto__: null } });

const kSendable = Symbol.for('rs-child-process.sendable');

module.exports = { common: EventEmitter[key], kSendable, version };

},
'lib/ipc/shared-memory.js': function (ours, module, exports) {'use strict';

const { kMaxLength } = ours.builtin('node:buffer');
const { constants: { errno: { ENOMEM, ENOSYS } } } = ours.builtin('node:os');

const check = ours('lib/validate.js');
const { common, kSendable, version } = ours('lib/copies.js');
const { binding } = ours('lib/native.js');
const { featureUnavailable, systemError } = ours('lib/errors.js');
const { SHARED_MEMORY } = ours('lib/ipc/commands.js');
const { FinalizationRegistry, OwnMap, OwnWeakMap, WeakRef, objectDefineProperty, withSelf } = ours('lib/originals.js');

const deref = withSelf(WeakRef.prototype.deref);
const register = withSelf(FinalizationRegistry.prototype.register);

const derefOf = (reference) => (reference === undefined ? undefined : deref(reference));

function failed(failure, syscall) {
  return failure === -ENOSYS ? featureUnavailable('sharedMemory') : systemError(failure, syscall);
}

function map(fd) {
  const buffer = binding.memoryMap(fd, kMaxLength);
  if (typeof buffer === 'number') throw failed(buffer, 'mmap');
  return buffer;
}

function define() {
  const known = new OwnMap();
  const forgotten = new FinalizationRegistry(({ name, reference }) => {
    if (known.get(name) === reference) known.delete(name);
  });
  const holders = new OwnWeakMap();
  let descriptorOf;

  class SharedMemory {
    #descriptor;
    #buffer;

    constructor(fd) {
      this.#keep(map(fd));
      this.#descriptor = new binding.Descriptor(fd);
    }

    #keep(buffer) {
      this.#buffer = buffer;
      holders.set(buffer, this);
    }

    get buffer() {
      if (this.#buffer.byteLength === 0) this.#keep(map(this.#descriptor.fd));
      return this.#buffer;
    }

    static {
      descriptorOf = (memory) => memory.#descriptor;
    }
  }
  objectDefineProperty(SharedMemory.prototype, kSendable, { __proto__: null, value: { kind: SHARED_MEMORY, version } });

  function open(fd) {
    const name = binding.memoryName(fd);
    if (typeof name === 'number') throw failed(name, 'fcntl');
    const seen = derefOf(known.get(name));
    if (seen !== undefined) {
      binding.closeFd(fd);
      return seen;
    }
    const memory = new SharedMemory(fd);
    try {
      const reference = new WeakRef(memory);
      known.set(name, reference);
      register(forgotten, memory, { name, reference });
    } catch (error) {
      descriptorOf(memory).take();
      throw error;
    }
    return memory;
  }
  return { descriptorOf, open };
}

const { descriptorOf, open } = common.memories ??= define();

const kind = {
  isTransferred: true,
  isExclusive: true,

  out: (memory) => ({ memory, fd: descriptorOf(memory).fd, close() {} }),

  in(fd, message, lists, done) {
    done(open(fd));
  },
};

function sharedMemory(bytes) {
  check.integer(bytes, 'bytes', 1, kMaxLength);
  const available = process.availableMemory();
  if (available > 0 && bytes > available) throw systemError(-ENOMEM, 'memfd_create');
  const fd = binding.memoryMake(bytes);
  if (fd < 0) throw failed(fd, 'memfd_create');
  try {
    return open(fd);
  } catch (error) {
    binding.closeFd(fd);
    throw error;
  }
}

module.exports = { kind, sharedMemory };

},
'lib/ipc/handover.js': function (ours, module, exports) {'use strict';

const errors = ours('lib/errors.js');
const { common } = ours('lib/copies.js');
const { answered, endFlight, follow, sendLost, transmit } = ours('lib/ipc/flight.js');
const { QUIETLY, closeDescriptor, kLink, report, write } = ours('lib/ipc/link.js');
const { CHANNEL_END } = ours('lib/ipc/commands.js');
const { kindOf } = ours('lib/handles.js');
const { beyondNode, holdsLoop, isBeyondNode, kindOfHandle, kinds } = ours('lib/ipc/transfer.js');
const { arrayIsArray, arraySplice, flatList, functionCall } = ours('lib/originals.js');

function sendHandle(target, link, message, handle, type, options, callback) {
  const kind = kinds[type];
  const checked = link.codec.check(message);
  const envelope = { cmd: 'NODE_HANDLE', type };
  const isAwaited = link.isChild && type === 'net.Socket' && holdsLoop(handle);
  const raw = kind.out(handle, envelope, link.lists, options);
  if (!raw) return write(target, link, message, -1, options, callback);
  const isTransferred = kind.isTransferred && (kind.isExclusive || !options.keepOpen);
  const isJoinable = isTransferred && type === 'net.Socket' && link.isGreeted;
  const whole = link.codec.envelope(envelope, message, checked);
  return transmit(target, link, {
    message: whole, raw, isTransferred, options, callback, retries: 0, isJoinable, isAwaited: isAwaited && isTransferred, held: undefined, alone: undefined,
  });
}

function onAnswer(target, link, hasArrived) {
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
  if (!target.connected && target.channel && !target._handleQueue) target._disconnect();
}

function sendWhenKnown(target, link, waiting) {
  target._handleQueue = [waiting];
  link.onGreeting = () => {
    link.onGreeting = undefined;
    const queue = target._handleQueue;
    if (!arrayIsArray(queue) || link.flight.length > 0) return;
    target._handleQueue = null;
    sendWaiting(target, link, queue);
  };
  return true;
}

function giveAway(handle, target) {
  if (beyondNode(handle) === CHANNEL_END) common.channelEnds.claim(handle, target);
}

function takeBack(handle) {
  if (beyondNode(handle) === CHANNEL_END) common.channelEnds.unclaim(handle);
}

function answer(target, link, cmd) {
  if (target[kLink]) write(target, link, link.codec.ready(cmd), -1, QUIETLY, undefined);
}

function onRepetition(link, envelope, raw) {
  const kind = kindOf(raw);
  const make = envelope.type === 'net.Socket' && (kind === 'tcp' || kind === 'pipe') ? kinds[envelope.type].make : undefined;
  if (make) {
    make(raw, envelope, link.lists, (socket) => link.inbox.addWithHandle(envelope.msg, socket));
  } else {
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
    closeDescriptor(descriptor);
    failed(error);
  }
}

module.exports = {
  endFlight, follow, giveAway, isBeyondNode, kindOfHandle, onAnswer, onHandle, sendHandle, sendWhenKnown, takeBack,
};

},
'lib/ipc/flight.js': function (ours, module, exports) {'use strict';

const errors = ours('lib/errors.js');
const { GONE, QUIETLY, whenWritten, write } = ours('lib/ipc/link.js');
const { holdsLoop, isHeld, kinds } = ours('lib/ipc/transfer.js');
const { arrayMap, arrayPush, arrayShift, arraySlice, arrayUnshift, flatList, objectHasOwn } = ours('lib/originals.js');

const WINDOW = 16;
const RETRIES = 3;

const { give, hold, restore } = kinds['net.Socket'];

function transmit(target, link, pending) {
  const { raw, options, callback, isTransferred: isOwned } = pending;
  let { message } = pending;
  if (link.mustRepeat) message = link.codec.repetition(message);
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

function depart(link, pending) {
  arrayPush(link.flight, pending);
  if (pending.isAwaited) link.control.refCounted();
}

function landed(link, pending) {
  if (pending.isAwaited) link.control.unrefCounted();
}

function isForFlight(socket, options) {
  return !options?.keepOpen && socket._handle?.fd >= 0 && !isHeld(socket) && !objectHasOwn(socket._handle, 'readStart');
}

function follow(target, link, message, socket, options, callback) {
  const { flight } = link;
  if (flight.length === 0 || flight.length >= WINDOW || !flight[0].isJoinable || link.lost.length > 0) return false;
  if (!isForFlight(socket, options)) return false;
  const checked = link.codec.check(message);
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
    if (!isGone) restore(raw);
  }
  if (!isGone) return false;
  depart(link, {
    message: whole, raw, isTransferred: true, options, callback, retries: 0, isJoinable: true, isAwaited,
    held: { message, handle: socket, mark: link.port.mark() }, alone: message,
  });
  return true;
}

function takeTurn(link, pending) {
  const { held, raw, callback } = pending;
  if (held === undefined) return;
  pending.held = undefined;
  pending.callback = undefined;
  give(held.handle, raw, link.lists);
  if (typeof callback === 'function') process.nextTick(whenWritten, link.port, held.mark, callback);
}

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

function sendLost(target, link) {
  const all = link.lost;
  const first = all[0];
  link.lost = [];
  const waiting = arrayMap(arraySlice(all, 1), ({ raw, held, options, callback }) => {
    restore(raw);
    return { message: held.message, handle: held.handle, options, callback };
  });
  if (first.raw.fd < 0 && first.alone !== undefined) {
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

},
'lib/ipc/transfer.js': function (ours, module, exports) {'use strict';

const net = ours.builtin('node:net');

const { common, kSendable, version } = ours('lib/copies.js');
const { kindOf, opened, receivedSocket, socketOfNode } = ours('lib/handles.js');
const { binding } = ours('lib/native.js');
const { invalidHandleType, madeByOther, malformedMessage, noDatagramSocket } = ours('lib/errors.js');
const { BEYOND_NODE, CHANNEL_END, SHARED_MEMORY } = ours('lib/ipc/commands.js');
const {
  OwnWeakSet, arrayFind, getSymbolDescription, objectGetOwnPropertySymbols, objectGetPrototypeOf, stringStartsWith,
} = ours('lib/originals.js');

function hidden(object, description) {
  for (let holder = object; holder !== null; holder = objectGetPrototypeOf(holder)) {
    const found = arrayFind(objectGetOwnPropertySymbols(holder), (symbol) => getSymbolDescription(symbol) === description);
    if (found !== undefined) return found;
  }
  return undefined;
}

function dgram() {
  return ours.builtin('node:dgram');
}

function dgramHandle(socket) {
  return socket[hidden(socket, 'state symbol')]?.handle;
}

function nop() {}

function releaseParser(socket) {
  if (!socket.parser || typeof socket.parser.unconsume !== 'function') return;
  require('_http_common').freeParser(socket.parser, null, socket);
  if (socket._httpMessage) socket._httpMessage.detachSocket(socket);
}

function detach(socket, handle) {
  handle.onread = nop;
  if (typeof handle.readStop === 'function') handle.readStop();
  handle.reading = false;
  socket._handle = null;
  socket.setTimeout(0);
  releaseParser(socket);
}

const held = common.heldHandles ??= new OwnWeakSet();

function announce(socket, message) {
  const handle = socket._handle;
  if (!handle) return undefined;
  if (socket.server) message.key = socket.server._connectionKey;
  return handle;
}

function enlist(socket, lists) {
  if (!socket.server) return;
  const { list, isNew } = lists.sent(socket.server._connectionKey);
  if (isNew) socket.server._setupWorker(list);
}

function letGo(socket, handle) {
  if (socket._handle !== handle) return;
  if (socket.server) socket.server._connections--;
  detach(socket, handle);
}

function counted(socket, message, lists) {
  if (message.key) lists.received(message.key).add(socket);
  return socket;
}

const kinds = {
  __proto__: null,

  'net.Native': {
    out: (handle) => handle,
    in(fd, message, lists, done) {
      done(rawStream(fd));
    },
  },

  'net.Server': {
    out: (server) => server._handle,
    in(fd, message, lists, done, failed) {
      const server = new net.Server();
      server.once('error', failed);
      server.listen(rawStream(fd), () => {
        server.removeListener('error', failed);
        done(server);
      });
    },
  },

  'net.Socket': {
    isTransferred: true,

    out(socket, message, lists, options) {
      if (!options.keepOpen && held.has(socket._handle)) return undefined;
      const handle = announce(socket, message);
      if (!handle) return undefined;
      enlist(socket, lists);
      if (!options.keepOpen) letGo(socket, handle);
      return handle;
    },

    hold(socket, message) {
      const handle = announce(socket, message);
      held.add(handle);
      handle.readStart = () => 0;
      handle.readStop();
      return handle;
    },
    give(socket, handle, lists) {
      enlist(socket, lists);
      letGo(socket, handle);
    },
    restore(handle) {
      held.delete(handle);
      delete handle.readStart;
      if (handle.reading) handle.readStart();
    },

    in(fd, message, lists, done) {
      const what = binding.streamOf(fd);
      done(counted(what === WRITE_ONLY ? socketOn(rawStream(fd)) : receivedSocket(fd, what), message, lists));
    },
    make(handle, message, lists, done) {
      done(counted(socketOn(handle), message, lists));
    },
  },

  'dgram.Native': {
    out: (handle) => handle,
    in(fd, message, lists, done) {
      done(rawDatagram(fd));
    },
  },

  'dgram.Socket': {
    out(socket, message) {
      message.dgramType = socket.type;
      return dgramHandle(socket);
    },
    in(fd, message, lists, done, failed) {
      const { Socket } = dgram();
      const socket = new Socket(message.dgramType);
      socket.once('error', failed);
      socket.bind(rawDatagram(fd), () => {
        socket.removeListener('error', failed);
        done(socket);
      });
    },
  },

  'net.BoundSocket': {
    isTransferred: true,

    out(bound) {
      if (bound.isPipe) throw invalidHandleType();
      return bound[hidden(bound, 'messaging_transfer_symbol')]().data.handle;
    },
    in(fd, message, lists, done) {
      const bound = new net._TransferredBoundSocket();
      bound[hidden(bound, 'messaging_deserialize_symbol')]({ handle: rawStream(fd) });
      done(bound);
    },
  },

  get [CHANNEL_END]() {
    return ours('lib/ipc/channel-end.js').kind;
  },

  get [SHARED_MEMORY]() {
    return ours('lib/ipc/shared-memory.js').kind;
  },
};

function beyondNode(handle) {
  const sendable = handle ? handle[kSendable] : undefined;
  return sendable?.version === version ? sendable.kind : undefined;
}

function isBeyondNode(type) {
  return stringStartsWith(type, BEYOND_NODE);
}

function kindOfHandle(handle) {
  if (handle instanceof net.Socket) return 'net.Socket';
  if (handle instanceof net.Server) return 'net.Server';
  const raw = kindOf(handle);
  if (raw === 'tcp' || raw === 'pipe') return 'net.Native';
  if (handle instanceof dgram().Socket) return 'dgram.Socket';
  if (raw === 'udp') return 'dgram.Native';
  if (net.BoundSocket !== undefined && handle instanceof net.BoundSocket) return 'net.BoundSocket';
  const type = beyondNode(handle);
  if (type !== undefined) return type;
  throw handle[kSendable] === undefined ? invalidHandleType() : madeByOther(handle[kSendable].version, version);
}

function rawStream(fd) {
  const socket = socketOfNode(fd, false, false, undefined);
  const handle = socket._handle;
  socket._handle = null;
  return handle;
}

const WRITE_ONLY = 3;

function socketOn(handle) {
  if (binding.streamOf(handle.fd) === WRITE_ONLY) handle.readStart = () => 0;
  return new net.Socket({ handle, readable: true, writable: true });
}

let UDP;

function rawDatagram(fd) {
  if (UDP === undefined) {
    const socket = dgram().createSocket('udp4');
    UDP = dgramHandle(socket).constructor;
    socket.close();
  }
  const handle = new UDP();
  if (opened(handle, fd) !== 0) throw malformedMessage(noDatagramSocket());
  return handle;
}

function holdsLoop(socket) {
  const handle = socket._handle;
  return !!handle?.reading && handle.hasRef?.() === true;
}

function isHeld(socket) {
  return held.has(socket._handle);
}

module.exports = { beyondNode, holdsLoop, isBeyondNode, isHeld, kinds, kindOfHandle };

},
'lib/ipc/socket-list.js': function (ours, module, exports) {'use strict';

const EventEmitter = ours.builtin('node:events');

const { childClosedBeforeReply } = ours('lib/errors.js');
const { OwnMap } = ours('lib/originals.js');

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

},
'lib/ipc/blocks.js': function (ours, module, exports) {'use strict';

const { binding } = ours('lib/native.js');
const { ARENA, ARENA_ANSWER, MIB, RELEASE } = ours('lib/ipc/commands.js');
const { OwnMap, arrayIsArray, arrayPush, clearTimeout, mathMax, nextTick, numberIsInteger, setTimeout } = ours('lib/originals.js');

const SMALLEST = 8 * MIB;
const MIDDLE = 16 * MIB;
const MIDDLING = MIB / 2;
const LARGEST = 64 * MIB;
const TIMES = 4;
const IDLE = 5000;
const ATTEMPTS = 3;

class Outgoing {
  #tell;
  #arena = undefined;
  #bytes = 0;
  #generation = 0;
  #offered = undefined;
  #retired = undefined;
  #wanted = 0;
  #failures = 0;
  #timer = undefined;
  #isUsed = false;
  held = 0;

  constructor(tell) {
    this.#tell = tell;
  }

  get isCrowded() {
    return this.held * 2 > this.#bytes && this.held > 0;
  }

  get generation() {
    return this.#generation;
  }

  put(bytes) {
    if (!this.#prepare(bytes.length)) return -1;
    return this.#taken(this.#arena.put(bytes));
  }

  putText(text, isWide) {
    if (!this.#prepare(isWide ? 2 * text.length : text.length)) return -1;
    return this.#taken(this.#arena.putText(text, text.length, isWide));
  }

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

class Incoming {
  #tell;
  #arenas = new OwnMap();
  #scheduled = false;

  constructor(tell) {
    this.#tell = tell;
  }

  announced({ generation, bytes }, fd) {
    if (bytes === 0) {
      this.#drop(generation);
      return;
    }
    let isMapped = false;
    if (numberIsInteger(generation) && numberIsInteger(bytes) && bytes > 0 && bytes <= LARGEST && fd >= 0) {
      this.#drop(generation);
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

  take(generation, page, length) {
    const from = this.#look(generation, page, length);
    const bytes = from?.arena.take(page, length);
    if (bytes !== undefined) this.#read(from, page, length);
    return bytes;
  }

  takeText(generation, page, length, isWide) {
    const from = this.#look(generation, page, isWide ? 2 * length : length);
    const text = from?.arena.takeText(page, length, isWide);
    if (text !== undefined) this.#read(from, page, isWide ? 2 * length : length);
    return text;
  }

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

},
'lib/ipc/lane.js': function (ours, module, exports) {'use strict';

const { missingBlock } = ours('lib/errors.js');
const { LARGE } = ours('lib/ipc/commands.js');
const { FastDecoder, FastEncoder, HEAD, JsonEncoder } = ours('lib/ipc/fast/index.js');
const {
  bufferAllocUnsafe, bufferFrom, bufferReadUInt32LE, bufferSubarray, bufferWriteUInt32BE, bufferWriteUInt32LE, getTypedArrayBuffer,
  getTypedArrayByteOffset,
} = ours('lib/originals.js');

const FAST = 1;
const BLOCK = 2;
const BLOCK_SIZE = 14;
const LENGTH = 4;

class Lane {
  #encoder;
  #decoder;
  #blocks;
  #isEncoded = false;
  #losses = 0;
  #isUncertain = false;
  #encode = (block, at, limit, message) => this.#encodeInto(block, at, limit, message);

  constructor(encoder, blocks) {
    this.#encoder = encoder;
    this.#decoder = new FastDecoder(blocks.in);
    this.#blocks = blocks;
  }

  send(port, message, fd) {
    if (port.losses !== this.#losses || this.#isUncertain) {
      this.#losses = port.losses;
      this.#encoder.reset();
    }
    this.#isUncertain = true;
    const sent = this.#send(port, message, fd);
    this.#isUncertain = false;
    return sent;
  }

  #send(port, message, fd) {
    const encoder = this.#encoder;
    this.#isEncoded = false;
    if (fd < 0) {
      const sent = port.stage(this.#encode, message);
      if (sent !== undefined) return sent;
    }
    const body = this.#isEncoded ? encoder.takeBody() : encoder.encode(message);
    if (body === undefined) return undefined;
    return port.sendBody(this.#block(body, FAST, fd) ?? framed(body), fd);
  }

  get hasDefined() {
    return this.#encoder.definitions > 0;
  }

  leave() {
    if (this.#encoder.isBusy) this.#encoder.leave();
  }

  block(body, fd) {
    return this.#block(body, 0, fd);
  }

  #block(body, kind, fd) {
    if (body.length < LARGE || fd >= 0) return undefined;
    const { out } = this.#blocks;
    const page = out.put(body);
    if (page < 0) return undefined;
    const frame = bufferAllocUnsafe(LENGTH + BLOCK_SIZE);
    bufferWriteUInt32BE(frame, BLOCK_SIZE);
    frame[LENGTH] = BLOCK;
    frame[LENGTH + 1] = kind;
    bufferWriteUInt32LE(frame, out.generation, LENGTH + 2);
    bufferWriteUInt32LE(frame, page, LENGTH + 6);
    bufferWriteUInt32LE(frame, body.length, LENGTH + 10);
    return frame;
  }

  #encodeInto(block, at, limit, message) {
    const end = this.#encoder.encodeInto(block, at + LENGTH + 1, limit, message);
    this.#isEncoded = true;
    if (end < 0) return end;
    const length = end - at - LENGTH;
    block[at] = length >>> 24;
    block[at + 1] = length >>> 16;
    block[at + 2] = length >>> 8;
    block[at + 3] = length;
    block[at + LENGTH] = FAST;
    return end;
  }

  decodeBodies(buffer, at, read, each, failed) {
    const size = buffer.length;
    while (at + LENGTH <= size) {
      const start = at + LENGTH;
      const end = start + (buffer[at] * 0x1000000 + (buffer[at + 1] << 16 | buffer[at + 2] << 8 | buffer[at + 3]));
      at = end;
      let message;
      try {
        if (end > start && buffer[start] === FAST) message = this.#decoder.decode(buffer, start + 1, end);
        else if (end === start + BLOCK_SIZE && buffer[start] === BLOCK) message = this.#fetch(buffer, start, read);
        else message = read(bufferSubarray(buffer, start, end));
      } catch (error) {
        if (failed(error)) continue;
        return;
      }
      each(message);
    }
  }

  #fetch(buffer, start, read) {
    const at = (place) => bufferReadUInt32LE(buffer, start + place);
    const body = this.#blocks.in.take(at(2), at(6), at(10));
    if (body === undefined) throw missingBlock();
    return buffer[start + 1] === FAST ? this.#decoder.decode(body, 0, body.length) : read(body);
  }
}

function framed(body) {
  const frame = bufferFrom(getTypedArrayBuffer(body), getTypedArrayByteOffset(body) - HEAD, HEAD + body.length);
  bufferWriteUInt32BE(frame, body.length + 1);
  frame[LENGTH] = FAST;
  return frame;
}

module.exports = {
  laneOfClones: (refuse, blocks) => new Lane(new FastEncoder(refuse, blocks.out), blocks),
  laneOfJson: (blocks) => new Lane(new JsonEncoder(blocks.out), blocks),
};

},
'lib/ipc/fast/index.js': function (ours, module, exports) {'use strict';

const { FastDecoder } = ours('lib/ipc/fast/decoder.js');
const { FastEncoder } = ours('lib/ipc/fast/encoder.js');
const { JsonEncoder } = ours('lib/ipc/fast/json-encoder.js');
const { HEAD } = ours('lib/ipc/fast/writer.js');

module.exports = { FastDecoder, FastEncoder, HEAD, JsonEncoder };

},
'lib/ipc/fast/decoder.js': function (ours, module, exports) {'use strict';

const shapes = ours('lib/ipc/fast/records.js');
const rare = ours('lib/ipc/fast/rare.js');
const { brokenBody: broken } = ours('lib/errors.js');
const { Reader } = ours('lib/ipc/fast/reader.js');
const {
  TREE, GRAPH, SHORT_TEXT, UNDEFINED, NULL, TRUE, FALSE, INT8, DOUBLE, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT64,
  BIGUINT64, OBJECT, SHAPE, NAMELESS, ARRAY8, ARRAY32, HOLE, REFERENCE, DEPTH, MAX_SHAPES,
} = ours('lib/ipc/fast/tags.js');
const { Array, arrayPush, bufferAlloc, mathMax } = ours('lib/originals.js');

const SHORT_ARRAY = 32;

class FastDecoder extends Reader {
  constructor(blocks = undefined) {
    super(blocks);
    this.shapes = [];
    this.depth = 0;
    this.objects = undefined;
  }

  decode(buffer, start, end) {
    if (!(start >= 0 && start < end && end <= buffer.length)) throw broken();
    this.begin(buffer, start, end);
    this.depth = 0;
    try {
      const kind = this.u8();
      if (kind === GRAPH) this.objects = [];
      else if (kind !== TREE) throw broken();
      const message = this.value();
      if (this.at !== this.end) throw broken();
      return message;
    } finally {
      this.objects = undefined;
      this.begin(NOTHING, 0, 0);
    }
  }

  value() {
    const { at } = this;
    if (at >= this.end) throw broken();
    const tag = this.bytes[at];
    this.at = at + 1;
    if (tag < SHORT_TEXT) return tag;
    if (tag < UNDEFINED) return this.short(tag - SHORT_TEXT);
    switch (tag) {
      case UNDEFINED: return undefined;
      case NULL: return null;
      case TRUE: return true;
      case FALSE: return false;
      case LATIN1:
      case UTF16:
      case LATIN1_BLOCK:
      case UTF16_BLOCK: return this.long(tag);
      case BIGINT64:
      case BIGUINT64: return this.number(tag);
      default:
        if (tag >= INT8 && tag <= DOUBLE) return this.number(tag);
        return this.object(tag);
    }
  }

  object(tag) {
    if (tag === REFERENCE) {
      const index = this.u32();
      if (this.objects === undefined || index >= this.objects.length) throw broken();
      return this.objects[index];
    }
    if (++this.depth > DEPTH) throw broken();
    let object;
    switch (tag) {
      case OBJECT: object = this.shaped(); break;
      case SHAPE: object = this.defined(); break;
      case ARRAY8: object = this.array(this.u8()); break;
      case ARRAY32: object = this.array(this.items(1)); break;
      default: object = rare.read(this, tag);
    }
    this.depth--;
    return object;
  }

  keep(object) {
    if (this.objects !== undefined) this.objects[this.objects.length] = object;
    return object;
  }

  shaped() {
    const shape = this.shapes[this.u16()];
    if (shape === undefined) throw broken();
    return this.objects === undefined ? shape.read(this) : this.fill(shape.keys);
  }

  defined() {
    const number = this.u16();
    if (number !== NAMELESS && number >= MAX_SHAPES) throw broken();
    const count = this.items(1);
    const keys = [];
    for (let i = 0; i < count; i++) {
      const key = this.value();
      if (typeof key !== 'string') throw broken();
      arrayPush(keys, key);
    }
    if (number === NAMELESS) return this.fill(keys);
    while (this.shapes.length <= number) arrayPush(this.shapes, undefined);
    this.shapes[number] = new shapes.Shape(keys);
    return this.fill(keys);
  }

  fill(keys) {
    const object = this.keep({});
    for (let i = 0; i < keys.length; i++) shapes.define(object, keys[i], this.value());
    return object;
  }

  array(length) {
    if (length > this.end - this.at) throw broken();
    const array = this.keep(length > SHORT_ARRAY ? new Array(length) : []);
    for (let i = 0; i < length; i++) {
      if (this.bytes[this.at] !== HOLE) {
        array[i] = this.value();
      } else {
        this.take(1);
        array.length = mathMax(array.length, i + 1);
      }
    }
    return array;
  }
}

const NOTHING = bufferAlloc(0);

module.exports = { FastDecoder };

},
'lib/ipc/fast/rare.js': function (ours, module, exports) {'use strict';

const { brokenBody: broken } = ours('lib/errors.js');
const { define } = ours('lib/ipc/fast/records.js');
const {
  SHORT_TEXT, UNDEFINED, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT, ODD_ARRAY, ODD_LENGTH, MAP, SET, DATE, REGEXP, BOXED,
  ARRAY_BUFFER, ARRAY_BUFFER_BLOCK, VIEW, VIEW_BLOCK, BUFFER, views,
} = ours('lib/ipc/fast/tags.js');
const {
  BigInt, Date, Map, Object, RegExp, Set, Uint8Array, bufferAlloc, bufferAllocUnsafeSlow, bufferCopy, bufferSubarray, mapSet, regexpExec, setAdd,
} = ours('lib/originals.js');

const BLOCK = 64 * 1024;
const OWN_BLOCK = 8 * 1024;
let block = bufferAlloc(0);
let used = 0;

function read(from, tag) {
  switch (tag) {
    case MAP: return map(from);
    case SET: return set(from);
    case DATE: return date(from);
    case VIEW:
    case VIEW_BLOCK: return view(from, tag);
    case ARRAY_BUFFER:
    case ARRAY_BUFFER_BLOCK: return arrayBuffer(from, tag);
    case BIGINT: return bigint(from);
    case REGEXP: return from.keep(new RegExp(text(from), text(from)));
    case BOXED: return boxed(from);
    case ODD_ARRAY: return oddArray(from);
    default: throw broken();
  }
}

function text(from) {
  const tag = from.u8();
  if (tag >= SHORT_TEXT && tag < UNDEFINED) return from.short(tag - SHORT_TEXT);
  if (tag === LATIN1 || tag === UTF16 || tag === LATIN1_BLOCK || tag === UTF16_BLOCK) return from.long(tag);
  throw broken();
}

function map(from) {
  const count = from.items(2);
  const map = from.keep(new Map());
  for (let i = 0; i < count; i++) {
    const key = from.value();
    mapSet(map, key, from.value());
  }
  return map;
}

function set(from) {
  const count = from.items(1);
  const set = from.keep(new Set());
  for (let i = 0; i < count; i++) setAdd(set, from.value());
  return set;
}

function date(from) {
  const time = from.value();
  if (typeof time !== 'number') throw broken();
  return from.keep(new Date(time));
}

function bigint(from) {
  const isNegative = from.u8() === 1;
  const digits = text(from);
  if (regexpExec(/^[0-9a-f]+$/, digits) === null) throw broken();
  const value = BigInt(`0x${digits}`);
  return isNegative ? -value : value;
}

function boxed(from) {
  const value = from.value();
  if (value === null || value === undefined || typeof value === 'object') throw broken();
  return from.keep(Object(value));
}

function oddArray(from) {
  const length = from.u8();
  if (length > ODD_LENGTH) throw broken();
  const array = from.keep([]);
  array.length = length;
  for (let count = from.u16(); count > 0; count--) {
    const key = text(from);
    if (key === 'length') throw broken();
    define(array, key, from.value());
  }
  if (array.length !== length) throw broken();
  return array;
}

function arrayBuffer(from, tag) {
  if (tag === ARRAY_BUFFER_BLOCK) return from.keep(ownBlock(from).buffer);
  const length = from.items(1);
  const at = from.take(length);
  const bytes = new Uint8Array(length);
  bufferCopy(from.bytes, bytes, 0, at, at + length);
  return from.keep(bytes.buffer);
}

function view(from, tag) {
  const index = from.u8();
  if (index >= views.length) throw broken();
  const bytes = tag === VIEW_BLOCK ? ownBlock(from) : inside(from);
  if (index === BUFFER) return from.keep(bytes);
  const View = views[index];
  const size = View.BYTES_PER_ELEMENT ?? 1;
  const { buffer, byteOffset, length } = bytes;
  if (length % size !== 0) throw broken();
  return from.keep(new View(buffer, byteOffset, length / size));
}

function inside(from) {
  const length = from.items(1);
  return place(from.bytes, from.take(length), length);
}

function ownBlock(from) {
  const { generation, page, length } = from.block();
  const bytes = from.blocks?.take(generation, page, length);
  if (bytes === undefined) throw broken();
  return bytes;
}

function place(source, at, length) {
  let target;
  if (length > OWN_BLOCK) {
    target = bufferAllocUnsafeSlow(length);
  } else {
    if (used + length > block.length) {
      block = bufferAlloc(BLOCK);
      used = 0;
    }
    target = bufferSubarray(block, used, used + length);
    used = (used + length + 7) & ~7;
  }
  bufferCopy(source, target, 0, at, at + length);
  return target;
}

module.exports = { read };

},
'lib/ipc/fast/reader.js': function (ours, module, exports) {'use strict';

const { brokenBody: broken } = ours('lib/errors.js');
const { INT8, INT16, INT32, DOUBLE, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT64, BIGUINT64 } = ours('lib/ipc/fast/tags.js');

const {
  BigInt64Array, BigUint64Array, Float64Array, Uint8Array, bufferAlloc, bufferLatin1Slice, bufferUcs2Slice, getTypedArrayBuffer, mathMin, stringFromCharCode: fromCharCode, stringSubstring,
} = ours('lib/originals.js');

const double = new Float64Array(1);
const signed = new BigInt64Array(getTypedArrayBuffer(double));
const unsigned = new BigUint64Array(getTypedArrayBuffer(double));
const eight = new Uint8Array(getTypedArrayBuffer(double));

const CUT = 13;
const SMALL_MESSAGE = 256;
const WINDOW = 4096;
const TINY = 5;
const FEW_TINY = 3;

const NOTHING = bufferAlloc(0);

class Reader {
  constructor(blocks = undefined) {
    this.blocks = blocks;
    this.begin(NOTHING, 0, 0);
  }

  begin(bytes, start, end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.isSmall = end - start <= SMALL_MESSAGE;
    this.window = '';
    this.windowStart = start;
    this.windowEnd = start;
    this.tiny = FEW_TINY;
  }

  take(count) {
    const { at } = this;
    if (count > this.end - at) throw broken();
    this.at = at + count;
    return at;
  }

  u8() {
    return this.bytes[this.take(1)];
  }

  u16() {
    const at = this.take(2);
    return this.bytes[at] | this.bytes[at + 1] << 8;
  }

  u32() {
    return this.i32() >>> 0;
  }

  i32() {
    const at = this.take(4);
    const { bytes } = this;
    return bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;
  }

  items(size) {
    const count = this.u32();
    if (count * size > this.end - this.at) throw broken();
    return count;
  }

  eight() {
    const at = this.take(8);
    const { bytes } = this;
    eight[0] = bytes[at];
    eight[1] = bytes[at + 1];
    eight[2] = bytes[at + 2];
    eight[3] = bytes[at + 3];
    eight[4] = bytes[at + 4];
    eight[5] = bytes[at + 5];
    eight[6] = bytes[at + 6];
    eight[7] = bytes[at + 7];
  }

  number(tag) {
    switch (tag) {
      case INT8: return this.u8() << 24 >> 24;
      case INT16: return this.u16() << 16 >> 16;
      case INT32: return this.i32();
      case DOUBLE:
        this.eight();
        return double[0];
      case BIGINT64:
        this.eight();
        return signed[0];
      case BIGUINT64:
        this.eight();
        return unsigned[0];
      default: throw broken();
    }
  }

  short(length) {
    const at = this.take(length);
    if (length < CUT || this.isSmall) {
      if (at + length > this.windowEnd) {
        if (length <= TINY && this.tiny-- > 0) return this.letters(at, length);
        this.look(at);
      }
      const from = at - this.windowStart;
      return stringSubstring(this.window, from, from + length);
    }
    return bufferLatin1Slice(this.bytes, at, at + length);
  }

  letters(at, length) {
    const { bytes } = this;
    switch (length) {
      case 0: return '';
      case 1: return fromCharCode(bytes[at]);
      case 2: return fromCharCode(bytes[at], bytes[at + 1]);
      case 3: return fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2]);
      case 4: return fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
      default: return fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4]);
    }
  }

  look(at) {
    this.windowStart = at;
    this.windowEnd = mathMin(at + WINDOW, this.end);
    this.window = bufferLatin1Slice(this.bytes, at, this.windowEnd);
  }

  block() {
    const length = this.u32();
    const generation = this.u32();
    return { generation, page: this.u32(), length };
  }

  long(tag) {
    if (tag === LATIN1_BLOCK || tag === UTF16_BLOCK) {
      const { generation, page, length } = this.block();
      const text = this.blocks?.takeText(generation, page, length, tag === UTF16_BLOCK);
      if (text === undefined) throw broken();
      return text;
    }
    if (tag === LATIN1) {
      const length = this.items(1);
      const at = this.take(length);
      return bufferLatin1Slice(this.bytes, at, at + length);
    }
    if (tag !== UTF16) throw broken();
    const size = 2 * this.items(2);
    const at = this.take(size);
    return bufferUcs2Slice(this.bytes, at, at + size);
  }
}

module.exports = { Reader };

},
'lib/ipc/fast/tags.js': function (ours, module, exports) {'use strict';

const originals = ours('lib/originals.js');

module.exports = {
  TREE: 1,
  GRAPH: 2,

  SHORT_TEXT: 0x40,
  SHORT_LIMIT: 64,

  UNDEFINED: 0x80,
  NULL: 0x81,
  TRUE: 0x82,
  FALSE: 0x83,
  INT8: 0x84,
  INT16: 0x85,
  INT32: 0x86,
  DOUBLE: 0x87,
  LATIN1: 0x88,
  UTF16: 0x89,
  BIGINT64: 0x8a,
  BIGUINT64: 0x8b,
  BIGINT: 0x8c,
  LATIN1_BLOCK: 0x8d,
  UTF16_BLOCK: 0x8e,

  OBJECT: 0x90,
  SHAPE: 0x91,
  NAMELESS: 0xffff,
  ARRAY8: 0x92,
  ARRAY32: 0x93,
  ODD_ARRAY: 0x94,
  HOLE: 0x95,
  REFERENCE: 0x96,
  MAP: 0x97,
  SET: 0x98,
  DATE: 0x99,
  REGEXP: 0x9a,
  BOXED: 0x9b,
  ARRAY_BUFFER: 0x9c,
  VIEW: 0x9d,
  ARRAY_BUFFER_BLOCK: 0x9e,
  VIEW_BLOCK: 0x9f,

  BUFFER: 0,
  views: [
    undefined, originals.Uint8Array, originals.Int8Array, originals.Uint8ClampedArray, originals.Int16Array, originals.Uint16Array,
    originals.Int32Array, originals.Uint32Array, originals.Float32Array, originals.Float64Array, originals.BigInt64Array,
    originals.BigUint64Array, originals.DataView,
  ],

  DEPTH: 200,
  ODD_LENGTH: 128,
  MAX_SHAPES: 1024,
  MAX_KEYS: 64,
};

},
'lib/ipc/fast/encoder.js': function (ours, module, exports) {'use strict';

const brands = ours('lib/ipc/fast/brands.js');
const kinds = ours('lib/ipc/fast/kinds.js');
const { Seen } = ours('lib/ipc/fast/seen.js');
const { Shapes, isDigit } = ours('lib/ipc/fast/shapes.js');
const { Writer } = ours('lib/ipc/fast/writer.js');
const {
  Error, Object, arrayIsArray: isArray, arrayPop, bufferAlloc, bufferCopyWithin, bufferOf, bufferSet, bufferSubarray, objectKeys,
} = ours('lib/originals.js');
const {
  TREE, GRAPH, UNDEFINED, NULL, TRUE, FALSE, OBJECT, SHAPE, NAMELESS, ARRAY8, ARRAY32, ODD_ARRAY, HOLE, REFERENCE,
  DEPTH, ODD_LENGTH,
} = ours('lib/ipc/fast/tags.js');

const { getPrototype, hasOwn, isOrdinary, isPlainArray, isProxy, isRawJson, makesOrdinary } = brands;
const ObjectPrototype = Object.prototype;

const NOT_HERE = -1;
const NOT_FAST = -2;
const MANY_HOLES = 4096;

const notFast = new Error('left to V8');

class FastEncoder extends Writer {
  constructor(refuse = undefined, blocks = undefined) {
    super();
    this.refuse = refuse;
    this.blocks = blocks;
    this.notFast = notFast;
    this.shapes = new Shapes();
    this.isBusy = false;
    this.isUnsettled = false;
    this.body = undefined;
    this.seen = new Seen();
    this.isGraph = false;
    this.depth = 0;
    this.definitions = 0;
  }

  encodeInto(buffer, at, limit, message) {
    if (this.isBusy) {
      this.leave();
      return NOT_FAST;
    }
    for (const _ in ObjectPrototype) return NOT_FAST;
    if (this.isUnsettled) this.recover();
    this.begin(buffer, at, limit);
    this.isUnsettled = true;
    this.isBusy = true;
    this.definitions = 0;
    let isSent = false;
    try {
      this.shapes.tidy();
      this.room(1, notFast);
      this.at++;
      this.value(message);
      this.bytes[this.base] = this.isGraph ? GRAPH : TREE;
      isSent = true;
      if (this.bytes === buffer) return this.at;
      this.body = bufferSubarray(this.bytes, this.base, this.at);
      return NOT_HERE;
    } catch (error) {
      if (error === notFast) return NOT_FAST;
      throw error;
    } finally {
      this.isBusy = false;
      this.shapes.settle(isSent);
      if (!isSent) this.abandonPlaced();
      this.forget();
      this.isUnsettled = false;
    }
  }

  recover() {
    this.shapes.clear();
    this.abandonPlaced();
    this.forget();
    this.isUnsettled = false;
  }

  abandonPlaced() {
    while (this.placed.length > 0) this.blocks.abandon(arrayPop(this.placed));
  }

  encode(message) {
    return this.encodeInto(NOWHERE, 0, 0, message) === NOT_HERE ? this.takeBody() : undefined;
  }

  takeBody() {
    const { body } = this;
    this.body = undefined;
    return body;
  }

  reset() {
    this.shapes.isStale = true;
  }

  leave() {
    this.move(0, notFast);
  }

  forget() {
    this.bytes = NOWHERE;
    this.depth = 0;
    this.isGraph = false;
    if (this.placed.length > 0) this.placed = [];
    this.seen.clear();
  }

  value(value) {
    switch (typeof value) {
      case 'string': this.text(value, notFast); break;
      case 'number': this.number(value, notFast); break;
      case 'boolean': this.tag(value ? TRUE : FALSE); break;
      case 'object':
        if (value === null) this.tag(NULL);
        else this.object(value);
        break;
      case 'undefined': this.tag(UNDEFINED); break;
      case 'bigint': this.bigint(value, notFast); break;
      default:
        this.refuse?.(value);
        throw notFast;
    }
  }

  tag(tag) {
    this.room(1, notFast);
    this.bytes[this.at++] = tag;
  }

  object(object) {
    const place = this.seen.add(object);
    if (place >= 0) {
      this.reference(place);
      return;
    }
    if (isProxy(object)) {
      this.refuse?.(object);
      throw notFast;
    }
    if (++this.depth > DEPTH) throw notFast;
    if (isArray(object)) {
      this.array(object);
    } else {
      const prototype = getPrototype(object);
      if (prototype === ObjectPrototype) this.plain(object);
      else this.special(object, prototype);
    }
    this.depth--;
  }

  special(object, prototype) {
    const write = kinds.byPrototype.get(prototype);
    if (write !== undefined) {
      write(this, object);
    } else if (prototype === null) {
      if (isRawJson(object)) throw notFast;
      this.plain(object);
    } else if (makesOrdinary(prototype)) {
      this.instance(object);
    } else {
      throw notFast;
    }
  }

  reference(index) {
    this.isGraph = true;
    this.room(5, notFast);
    this.u8(REFERENCE);
    this.u32(index);
  }

  plain(object) {
    const place = this.at - this.base;
    this.room(3, notFast);
    this.at += 3;
    let node = this.shapes.root;
    let keys = null;
    for (const key in object) {
      if (keys === null) {
        let next = node.last;
        if (next === null || next.key !== key) next = this.shapes.step(node, key);
        if (next === null) {
          keys = node.path();
          keys[keys.length] = key;
        } else {
          node = next;
        }
      } else {
        keys[keys.length] = key;
      }
      this.value(object[key]);
    }
    this.finish(object, place, node, keys);
  }

  instance(object) {
    const place = this.at - this.base;
    this.room(3, notFast);
    this.at += 3;
    let node = this.shapes.root;
    let keys = null;
    const own = objectKeys(object);
    for (let i = 0; i < own.length; i++) {
      const key = own[i];
      if (!hasOwn(object, key)) continue;
      if (keys === null) {
        const next = this.shapes.step(node, key);
        if (next === null) {
          keys = node.path();
          keys[keys.length] = key;
        } else {
          node = next;
        }
      } else {
        keys[keys.length] = key;
      }
      this.value(object[key]);
    }
    this.finish(object, place, node, keys);
  }

  finish(object, place, node, keys) {
    if (keys === null ? node.isDoubtful : isDigit(keys[0])) {
      if (!isOrdinary(object)) throw notFast;
    }
    let shape = NAMELESS;
    if (keys === null) {
      if (node.shape >= 0 && node.place <= place) {
        const { bytes } = this;
        const start = this.base + place;
        bytes[start] = OBJECT;
        bytes[start + 1] = node.shape;
        bytes[start + 2] = node.shape >> 8;
        return;
      }
      keys = node.path();
      if (this.shapes.name(node, place)) shape = node.shape;
    }
    this.define(place, shape, keys);
  }

  define(place, shape, keys) {
    this.definitions++;
    let size = 4;
    for (let i = 0; i < keys.length; i++) size += 5 + 2 * keys[i].length;
    const end = this.at - this.base;
    this.room(size, notFast);
    this.u32(keys.length);
    for (let i = 0; i < keys.length; i++) this.text(keys[i], notFast);
    const exact = this.at - this.base - end;
    const { bytes, base } = this;
    const head = bufferOf(bytes, base + end, this.at);
    const values = base + place + 3;
    bufferCopyWithin(bytes, values + exact, values, base + end);
    bufferSet(bytes, head, values);
    bytes[values - 3] = SHAPE;
    bytes[values - 2] = shape;
    bytes[values - 1] = shape >> 8;
  }

  array(array) {
    const { length } = array;
    if (!isPlainArray(array, length)) {
      if (length > ODD_LENGTH) throw notFast;
      this.oddArray(array, length);
      return;
    }
    this.arrayHead(length);
    for (let i = 0; i < length; i++) {
      const value = array[i];
      if (value === undefined && !hasOwn(array, i)) this.hole(length);
      else this.value(value);
    }
  }

  arrayHead(length) {
    this.room(5, notFast);
    if (length < 256) {
      this.u8(ARRAY8);
      this.u8(length);
    } else {
      this.u8(ARRAY32);
      this.u32(length);
    }
  }

  hole(length) {
    if (length > MANY_HOLES) throw notFast;
    this.tag(HOLE);
  }

  oddArray(array, length) {
    const keys = objectKeys(array);
    if (keys.length > 0xffff) throw notFast;
    this.room(4, notFast);
    this.u8(ODD_ARRAY);
    this.u8(length);
    const place = this.at - this.base;
    this.at += 2;
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (!hasOwn(array, key)) continue;
      this.text(key, notFast);
      this.value(array[key]);
      count++;
    }
    const start = this.base + place;
    this.bytes[start] = count;
    this.bytes[start + 1] = count >> 8;
  }
}

const NOWHERE = bufferAlloc(0);

module.exports = { FastEncoder, notFast };

},
'lib/ipc/fast/brands.js': function (ours, module, exports) {'use strict';

const originals = ours('lib/originals.js');

const {
  Object, OwnWeakMap, arrayBufferIsView, arrayFilter, functionToString, inspect, objectGetOwnPropertyDescriptor, objectGetPrototypeOf: getPrototype, objectHasOwn,
  objectKeys, objectToString, stringCharCodeAt, stringEndsWith, types,
} = originals;
const ObjectPrototype = Object.prototype;

const view = {
  kind: originals.getTypedArrayToStringTag,
  buffer: originals.getTypedArrayBuffer,
  offset: originals.getTypedArrayByteOffset,
  length: originals.getTypedArrayByteLength,
};
const dataView = {
  kind: undefined,
  buffer: originals.getDataViewBuffer,
  offset: originals.getDataViewByteOffset,
  length: originals.getDataViewByteLength,
};
const arrayBuffer = {
  length: originals.getArrayBufferByteLength,
  resizable: originals.getArrayBufferResizable,
};
const flags = arrayFilter([
  { flag: 'd', isSet: originals.getRegExpHasIndices },
  { flag: 'g', isSet: originals.getRegExpGlobal },
  { flag: 'i', isSet: originals.getRegExpIgnoreCase },
  { flag: 'm', isSet: originals.getRegExpMultiline },
  { flag: 's', isSet: originals.getRegExpDotAll },
  { flag: 'u', isSet: originals.getRegExpUnicode },
  { flag: 'v', isSet: originals.getRegExpUnicodeSets },
  { flag: 'y', isSet: originals.getRegExpSticky },
], ({ isSet }) => isSet !== undefined);

const { isRawJson } = originals;

const OUTSIDE = {
  maxArrayLength: 0, depth: 0, customInspect: false, showHidden: false, showProxy: false, getters: false, colors: false, sorted: false,
  breakLength: Infinity, compact: 3, numericSeparator: false,
};

function isPlainArray(array, length) {
  if (length <= 128) {
    const keys = objectKeys(array);
    if (keys.length !== length) return false;
    if (length === 0) return true;
    const unit = stringCharCodeAt(keys[length - 1], 0);
    return unit >= 48 && unit <= 57;
  }
  return inspect(array, OUTSIDE) === `[ ... ${length} more items ]`;
}

function isOrdinary(object) {
  if (objectToString(object) !== '[object Object]' || arrayBufferIsView(object)) return false;
  return !(types.isMap(object) || types.isSet(object) || types.isPromise(object) || types.isAnyArrayBuffer(object) ||
    types.isWeakMap(object) || types.isWeakSet(object) || types.isGeneratorObject(object) || types.isMapIterator(object) ||
    types.isSetIterator(object) || types.isExternal(object) || types.isModuleNamespaceObject(object));
}

const known = new OwnWeakMap();

function makesOrdinary(prototype) {
  let answer = known.get(prototype);
  if (answer === undefined) {
    answer = isOwnClass(prototype);
    known.set(prototype, answer);
  }
  return answer;
}

function isOwnClass(prototype) {
  for (let depth = 0; prototype !== ObjectPrototype; depth++) {
    if (prototype === null || depth === 16 || types.isProxy(prototype)) return false;
    const constructor = objectGetOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof constructor !== 'function' || types.isProxy(constructor) || constructor.prototype !== prototype) return false;
    if (stringEndsWith(functionToString(constructor), '{ [native code] }')) return false;
    prototype = getPrototype(prototype);
  }
  return true;
}

module.exports = {
  arrayBuffer, dataView, flags, getPrototype, hasOwn: objectHasOwn, isOrdinary, isPlainArray, isProxy: types.isProxy, isRawJson, makesOrdinary, view,
};

},
'lib/ipc/fast/kinds.js': function (ours, module, exports) {'use strict';

const brands = ours('lib/ipc/fast/brands.js');
const {
  MAP, SET, DATE, REGEXP, BOXED, ARRAY_BUFFER, ARRAY_BUFFER_BLOCK, VIEW, VIEW_BLOCK, BUFFER, views,
} = ours('lib/ipc/fast/tags.js');
const { LARGE } = ours('lib/ipc/commands.js');
const {
  ArrayBuffer, BigInt, Boolean, Buffer, DataView, Date, Map, Number, OwnMap, RegExp, Set, String, Uint8Array, arrayPush, bigintValueOf, booleanValueOf, bufferSet, dateGetTime,
  getMapSize, getRegExpSource, getSetSize, mapForEach, numberValueOf, setForEach, stringValueOf,
} = ours('lib/originals.js');

const { view, dataView, arrayBuffer, flags } = brands;

function ask(out, method, object) {
  try {
    return method(object);
  } catch {
    throw out.notFast;
  }
}

function date(out, object) {
  const time = ask(out, dateGetTime, object);
  out.tag(DATE);
  out.number(time, out.notFast);
}

function map(out, object) {
  const size = ask(out, getMapSize, object);
  const entries = [];
  mapForEach(object, (value, key) => {
    entries[entries.length] = key;
    entries[entries.length] = value;
  });
  collection(out, MAP, size, entries);
}

function set(out, object) {
  const size = ask(out, getSetSize, object);
  const entries = [];
  setForEach(object, (value) => { entries[entries.length] = value; });
  collection(out, SET, size, entries);
}

function collection(out, tag, size, entries) {
  out.room(5, out.notFast);
  out.u8(tag);
  out.u32(size);
  for (let i = 0; i < entries.length; i++) out.value(entries[i]);
}

function regexp(out, object) {
  const source = ask(out, getRegExpSource, object);
  let text = '';
  for (let i = 0; i < flags.length; i++) {
    if (ask(out, flags[i].isSet, object)) text += flags[i].flag;
  }
  out.tag(REGEXP);
  out.text(source, out.notFast);
  out.text(text, out.notFast);
}

function boxed(valueOf) {
  return (out, object) => {
    const value = ask(out, valueOf, object);
    out.tag(BOXED);
    out.value(value);
  };
}

function bytesOf(out, buffer, offset, length) {
  try {
    return new Uint8Array(buffer, offset, length);
  } catch {
    throw out.notFast;
  }
}

function block(out, tag, index, bytes) {
  const page = out.blocks === undefined ? -1 : out.blocks.put(bytes);
  if (page < 0) return false;
  arrayPush(out.placed, page);
  out.room(14, out.notFast);
  out.u8(tag);
  if (index !== undefined) out.u8(index);
  out.block(bytes.length, page);
  return true;
}

function wholeBuffer(out, object) {
  const length = ask(out, arrayBuffer.length, object);
  if (arrayBuffer.resizable?.(object)) throw out.notFast;
  const bytes = bytesOf(out, object, 0, length);
  if (length >= LARGE && block(out, ARRAY_BUFFER_BLOCK, undefined, bytes)) return;
  out.room(5 + length, out.notFast);
  out.u8(ARRAY_BUFFER);
  out.u32(length);
  bufferSet(out.bytes, bytes, out.at);
  out.at += length;
}

function viewOf(index, Class, { kind, name, buffer, offset, length }) {
  return (out, object) => {
    if (object.constructor !== Class) throw out.notFast;
    if (kind !== undefined && kind(object) !== name) throw out.notFast;
    const size = ask(out, length, object);
    const isBytes = kind !== undefined && name === 'Uint8Array' && size > 0;
    const bytes = isBytes ? object : bytesOf(out, buffer(object), offset(object), size);
    if (size >= LARGE && block(out, VIEW_BLOCK, index, bytes)) return;
    out.room(6 + size, out.notFast);
    out.u8(VIEW);
    out.u8(index);
    out.u32(size);
    bufferSet(out.bytes, bytes, out.at);
    out.at += size;
  };
}

const byPrototype = new OwnMap();
byPrototype.set(Date.prototype, date);
byPrototype.set(Map.prototype, map);
byPrototype.set(Set.prototype, set);
byPrototype.set(RegExp.prototype, regexp);
byPrototype.set(ArrayBuffer.prototype, wholeBuffer);
byPrototype.set(Buffer.prototype, viewOf(BUFFER, Buffer, { ...view, name: 'Uint8Array' }));
byPrototype.set(Number.prototype, boxed(numberValueOf));
byPrototype.set(String.prototype, boxed(stringValueOf));
byPrototype.set(Boolean.prototype, boxed(booleanValueOf));
byPrototype.set(BigInt.prototype, boxed(bigintValueOf));
for (let i = 0; i < views.length; i++) {
  const View = views[i];
  if (View === undefined) continue;
  byPrototype.set(View.prototype, viewOf(i, View, View === DataView ? dataView : { ...view, name: View.name }));
}

module.exports = { byPrototype };

},
'lib/ipc/fast/seen.js': function (ours, module, exports) {'use strict';

const { Array, OwnMap, arrayFill, setIteratorNext, setOf } = ours('lib/originals.js');

const FEW = 12;

class Seen {
  constructor() {
    this.count = 0;
    this.few = arrayFill(new Array(FEW), undefined);
    this.many = undefined;
    this.places = undefined;
    this.others = undefined;
  }

  add(object) {
    const { count, many } = this;
    if (many !== undefined) {
      many.add(object);
      if (many.size === count) return this.placeOf(object);
      this.count = count + 1;
      return -1;
    }
    const { few } = this;
    for (let i = 0; i < count; i++) {
      if (few[i] === object) return i;
    }
    this.count = count + 1;
    if (count < FEW) {
      few[count] = object;
    } else {
      this.many = setOf(few);
      this.many.add(object);
    }
    return -1;
  }

  placeOf(object) {
    this.places ??= new OwnMap();
    this.others ??= this.many.values();
    const { places, others } = this;
    while (!places.has(object)) places.set(setIteratorNext(others).value, places.size);
    return places.get(object);
  }

  clear() {
    if (this.many === undefined) {
      for (let i = 0; i < this.count; i++) this.few[i] = undefined;
    } else {
      arrayFill(this.few, undefined);
      this.many = undefined;
      this.places = undefined;
      this.others = undefined;
    }
    this.count = 0;
  }
}

module.exports = { Seen };

},
'lib/ipc/fast/shapes.js': function (ours, module, exports) {'use strict';

const { MAX_SHAPES, MAX_KEYS } = ours('lib/ipc/fast/tags.js');
const { Array, OwnMap, arrayPush, stringCharCodeAt } = ours('lib/originals.js');

const MAX_NODES = 8192;

class Node {
  constructor(key, parent) {
    this.key = key;
    this.parent = parent;
    this.size = parent === null ? 0 : parent.size + 1;
    this.shape = -1;
    this.place = -1;
    this.last = null;
    this.others = null;
    this.isDoubtful = parent === null || (parent.parent === null ? isDigit(key) : parent.isDoubtful);
  }

  path() {
    const keys = new Array(this.size);
    for (let node = this; node.parent !== null; node = node.parent) keys[node.size - 1] = node.key;
    return keys;
  }
}

function isDigit(key) {
  const unit = stringCharCodeAt(key, 0);
  return unit >= 48 && unit <= 57;
}

class Shapes {
  constructor() {
    this.clear();
  }

  clear() {
    this.isStale = false;
    this.root = new Node('', null);
    this.nodes = 0;
    this.next = 0;
    this.fresh = [];
  }

  tidy() {
    if (this.isStale || this.nodes >= MAX_NODES || this.next >= MAX_SHAPES) this.clear();
  }

  step(node, key) {
    const { last } = node;
    if (last === null) {
      const first = this.grow(key, node);
      if (first !== null) node.last = first;
      return first;
    }
    if (node.others === null) {
      node.others = new OwnMap();
      node.others.set(last.key, last);
    }
    let next = node.others.get(key);
    if (next === undefined) {
      next = this.grow(key, node);
      if (next === null) return null;
      node.others.set(key, next);
    }
    node.last = next;
    return next;
  }

  grow(key, parent) {
    if (this.isStale || this.nodes >= MAX_NODES || parent.size >= MAX_KEYS) return null;
    this.nodes++;
    return new Node(key, parent);
  }

  name(node, place) {
    if (node.shape < 0) {
      if (this.next >= MAX_SHAPES) return false;
      node.shape = this.next++;
      arrayPush(this.fresh, node);
    }
    node.place = place;
    return true;
  }

  settle(isSent) {
    const { fresh } = this;
    if (fresh.length === 0) return;
    for (let i = 0; i < fresh.length; i++) {
      const node = fresh[i];
      node.place = -1;
      if (!isSent) node.shape = -1;
    }
    if (!isSent) this.next -= fresh.length;
    this.fresh = [];
  }
}

module.exports = { Shapes, isDigit };

},
'lib/ipc/fast/writer.js': function (ours, module, exports) {'use strict';

const {
  SHORT_TEXT, SHORT_LIMIT, INT8, INT16, INT32, DOUBLE, LATIN1, UTF16, LATIN1_BLOCK, UTF16_BLOCK, BIGINT64, BIGUINT64, BIGINT,
} = ours('lib/ipc/fast/tags.js');
const { LARGE } = ours('lib/ipc/commands.js');
const {
  BigInt64Array, BigUint64Array, Float64Array, Uint8Array, arrayPush, bigintAsIntN, bigintAsUintN, bigintToString, bufferAllocUnsafeSlow,
  bufferByteLength: byteLength, bufferCopy, bufferLatin1Write, bufferUcs2Write, getTypedArrayBuffer, mathMax, mathMin, regexpExec, stringCharCodeAt,
} = ours('lib/originals.js');

const double = new Float64Array(1);
const signed = new BigInt64Array(getTypedArrayBuffer(double));
const unsigned = new BigUint64Array(getTypedArrayBuffer(double));
const eight = new Uint8Array(getTypedArrayBuffer(double));

const WIDE = /[^\0-\xff]/;
const MOST = 0x3fffffff;
const HEAD = 5;

class Writer {
  constructor() {
    this.bytes = undefined;
    this.at = 0;
    this.limit = 0;
    this.base = 0;
    this.blocks = undefined;
    this.placed = [];
  }

  begin(buffer, at, limit) {
    this.bytes = buffer;
    this.at = at;
    this.base = at;
    this.limit = limit;
  }

  room(count, tooLong) {
    if (this.at + count > this.limit) this.move(count, tooLong);
  }

  move(count, tooLong) {
    const used = this.at - this.base;
    const wanted = used + count;
    if (wanted > MOST) throw tooLong;
    const size = count > used && count > 0x10000 ? wanted + 0x1000 : 2 * wanted;
    const bytes = bufferAllocUnsafeSlow(HEAD + mathMax(mathMin(size, MOST), 512));
    bufferCopy(this.bytes, bytes, HEAD, this.base, this.at);
    this.bytes = bytes;
    this.at = HEAD + used;
    this.base = HEAD;
    this.limit = bytes.length;
  }

  u8(value) {
    this.bytes[this.at++] = value;
  }

  u16(value) {
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    this.at = at + 2;
  }

  u32(value) {
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    bytes[at + 2] = value >> 16;
    bytes[at + 3] = value >> 24;
    this.at = at + 4;
  }

  eight() {
    const { bytes, at } = this;
    bytes[at] = eight[0];
    bytes[at + 1] = eight[1];
    bytes[at + 2] = eight[2];
    bytes[at + 3] = eight[3];
    bytes[at + 4] = eight[4];
    bytes[at + 5] = eight[5];
    bytes[at + 6] = eight[6];
    bytes[at + 7] = eight[7];
    this.at = at + 8;
  }

  number(value, tooLong) {
    this.room(9, tooLong);
    const integer = value | 0;
    if (integer !== value || (integer === 0 && 1 / value < 0)) {
      this.u8(DOUBLE);
      double[0] = value;
      this.eight();
    } else if (integer >= 0 && integer < 64) {
      this.u8(integer);
    } else if (integer >= -128 && integer < 128) {
      this.u8(INT8);
      this.u8(integer);
    } else if (integer >= -32768 && integer < 32768) {
      this.u8(INT16);
      this.u16(integer);
    } else {
      this.u8(INT32);
      this.u32(integer);
    }
  }

  text(text, tooLong) {
    const { length } = text;
    if (length < SHORT_LIMIT) {
      this.room(length + 1, tooLong);
      const { bytes } = this;
      let { at } = this;
      bytes[at++] = SHORT_TEXT + length;
      let all = 0;
      for (let i = 0; i < length; i++) {
        const unit = stringCharCodeAt(text, i);
        all |= unit;
        bytes[at++] = unit;
      }
      if (all < 256) this.at = at;
      else this.wide(text, tooLong);
    } else {
      this.long(text, tooLong);
    }
  }

  long(text, tooLong) {
    const { length } = text;
    const encoded = byteLength(text);
    if (encoded !== length && (encoded > 2 * length || regexpExec(WIDE, text) !== null)) {
      this.wide(text, tooLong);
      return;
    }
    if (length >= LARGE && this.textBlock(text, false, tooLong)) return;
    this.room(5 + length, tooLong);
    this.u8(LATIN1);
    this.u32(length);
    bufferLatin1Write(this.bytes, text, this.at, length);
    this.at += length;
  }

  wide(text, tooLong) {
    const size = 2 * text.length;
    if (size >= LARGE && this.textBlock(text, true, tooLong)) return;
    this.room(5 + size, tooLong);
    this.u8(UTF16);
    this.u32(text.length);
    bufferUcs2Write(this.bytes, text, this.at, size);
    this.at += size;
  }

  textBlock(text, isWide, tooLong) {
    const page = this.blocks === undefined ? -1 : this.blocks.putText(text, isWide);
    if (page < 0) return false;
    arrayPush(this.placed, page);
    this.room(13, tooLong);
    this.u8(isWide ? UTF16_BLOCK : LATIN1_BLOCK);
    this.block(text.length, page);
    return true;
  }

  block(length, page) {
    this.u32(length);
    this.u32(this.blocks.generation);
    this.u32(page);
  }

  bigint(value, tooLong) {
    this.room(9, tooLong);
    if (bigintAsIntN(64, value) === value) {
      this.u8(BIGINT64);
      signed[0] = value;
      this.eight();
    } else if (bigintAsUintN(64, value) === value) {
      this.u8(BIGUINT64);
      unsigned[0] = value;
      this.eight();
    } else {
      this.u8(BIGINT);
      this.u8(value < 0n ? 1 : 0);
      this.text(bigintToString(value < 0n ? -value : value, 16), tooLong);
    }
  }
}

module.exports = { HEAD, Writer };

},
'lib/ipc/fast/json-encoder.js': function (ours, module, exports) {'use strict';

const { getPrototype, hasOwn, isProxy, isRawJson, makesOrdinary } = ours('lib/ipc/fast/brands.js');
const { FastEncoder, notFast } = ours('lib/ipc/fast/encoder.js');
const { NULL, TRUE, FALSE, DEPTH } = ours('lib/ipc/fast/tags.js');
const { Object, arrayIsArray: isArray, numberIsFinite: isFinite } = ours('lib/originals.js');

const ObjectPrototype = Object.prototype;

class JsonEncoder extends FastEncoder {
  constructor(blocks) {
    super(undefined, blocks);
  }

  value(value) {
    switch (typeof value) {
      case 'string': this.text(value, notFast); break;
      case 'number': isFinite(value) ? this.number(value + 0, notFast) : this.tag(NULL); break;
      case 'boolean': this.tag(value ? TRUE : FALSE); break;
      case 'object':
        if (value === null) this.tag(NULL);
        else this.object(value);
        break;
      case 'bigint': throw notFast;
      default: this.tag(NULL);
    }
  }

  object(object) {
    if (isProxy(object) || object.toJSON !== undefined || ++this.depth > DEPTH) throw notFast;
    if (isArray(object)) {
      this.array(object);
    } else {
      const prototype = getPrototype(object);
      if (prototype === ObjectPrototype) this.members(object, false);
      else if (prototype === null ? !isRawJson(object) : makesOrdinary(prototype)) this.members(object, prototype !== null);
      else throw notFast;
    }
    this.depth--;
  }

  members(object, inherits) {
    const place = this.at - this.base;
    this.room(3, notFast);
    this.at += 3;
    let node = this.shapes.root;
    let keys = null;
    for (const key in object) {
      if (inherits && !hasOwn(object, key)) continue;
      const value = object[key];
      if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue;
      if (keys === null) {
        let next = node.last;
        if (next === null || next.key !== key) next = this.shapes.step(node, key);
        if (next === null) {
          keys = node.path();
          keys[keys.length] = key;
        } else {
          node = next;
        }
      } else {
        keys[keys.length] = key;
      }
      this.value(value);
    }
    this.finish(object, place, node, keys);
  }

  array(array) {
    const { length } = array;
    this.arrayHead(length);
    for (let i = 0; i < length; i++) this.value(array[i]);
  }
}

module.exports = { JsonEncoder };

},
'lib/ipc/raw.js': function (ours, module, exports) {'use strict';

const errors = ours('lib/errors.js');
const { LARGE, RAW } = ours('lib/ipc/commands.js');
const { views } = ours('lib/ipc/fast/tags.js');
const {
  ArrayBuffer, Uint8Array, arrayBufferIsView: isView, arrayBufferSlice, arrayFindIndex, bufferFrom, bufferIsBuffer, bufferOf, bufferToString, flatList,
  getTypedArrayToStringTag,
} = ours('lib/originals.js');

const ARRAY_BUFFER = views.length;
const kinds = flatList(views, [ArrayBuffer, globalThis.Float16Array]);

function check(message, handle) {
  if (handle !== undefined) throw errors.invalidArgValue('options.serialize', false, 'cannot be combined with a handle');
  kindOf(message);
}

function kindOf(message) {
  if (bufferIsBuffer(message)) return 0;
  if (isView(message)) {
    const name = getTypedArrayToStringTag(message) ?? 'DataView';
    const kind = arrayFindIndex(kinds, (View) => View !== undefined && View.name === name);
    if (kind > 0) return kind;
  } else if (message instanceof ArrayBuffer) {
    return ARRAY_BUFFER;
  }
  throw errors.invalidArgType('message', 'an instance of Buffer, TypedArray, DataView, or ArrayBuffer', message);
}

function wrap(message, blocks, isText) {
  const kind = kindOf(message);
  const bytes = isView(message) ? new Uint8Array(message.buffer, message.byteOffset, message.byteLength) : new Uint8Array(message);
  const { length } = bytes;
  if (length >= LARGE && blocks !== undefined) {
    const page = blocks.out.put(bytes);
    if (page >= 0) return { cmd: RAW, kind, length, generation: blocks.out.generation, page };
  }
  const data = bufferFrom(bytes.buffer, bytes.byteOffset, length);
  return { cmd: RAW, kind, length, data: isText ? bufferToString(data, 'base64') : data };
}

function copy(message) {
  const whole = wrap(message, undefined, false);
  return unwrap({ ...whole, data: bufferOf(whole.data, 0, whole.length) }, undefined);
}

function unwrap(message, blocks) {
  const { kind, length, generation, page, data } = message;
  const bytes = data === undefined ? blocks?.in.take(generation, page, length)
    : typeof data === 'string' ? bufferFrom(data, 'base64') : data;
  if (!bufferIsBuffer(bytes) || bytes.length !== length) throw errors.missingBytes();
  if (kind === 0) return bytes;
  if (kind === ARRAY_BUFFER) return exact(bytes);
  const View = kinds[kind];
  const size = View?.BYTES_PER_ELEMENT ?? 1;
  if (View === undefined || length % size !== 0) throw errors.unknownBytes();
  return bytes.byteOffset % size === 0 ? new View(bytes.buffer, bytes.byteOffset, length / size) : new View(exact(bytes));
}

function exact({ buffer, byteOffset, byteLength }) {
  return byteLength === buffer.byteLength ? buffer : arrayBufferSlice(buffer, byteOffset, byteOffset + byteLength);
}

module.exports = { check, copy, unwrap, wrap };

},
'lib/ipc/json-text.js': function (ours, module, exports) {'use strict';

const { LONG_TEXT: LONG } = ours('lib/ipc/commands.js');
const { binding } = ours('lib/native.js');
const { Object, OwnMap, bufferByteLength, numberIsFinite, objectGetPrototypeOf, objectKeys, stringSlice, toJson } = ours('lib/originals.js');

const MANY = 32;
const DEEP = 4;

function quote(text) {
  if (text.length < LONG || binding.needsEscape(text, bufferByteLength(text) === text.length)) return toJson(text);
  return `"${text}"`;
}

const quotedKeys = new OwnMap();

function quotedKey(key) {
  let quoted = quotedKeys.get(key);
  if (quoted === undefined) {
    quoted = `${toJson(key)}:`;
    if (quotedKeys.size < 1000) quotedKeys.set(key, quoted);
  }
  return quoted;
}

const ObjectPrototype = Object.prototype;

function isPlain(value) {
  return objectGetPrototypeOf(value) === ObjectPrototype && typeof value.toJSON !== 'function';
}

function member(key, value, depth) {
  switch (typeof value) {
    case 'string': return quote(value);
    case 'number': return numberIsFinite(value) ? `${value}` : 'null';
    case 'boolean': return value ? 'true' : 'false';
    case 'object': {
      if (value === null) return 'null';
      if (isPlain(value)) return spliced(value, depth + 1) ?? toJson(value);
      if (typeof value.toJSON !== 'function') return toJson(value);
    }
  }
  const text = toJson({ [key]: value });
  return text === '{}' ? undefined : stringSlice(text, quotedKey(key).length + 1, -1);
}

function hasLong(object, keys, depth) {
  for (let i = 0; i < keys.length; i++) {
    const value = object[keys[i]];
    if (typeof value === 'string') {
      if (value.length >= LONG) return true;
    } else if (typeof value === 'object' && value !== null && depth < DEEP && isPlain(value)) {
      const inner = objectKeys(value);
      if (inner.length <= MANY && hasLong(value, inner, depth + 1)) return true;
    }
  }
  return false;
}

function spliced(object, depth) {
  const keys = objectKeys(object);
  if (keys.length > MANY || depth > DEEP || !hasLong(object, keys, depth)) return undefined;
  let text = '{';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const value = member(key, object[key], depth);
    if (value !== undefined) text += text.length === 1 ? quotedKey(key) + value : `,${quotedKey(key)}${value}`;
  }
  return `${text}}`;
}

function stringify(message) {
  if (typeof message === 'string') return quote(message);
  if (typeof message !== 'object' || message === null || !isPlain(message)) return toJson(message);
  try {
    return spliced(message, 0) ?? toJson(message);
  } catch {
    return toJson(message);
  }
}

module.exports = { stringify };

},
'lib/ipc/clone.js': function (ours, module, exports) {'use strict';

const { DefaultDeserializer, DefaultSerializer } = ours.builtin('node:v8');

const { arrayBufferIsView, bufferAlloc, bufferWriteUInt32BE } = ours('lib/originals.js');

const VIEW = 0;
const PLAIN = 1;

class MessageSerializer extends DefaultSerializer {
  _writeHostObject(object) {
    if (arrayBufferIsView(object)) {
      this.writeUint32(VIEW);
      return super._writeHostObject(object);
    }
    this.writeUint32(PLAIN);
    this.writeValue({ ...object });
  }
}

class MessageDeserializer extends DefaultDeserializer {
  _readHostObject() {
    if (this.readUint32() === VIEW) return super._readHostObject();
    return this.readValue();
  }
}

const lengthPlace = bufferAlloc(4);

function serialize(message) {
  const serializer = new MessageSerializer();
  serializer.writeRawBytes(lengthPlace);
  serializer.writeHeader();
  serializer.writeValue(message);
  const frame = serializer.releaseBuffer();
  bufferWriteUInt32BE(frame, frame.length - lengthPlace.length);
  return frame;
}

function deserialize(body) {
  const deserializer = new MessageDeserializer(body);
  deserializer.readHeader();
  return deserializer.readValue();
}

function check(value) {
  new MessageSerializer().writeValue(value);
}

module.exports = { check, deserialize, serialize };

},
'lib/run.js': function (ours, module, exports) {'use strict';

const { Lines } = ours('lib/lines.js');
const { setImmediate } = ours('lib/originals.js');
const { commandError, invalidArgValue, invalidState } = ours('lib/errors.js');

const KEPT = 64 * 1024;

const isRead = (stream) => stream.readableFlowing !== null || stream.listenerCount('readable') > 0;

class Run {
  #child;
  #killSignal;
  #killTree;
  #outcome;
  #closed;
  #exited;
  #error = null;
  #taken = new Set();
  #holders = new Map();
  #dropped = new Set();
  #tail = [];
  #tailLength = 0;

  constructor(child, { killSignal, killTree }) {
    this.#child = child;
    this.#killSignal = killSignal;
    this.#killTree = killTree === true;
    child.on('error', (error) => {
      this.#error ??= error;
      if (error.code === 'ABORT_ERR') this.#endOutputs();
    });
    child.once('exit', () => {
      this.#hold('stdout');
      this.#hold('stderr');
    });
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    this.#exited = Promise.race([new Promise((resolve) => child.once('exit', resolve)), this.#closed]);
    this.#outcome = this.#closed.then(() => {
      const failure = this.#failure();
      if (failure !== null) throw failure;
      return { code: 0, signal: null };
    });
  }

  get child() {
    return this.#child;
  }

  #failure() {
    const { exitCode, signalCode, spawnargs = [], spawnfile, killed } = this.#child;
    if (this.#error !== null) return this.#error;
    if (exitCode === 0) return null;
    const stderr = Buffer.concat(this.#tail).subarray(-KEPT).toString();
    const cmd = spawnargs.length > 0 ? spawnargs.join(' ') : `${spawnfile}`;
    return commandError(`Command failed: ${cmd}\n${stderr}`, { code: exitCode, signal: signalCode, killed, cmd, stderr });
  }

  #hold(name) {
    const stream = this.#child[name];
    if (!stream || isRead(stream)) return;
    const holder = () => {
      if (stream.readableLength === 0) stream.read();
    };
    this.#holders.set(name, holder);
    stream.on('readable', holder);
  }

  #drop(name) {
    const stream = this.#child[name];
    if (!stream || this.#taken.has(name) || this.#dropped.has(name)) return;
    const holder = this.#holders.get(name);
    if (holder !== undefined) stream.off('readable', holder);
    if (holder === undefined ? isRead(stream) : stream.listenerCount('readable') > 0) return;
    this.#dropped.add(name);
    if (name === 'stderr') stream.on('data', (chunk) => this.#keep(Buffer.from(chunk)));
    stream.resume();
  }

  async #failureBehindLines() {
    await (this.#taken.size > 1 ? this.#exited : this.#closed);
    return this.#failure();
  }

  #isHeard() {
    this.#outcome.catch(() => {});
  }

  #dropRest() {
    this.#drop('stdout');
    this.#drop('stderr');
  }

  #keep(chunk) {
    this.#tail.push(chunk);
    this.#tailLength += chunk.length;
    while (this.#tailLength - this.#tail[0].length >= KEPT) this.#tailLength -= this.#tail.shift().length;
  }

  lines(name = 'stdout') {
    if (name !== 'stdout' && name !== 'stderr') throw invalidArgValue('stream', name, "must be one of: 'stdout', 'stderr'");
    const stream = this.#child[name];
    if (!stream) {
      if (this.#child.pid === undefined) return new Lines(null, () => this.#isHeard(), () => this.#failureBehindLines());
      throw invalidState(`${name} of the child is not a pipe`);
    }
    if (this.#taken.has(name) || this.#dropped.has(name)) throw invalidState(`${name} of the child is already being read`);
    this.#taken.add(name);
    const begun = () => {
      this.#isHeard();
      setImmediate(() => this.#dropRest());
    };
    return new Lines(stream, begun, () => this.#failureBehindLines());
  }

  then(onFulfilled, onRejected) {
    this.#dropRest();
    return this.#outcome.then(onFulfilled, onRejected);
  }

  catch(onRejected) {
    return this.then(undefined, onRejected);
  }

  finally(onFinally) {
    this.#dropRest();
    return this.#outcome.finally(onFinally);
  }

  get [Symbol.toStringTag]() {
    return 'Run';
  }

  async [Symbol.asyncDispose]() {
    const child = this.#child;
    this.#isHeard();
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      if (this.#killTree) child.kill(this.#killSignal, { tree: true });
      else child.kill(this.#killSignal);
    }
    this.#endOutputs();
    await this.#closed;
  }

  #endOutputs() {
    for (const stream of this.#child.stdio ?? []) stream?.destroy();
  }
}

module.exports = { Run };

},
'lib/lines.js': function (ours, module, exports) {'use strict';

const { StringDecoder } = ours.builtin('node:string_decoder');

const withoutReturn = (text) => (text.endsWith('\r') ? text.slice(0, -1) : text);

async function* split(stream) {
  const decoder = new StringDecoder('utf8');
  let parts = [];
  for await (const chunk of stream) {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      let line = text.slice(from, to);
      if (parts.length > 0) {
        parts.push(line);
        line = parts.join('');
        parts = [];
      }
      yield withoutReturn(line);
      from = to + 1;
    }
    if (from < text.length) parts.push(text.slice(from));
  }
  parts.push(decoder.end());
  const last = parts.join('');
  if (last !== '') yield last;
}

class Lines {
  #stream;
  #source;
  #begun;
  #failure;
  #isLeft = false;

  constructor(stream, begun, failure) {
    this.#stream = stream;
    this.#source = stream === null ? null : split(stream);
    this.#begun = begun;
    this.#failure = failure;
  }

  async next() {
    this.#begin();
    let result = { value: undefined, done: true };
    let cut = null;
    try {
      if (this.#source !== null) result = await this.#source.next();
    } catch (error) {
      cut = error;
    }
    if (cut === null && !result.done) return result;

    this.#source = null;
    const failure = await this.#failure?.() ?? cut;
    this.#failure = null;
    if (this.#isLeft) return { value: undefined, done: true };
    if (failure) throw failure;
    return { value: undefined, done: true };
  }

  #begin() {
    this.#begun?.();
    this.#begun = null;
  }

  async return(value) {
    this.#begin();
    const source = this.#source;
    this.#isLeft = true;
    this.#source = null;
    this.#failure = null;
    this.#stream?.destroy();
    if (source !== null) await source.return();
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

module.exports = { Lines };

},
'lib/without-addon.js': function (ours, module, exports) {'use strict';

const { promisify } = ours.builtin('node:util');

const stock = ours('lib/stock.js');
const { featureUnavailable } = ours('lib/errors.js');
const { arrayForEach, arrayIsArray, functionApply, functionCall, objectCreate, objectDefineProperty, objectGetPrototypeOf, objectHasOwn, objectSetPrototypeOf } = ours('lib/originals.js');

const BEYOND = ['killTree', 'killOnParentExit'];

function refuseBeyond(args) {
  for (let i = 0; i < args.length; i++) {
    const value = args[i];
    if (value === null || typeof value !== 'object' || arrayIsArray(value)) continue;
    for (let j = 0; j < BEYOND.length; j++) {
      const name = BEYOND[j];
      if (objectHasOwn(value, name) && value[name]) throw featureUnavailable(name);
    }
  }
}

const { prototype } = stock.functions.ChildProcess;
const { kill } = prototype;

const guarded = objectCreate(prototype, {
  kill: {
    __proto__: null,
    value(sig, ...more) {
      if (more[0]?.tree) throw featureUnavailable('tree');
      return functionCall(kill, this, sig);
    },
    configurable: true,
    writable: true,
    enumerable: true,
  },
});

function guardChild(child) {
  if (child === null || typeof child !== 'object') return;
  const own = objectGetPrototypeOf(child);
  if (own === prototype || (own !== null && stock.isOwn(own.spawn))) objectSetPrototypeOf(child, guarded);
}

function guard(original, after) {
  const replacement = function(...args) {
    refuseBeyond(args);
    const result = functionApply(original, this, args);
    after?.(result);
    return result;
  };
  objectDefineProperty(replacement, 'name', { __proto__: null, value: original.name, configurable: true });
  objectDefineProperty(replacement, 'length', { __proto__: null, value: original.length, configurable: true });
  const promised = original[promisify.custom];
  if (promised !== undefined && promised !== original) {
    objectDefineProperty(replacement, promisify.custom, { __proto__: null, value: guard(promised, (promise) => guardChild(promise?.child)) });
  }
  return replacement;
}

const functions = { ...stock.functions };
const guardAll = (names, after) => arrayForEach(names, (name) => { functions[name] = guard(functions[name], after); });
guardAll(['exec', 'execFile', 'fork', 'spawn'], guardChild);
guardAll(['execFileSync', 'execSync', 'spawnSync'], undefined);

module.exports = functions;

},
};
