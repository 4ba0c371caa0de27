'use strict';
// sharedMemory(): memory that can be sent as the handle of a message; every process that gets it maps the same pages.
// In a thread there is one object for the same pages, however often they arrive, as long as the program holds the object or its
// buffer. So programs can compare the objects, and V8, which allows pages only once in an isolate, never sees them twice.
// Each worker thread has its own mapping.

const { kMaxLength } = require('node:buffer');
const { constants: { errno: { ENOMEM, ENOSYS } } } = require('node:os');

const check = require('../../arguments/validate');
const { common, kSendable, version } = require('./copies');
const { binding } = require('../../addon/native');
const { featureUnavailable, systemError } = require('../../node/errors');
const { SHARED_MEMORY } = require('../codec/internal-messages');
const { FinalizationRegistry, OwnMap, OwnWeakMap, WeakRef, objectDefineProperty, withSelf } = require('../../node/primordials');

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
  // The objects of this thread, by the kernel's name for the pages.
  const known = new OwnMap();
  const forgotten = new FinalizationRegistry(({ name, reference }) => {
    if (known.get(name) === reference) known.delete(name);
  });
  // A program that holds only the buffer keeps the object alive by this table.
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
      // The program has transferred the buffer, so it is empty now. Map the pages again.
      if (this.#buffer.byteLength === 0) this.#keep(map(this.#descriptor.fd));
      return this.#buffer;
    }

    static {
      descriptorOf = (memory) => memory.#descriptor;
    }
  }
  objectDefineProperty(SharedMemory.prototype, kSendable, { __proto__: null, value: { kind: SHARED_MEMORY, version } });

  // -> the object for a descriptor, which it owns from now on. If this throws, the caller still owns the descriptor.
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
      // The stack may be full. The caller owns the descriptor again.
      descriptorOf(memory).take();
      throw error;
    }
    return memory;
  }
  return { descriptorOf, open };
}

const { descriptorOf, open } = common.memories ??= define();

const kind = {
  // The sender keeps the memory. These two only say that a lost one is sent again.
  isTransferred: true,
  isExclusive: true,

  out: (memory) => ({ memory, fd: descriptorOf(memory).fd, close() {} }),

  in(fd, message, lists, done) {
    done(open(fd));
  },
};

function sharedMemory(bytes) {
  check.integer(bytes, 'bytes', 1, kMaxLength);
  // Linux gives memory that it does not have, and later ends some process to get it. 0: the amount is not known.
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
