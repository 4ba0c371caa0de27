'use strict';
// sharedMemory(): pages that every process maps which got them by a message. V8 must never see the same pages twice in one
// isolate, and programs compare objects: however often pages arrive, and whoever made them, the same object stands for
// them in a thread as long as anybody there holds it or its buffer. Workers have mappings of their own.

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
  // By the name that the kernel has for the pages.
  const known = new OwnMap();
  const forgotten = new FinalizationRegistry(({ name, reference }) => {
    if (known.get(name) === reference) known.delete(name);
  });
  // Who holds only the buffer holds the object too.
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
      // Somebody has transferred it: what they have now is another ArrayBuffer, with a mapping of its own.
      if (this.#buffer.byteLength === 0) this.#keep(map(this.#descriptor.fd));
      return this.#buffer;
    }

    static {
      descriptorOf = (memory) => memory.#descriptor;
    }
  }
  objectDefineProperty(SharedMemory.prototype, kSendable, { __proto__: null, value: { kind: SHARED_MEMORY, version } });

  // Takes the descriptor over, unless this throws.
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
      // On a full stack: the descriptor is the caller's again.
      descriptorOf(memory).take();
      throw error;
    }
    return memory;
  }
  return { descriptorOf, open };
}

const { descriptorOf, open } = common.memories ??= define();

const kind = {
  // Nothing is given away; but it is kept, and sent again if need be, until the other process has it.
  isTransferred: true,
  isExclusive: true,

  out: (memory) => ({ memory, fd: descriptorOf(memory).fd, close() {} }),

  in(fd, message, lists, done) {
    done(open(fd));
  },
};

function sharedMemory(bytes) {
  check.integer(bytes, 'bytes', 1, kMaxLength);
  // The kernel would give what there is to the last page, and then end some process for it. 0 means that nobody knows.
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
