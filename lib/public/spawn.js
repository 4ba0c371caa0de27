'use strict';
// spawn(): checks the arguments, starts the child, and then sets up the options `timeout` and `signal`, which end it.
// After a failed start nothing is set up: no timer keeps the event loop alive, and no listener stays on the signal.

const { addAbortListener } = require('node:events');
const { debuglog } = require('node:util');

const check = require('../arguments/validate');
const stock = require('../node/builtin');
const versions = require('../node/versions');
const { AbortError } = require('../node/errors');
const { Symbol, clearTimeout, setTimeout } = require('../node/primordials');
const { ChildProcess, end, isTraced } = require('../process/child-process');
const { spawnRequest } = require('../arguments/normalize');

// Prints only with NODE_DEBUG=child_process.
const debug = debuglog('child_process');

const ownSpawn = ChildProcess.prototype.spawn;

function killWithError(child, signal) {
  try {
    end(child, signal);
  } catch (error) {
    child.emit('error', error);
  }
}

function limitTime(child, timeout, killSignal) {
  let timer = setTimeout(() => {
    timer = null;
    killWithError(child, killSignal);
  }, timeout);

  child.once(versions.timerUntilClose ? 'close' : 'exit', () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  });
}

function endOnAbort(child, signal, killSignal) {
  function onAbort() {
    try {
      if (end(child, killSignal)) child.emit('error', new AbortError(undefined, { cause: signal.reason }));
    } catch (error) {
      child.emit('error', error);
    }
  }

  if (signal.aborted) {
    process.nextTick(onAbort);
    return;
  }
  const listening = addAbortListener(signal, onAbort);
  child.once('exit', listening[Symbol.dispose]);
}

function arrangeEnds(child, { timeout, signal }, killSignal) {
  if (timeout > 0) limitTime(child, timeout, killSignal);
  if (signal) endOnAbort(child, signal, killSignal);
}

// `gather`: how exec() wants to read the outputs (see output-gatherer.js); undefined for spawn() and fork().
function spawnWith(file, args, options, gather) {
  // A wrapper of ChildProcess.prototype.spawn reads and changes the environment as a list, and the tracing channel and
  // NODE_DEBUG show that list. So the list must exist; otherwise the addon can copy the environment itself.
  const isWrapped = ChildProcess.prototype.spawn !== ownSpawn || stock.prototype.spawn !== stock.unwrapped.spawn;
  const isSeen = isWrapped || isTraced() || debug.enabled;
  const request = spawnRequest(file, args, options, isSeen);
  check.timeout(request.timeout);
  check.abortSignal(request.signal, 'options.signal');
  const killSignal = check.killSignal(request.killSignal);

  const child = new ChildProcess();
  debug('spawn', request);
  if (gather !== undefined) request[gather.key] = gather.streams;
  const failure = child.spawn(request);
  if (failure < 0) return child;

  arrangeEnds(child, request, killSignal);
  return child;
}

function spawn(file, args, options) {
  return spawnWith(file, args, options, undefined);
}

module.exports = { arrangeEnds, spawn, spawnWith };
