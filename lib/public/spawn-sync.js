'use strict';
// spawnSync(), execFileSync() and execSync(). The addon starts the child, writes its input, reads its output, and returns
// when the child has ended. This file prepares the request and gives the result the shape that Node's has.

const { constants: { errno, signals } } = require('node:os');
const { debuglog, types: { isArrayBufferView } } = require('node:util');

const check = require('../arguments/validate');
const stock = require('../node/builtin');
const versions = require('../node/versions');
const { binding } = require('../addon/native');
const { commandError, invalidArgType, systemError } = require('../node/errors');
const { fileArguments, MAX_BUFFER, shellArguments, spawnRequest } = require('../arguments/normalize');
const { joined, cString, startFlags } = require('../arguments/native-request');
const { descriptors, isShort, resolveSync } = require('../process/stdio');
const threadState = require('../addon/thread-state');
const {
  Array, Int32Array, Uint8Array, arrayFill, arrayJoin, arrayMap, arraySlice, bufferFrom, bufferToString, flatList, objectAssign,
} = require('../node/primordials');

// Prints only with NODE_DEBUG=child_process.
const debug = debuglog('child_process');

function bytesOf(input, i, encoding) {
  if (isArrayBufferView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (typeof input === 'string') return bufferFrom(input, encoding);
  throw invalidArgType(`options.stdio[${i}]`,
    'of type string or an instance of Buffer, TypedArray, or DataView', input);
}

// Runs the child through the `spawn` of Node's sync binding, because somebody has replaced that function. It gets the same
// options as from Node.
function runByNode(replaced, request, records, inputs) {
  request.stdio = arrayMap(records, (record) => ({ ...record }));
  if (inputs?.[0] !== undefined) request.stdio[0].input = isArrayBufferView(request.input) ? request.input : inputs[0];
  return replaced.spawn(request);
}

// -> for each descriptor the bytes to write to it, or undefined. Only stdin (0) ever has some. null: no input.
function inputsFor(records, options) {
  if (!options.input) return null;
  const bytes = bytesOf(options.input, 0, options.encoding);
  const inputs = arrayFill(new Array(records.length), undefined);
  if (records[0]?.type === 'pipe' || records[0]?.type === 'overlapped') inputs[0] = bytes;
  return inputs;
}

// -> { error, status, signal, output, pid }, as Node's internal function returns it. `error` is a negative errno; after a
// success there is no such property.
function run(request, replaced) {
  const records = resolveSync(request.stdio || 'pipe');
  const inputs = inputsFor(records, request);
  stock.refuseIfForbidden(request.file);

  // Write the messages that were sent in this tick now. This call blocks until the child has ended, and the child may be
  // waiting for one of them.
  threadState.ports?.forEach((port) => port.hurry());
  if (replaced !== undefined) return runByNode(replaced, request, records, inputs);
  const list = descriptors(records, true);
  // descriptors() adds two places for the results of an asynchronous start. A sync start does not use them.
  const io = new Int32Array(list.length - 2);
  for (let i = 0; i < io.length; i++) io[i] = list[i];
  if (isShort(io)) return { error: -errno.EINVAL, status: null, signal: null, output: null, pid: 0 };
  const { cwd, envPairs } = request;
  const { pid, status, signal, error, output } = binding.spawnSync(
    request.file,
    joined(request.args),
    envPairs === undefined ? null : joined(envPairs),
    // Unlike in spawn(), an empty `cwd` is used as a path, and the start fails. Node does the same.
    cwd === undefined || cwd === null ? null : cString(cwd),
    startFlags(request),
    request.uid ?? 0,
    request.gid ?? 0,
    io,
    inputs,
    request.timeout ?? 0,
    request.maxBuffer ?? Infinity,
    request.killSignal ?? signals.SIGTERM);
  if (output !== null) output.length = records.length;
  const result = {};
  if (error !== 0) result.error = error;
  result.status = output === null || signal !== 0 ? null : status;
  result.signal = signal !== 0 ? check.signalName(signal) : null;
  result.output = output;
  result.pid = pid;
  return result;
}

function spawnSync(file, args, options) {
  const replaced = stock.replacedSyncBinding();
  const request = {
    __proto__: null,
    maxBuffer: MAX_BUFFER,
    ...spawnRequest(file, args, options, debug.enabled || replaced !== undefined),
  };
  debug('spawnSync', request);
  check.timeout(request.timeout);
  check.maxBuffer(request.maxBuffer);
  request.killSignal = check.killSignal(request.killSignal);

  const result = run(request, replaced);
  const { error, output } = result;
  if (error) {
    result.error = systemError(error, `spawnSync ${request.file}`);
    result.error.path = request.file;
    result.error.spawnargs = arraySlice(request.args, 1);
  }
  if (output && request.encoding && request.encoding !== 'buffer') {
    for (let i = 0; i < output.length; i++) {
      if (output[i]) output[i] = bufferToString(output[i], request.encoding);
    }
  }
  const missing = versions.missingOutputIsUndefined ? undefined : null;
  result.stdout = output ? output[1] : missing;
  result.stderr = output ? output[2] : missing;
  return result;
}

// The error that execFileSync and execSync throw, or undefined.
function failureOf(result, command) {
  if (result.error) return objectAssign(result.error, result);
  if (result.status === 0) return undefined;
  let message = `Command failed: ${command}`;
  if (result.stderr && result.stderr.length > 0) message += `\n${result.stderr.toString()}`;
  return commandError(message, result);
}

function finish(result, inheritStderr, command) {
  if (inheritStderr && result.stderr) process.stderr.write(result.stderr);
  const failure = failureOf(result, command);
  if (failure !== undefined) throw failure;
  return result.stdout;
}

function execFileSync(file, args, options) {
  const given = fileArguments(file, args, options);
  const result = spawnSync(given.file, given.args, given.given);
  const { argv0, stdio } = given.options;
  return finish(result, !stdio, arrayJoin(flatList([argv0 || given.file], given.args), ' '));
}

function execSync(command, options) {
  const shell = shellArguments(command, options, null);
  const result = spawnSync(shell.file, shell.options);
  return finish(result, !shell.options.stdio, command);
}

module.exports = { execFileSync, execSync, spawnSync };
