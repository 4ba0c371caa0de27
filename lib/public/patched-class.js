'use strict';
// Functions of Node that somebody has wrapped before this package was registered stay in the module, and make their children by Node's
// own class. Such a child is taken over where that class would start it.

const accelerate = require('../preload/accelerate');
const check = require('../arguments/validate');
const stock = require('../node/builtin');
const { ChildProcess, giveHandle, startChild } = require('../process/child-process');
const { Process } = require('../process/process-handle');
const { arrangeEnds } = require('./spawn');
const { functionCall, objectGetPrototypeOf, objectSetPrototypeOf } = require('../node/primordials');

let beneath = () => stock.start;
let isAdopting = false;
let isPlaced = false;
// The module of the fork() that is under way.
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
    // Node's function, which called this one, would end the child alone.
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
    // Where all is frozen what was wrapped stays Node's.
    return;
  }
  isPlaced = true;
  beneath = stock.remember(spawn, stock.start);
  if (stock.isPlain(spawn)) stock.unwrapped.spawn = adopt;
}

function endAdopting() {
  isAdopting = false;
  // What somebody put over it since then is theirs to take away.
  if (stock.prototype.spawn !== adopt) return;
  isPlaced = false;
  const spawn = beneath();
  stock.prototype.spawn = spawn;
  if (stock.isPlain(spawn)) stock.unwrapped.spawn = spawn;
}

// Calls a fork() of somebody else's; where it makes its child by Node's class, that child is taken over also without register.
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
