'use strict';
// Every error that users see is made here, with the class, code and message that Node gives it. Node does not export its
// error classes, so they are imitated. As in Node, the first line of the stack and toString() show the code, `name` does
// not, and `code` is the only enumerable own property.

const { format, getSystemErrorName } = require('node:util');

const {
  Error, OwnMap, RangeError, TypeError, arrayFilter, arrayJoin, errorCaptureStackTrace, inspect, mathAbs, numberIsInteger, objectAssign,
  objectCreate, objectDefineProperty, objectSetPrototypeOf, regexpExec, stringIncludes, stringIndexOf, stringSlice, stringSplit, toJson,
} = require('./primordials');

const classes = new OwnMap();

// One prototype for each base class. As in Node, its `constructor` is the base class itself.
function prototypeOf(Base) {
  let prototype = classes.get(Base);
  if (prototype === undefined) {
    prototype = objectCreate(Base.prototype, {
      __proto__: null,
      constructor: { __proto__: null, value: Base, configurable: true, writable: true },
      toString: {
        __proto__: null,
        value: function toString() {
          return `${this.name} [${this.code}]: ${this.message}`;
        },
        configurable: true,
        writable: true,
      },
    });
    classes.set(Base, prototype);
  }
  return prototype;
}

// The folder of this package's modules, as stack traces write it. `folder` is set by the first error.
const HERE = /(?:\(| )((?:file:\/\/)?\/.*\/(?:lib|dist)\/)(?:node\/errors|start|modules)\.js:\d/;
let folder;

function ownFolder() {
  const probe = {};
  errorCaptureStackTrace(probe);
  return typeof probe.stack === 'string' ? regexpExec(HERE, probe.stack)?.[1] : undefined;
}

// Removes the lines of this package's files from the stack of an error, and returns the error. Tools that show where a
// program failed skip Node's files; without this they would show ours instead of the user's.
function withoutOwnFrames(error) {
  try {
    folder ??= ownFolder();
    const { stack } = error;
    if (typeof stack !== 'string') return error;
    // Only below the message: the message itself may contain lines that look the same.
    const begin = stringIndexOf(stack, error.message) + error.message.length;
    if (folder === undefined || stringIndexOf(stack, folder, begin) === -1) return error;
    const lines = stringSplit(stringSlice(stack, begin), '\n');
    error.stack = `${stringSlice(stack, 0, begin)}${arrayJoin(arrayFilter(lines, (line) => !stringIncludes(line, folder)), '\n')}`;
  } catch {
    // The program may have replaced what makes stacks (Error.prepareStackTrace). Then the stack stays as it is.
  }
  return error;
}

function nodeError(Base, code, message) {
  const error = new Base(message);
  objectSetPrototypeOf(error, prototypeOf(Base));
  // V8 takes the first line of the stack from `name`. So `name` holds the code until the stack is made.
  objectDefineProperty(error, 'name', { __proto__: null, value: `${Base.name} [${code}]`, configurable: true });
  errorCaptureStackTrace(error, nodeError);
  withoutOwnFrames(error);
  delete error.name;
  error.code = code;
  return error;
}

// The last part of an ERR_INVALID_ARG_TYPE message: it says which value was given.
function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor && value.constructor.name;
    if (name) return ` Received an instance of ${name}`;
    return ` Received ${inspect(value, { depth: -1 })}`;
  }
  return ` Received type ${typeof value} (${shown(value)})`;
}

function shown(value) {
  if (typeof value !== 'string') return inspect(value, { colors: false });
  const text = value.length > 28 ? `${stringSlice(value, 0, 25)}...` : value;
  return stringIncludes(text, "'") ? toJson(text) : `'${text}'`;
}

// `expected` is the phrase after "must be", for example "of type string".
function invalidArgType(name, expected, value) {
  const kind = stringIncludes(name, '.') ? 'property' : 'argument';
  return nodeError(TypeError, 'ERR_INVALID_ARG_TYPE',
    `The "${name}" ${kind} must be ${expected}.${received(value)}`);
}

function invalidArgValue(name, value, reason = 'is invalid') {
  let text = inspect(value);
  if (text.length > 128) text = `${stringSlice(text, 0, 128)}...`;
  const kind = stringIncludes(name, '.') ? 'property' : 'argument';
  return nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' ${reason}. Received ${text}`);
}

// '4294967297' becomes '4_294_967_297', as Node prints large numbers.
function underscored(digits) {
  const first = digits[0] === '-' ? 1 : 0;
  let text = '';
  for (let i = 0; i < digits.length; i++) text += i > first && (digits.length - i) % 3 === 0 ? `_${digits[i]}` : digits[i];
  return text;
}

function outOfRange(name, range, value) {
  let text;
  if (numberIsInteger(value) && mathAbs(value) > 2 ** 32) {
    text = underscored(`${value}`);
  } else if (typeof value === 'bigint') {
    text = value > 2n ** 32n || value < -(2n ** 32n) ? underscored(`${value}`) : `${value}`;
    text += 'n';
  } else {
    text = inspect(value);
  }
  return nodeError(RangeError, 'ERR_OUT_OF_RANGE',
    `The value of "${name}" is out of range. It must be ${range}. Received ${text}`);
}

// A failed system call. `errno` is negative, as in libuv and in the addon.
function systemError(errno, syscall) {
  const code = getSystemErrorName(errno);
  const error = withoutOwnFrames(new Error(`${syscall} ${code}`));
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
    withoutOwnFrames(this);
  }
}

// "Command failed" and similar: a plain Error with the outcome of the child as properties.
function commandError(message, properties) {
  return objectAssign(withoutOwnFrames(new Error(message)), properties);
}

module.exports = {
  AbortError,
  commandError,
  invalidArgType,
  invalidArgValue,
  outOfRange,
  systemError,
  withoutOwnFrames,

  unknownSignal: (signal) =>
    nodeError(TypeError, 'ERR_UNKNOWN_SIGNAL', format('Unknown signal: %s', signal)),
  stdioMaxBuffer: (name) =>
    nodeError(RangeError, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER', `${name} maxBuffer length exceeded`),
  ipcRequired: (name) =>
    nodeError(Error, 'ERR_CHILD_PROCESS_IPC_REQUIRED',
      `Forked processes must have an IPC channel, missing value 'ipc' in ${name}`),
  ipcOnePipe: () => nodeError(Error, 'ERR_IPC_ONE_PIPE', 'Child process can have only one IPC pipe'),
  ipcSyncFork: () => nodeError(Error, 'ERR_IPC_SYNC_FORK', 'IPC cannot be used with synchronous forks'),
  ipcChannelClosed: () => nodeError(Error, 'ERR_IPC_CHANNEL_CLOSED', 'Channel closed'),
  ipcNotAccelerated: (what = 'Bytes go without serialization') =>
    nodeError(Error, 'ERR_IPC_NOT_ACCELERATED',
      `${what} only where both ends of the channel are this version of rs-child-process`),
  ipcDisconnected: () => nodeError(Error, 'ERR_IPC_DISCONNECTED', 'IPC channel is already disconnected'),
  invalidSyncForkInput: (value) =>
    nodeError(TypeError, 'ERR_INVALID_SYNC_FORK_INPUT',
      format('Asynchronous forks do not support Buffer, TypedArray, DataView or string input: %s',
        inspect(value))),
  invalidHandleType: () => nodeError(TypeError, 'ERR_INVALID_HANDLE_TYPE', 'This handle type cannot be sent'),
  madeByOther: (theirs, ours) =>
    nodeError(TypeError, 'ERR_INVALID_HANDLE_TYPE', `This handle type cannot be sent: rs-child-process ${theirs} made it, and the channel is one of ${ours}`),
  featureUnavailable: (feature) =>
    nodeError(TypeError, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
      `The feature ${feature} is unavailable on the current platform, which is being used to run Node.js`),
  invalidState: (message) => nodeError(Error, 'ERR_INVALID_STATE', `Invalid state: ${message}`),
  childClosedBeforeReply: () =>
    nodeError(Error, 'ERR_CHILD_CLOSED_BEFORE_REPLY', 'Child closed before reply received'),
  malformedMessage: (cause) =>
    objectAssign(nodeError(Error, 'ERR_IPC_MALFORMED_MESSAGE',
      `The other end of the IPC channel sent what is no message: ${cause.message}`), { cause }),
  // Reports `count` equal errors as one.
  repeated: (error, count) => objectAssign(error, { count, message: `${error.message} (the first of ${count})` }),
  tooManyFaults: () =>
    nodeError(Error, 'ERR_IPC_TOO_MANY_FAULTS',
      'The other end of the IPC channel goes on sending what is no message; the channel was closed'),
  // Causes for malformedMessage(): the bytes that came are a message neither of Node nor of this package.
  brokenBody: () => new Error('These bytes are no message'),
  missingBlock: () => new Error('There is no such block'),
  missingBytes: () => new Error('the bytes are not there'),
  noDatagramSocket: () => new Error('the descriptor is no datagram socket'),
  otherVersion: () => new Error('a channel end of another version'),
  unknownBytes: () => new Error('there is no such kind of bytes'),
  oversizedMessage: () =>
    nodeError(Error, 'ERR_IPC_MESSAGE_TOO_LONG',
      'The other end of the IPC channel sent a message longer than a string can be; it was dropped'),
  missingArgs: (name) => nodeError(TypeError, 'ERR_MISSING_ARGS', `The "${name}" argument must be specified`),

  // Warnings.
  HANDLE_NOT_RECEIVED: 'Handle did not reach the receiving process correctly',
  SHELL_ARGUMENTS: 'Passing args to a child process with shell option true can lead to security ' +
    'vulnerabilities, as the arguments are not escaped, only concatenated.',
};
