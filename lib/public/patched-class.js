'use strict';
// Takes over children that are made with Node's own ChildProcess class. When a tool wrapped a function of Node before this
// package was registered, the wrapper stays in the module, and it creates children of Node's class. While "adopting" is on,
// `ChildProcess.prototype.spawn` of Node is our function adopt(): it makes the child one of ours and starts it.

const accelerate = require('../preload/accelerate');
const check = require('../arguments/validate');
const stock = require('../node/builtin');
const { ChildProcess, giveHandle, startChild } = require('../process/child-process');
const { Process } = require('../process/process-handle');
const { arrangeEnds } = require('./spawn');
const { functionCall, objectGetPrototypeOf, objectSetPrototypeOf } = require('../node/primordials');

// Returns the `spawn` that adopt() replaced.
let beneath = () => stock.start;
let isAdopting = false;
let isPlaced = false;
// The module path of the fork() call that is running now.
let forked;

function adopt(options) {
  const { _handle: handle } = this;
  if (!handle || handle instanceof Process) return functionCall(stock.isPlain(beneath()) ? startChild : beneath(), this, options);
  if (!isAdopting) return functionCall(beneath(), this, options);
  handle.close();
  giveHandle(this);
  if (objectGetPrototypeOf(this) === stock.prototype) objectSetPrototypeOf(this, ChildProcess.prototype);
  if (forked !== undefined) options[accelerate.kFork] = forked;
  const failure = functionCall(ChildProcess.prototype.spawn, this, options);
  if (options?.killTree) {
    // The function of Node that called this one would end only the child, not its descendants.
    if (failure === 0) arrangeEnds(this, options, check.killSignal(options.killSignal));
    options.timeout = options.signal = undefined;
  }
  return failure;
}
stock.markOwn(adopt);

function beginAdopting() {
  isAdopting = true;
  if (isPlaced) return;
  const { spawn } = stock.prototype;
  try {
    stock.prototype.spawn = adopt;
  } catch {
    // The prototype is frozen. Wrapped functions then go on making children of Node.
    return;
  }
  isPlaced = true;
  beneath = stock.remember(spawn, stock.start);
  if (stock.isPlain(spawn)) stock.unwrapped.spawn = adopt;
}

function endAdopting() {
  isAdopting = false;
  // Somebody has wrapped adopt() since then. Only they can remove their wrapper, so nothing is restored.
  if (stock.prototype.spawn !== adopt) return;
  isPlaced = false;
  const spawn = beneath();
  stock.prototype.spawn = spawn;
  if (stock.isPlain(spawn)) stock.unwrapped.spawn = spawn;
}

// Calls a fork() that is not ours. If it makes its child with Node's class, the child is taken over, also when this package
// is not registered.
function adoptingFork(fork, modulePath, args, options) {
  const wasAdopting = isAdopting;
  forked = modulePath;
  try {
    beginAdopting();
    return fork(modulePath, args, options);
  } finally {
    forked = undefined;
    if (!wasAdopting) endAdopting();
  }
}

module.exports = { adoptingFork, beginAdopting, endAdopting };
