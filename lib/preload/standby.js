'use strict';
// A standby: a child that was started ahead of the fork() that it is for. Node has started in it, our side of a channel and the modules
// that the pool names are loaded, and before its script would run it waits. Then it takes on what the fork() asks for, as
// if it had been started with it, and Node goes on with the script. See lib/process/standby.js for the parent's side.

// eslint-disable-next-line no-restricted-syntax -- the object, to put something in the place of one of its functions
const Module = require('node:module');
const EventEmitter = require('node:events');
const { writeSync } = require('node:fs');
const { resolve } = require('node:path');

const { binding } = require('../addon/native');
const { kLink } = require('../channel/link');
const { setupChannel } = require('../channel/channel');
const {
  Error, Int32Array, arraySlice, fromJson, functionBind, objectDefineProperty, objectGetOwnPropertyDescriptor, objectKeys, stringIndexOf, stringSlice,
  stringSplit, stringStartsWith,
} = require('../node/primordials');

// What stands in the place of the script in a standby's command line, and so in ps. The spaces make room for the line to come.
const NAME = 'rs-child-process-standby';
const ROOM = 4096;
// The number of the socket by which the parent tells what to become; see src/spawn/standby.rs.
const SOCKET = 10;

// Of what happened before the order the parent is told; the reader is lib/process/standby.js.
function giveUp(reason) {
  try {
    writeSync(SOCKET, `-${reason}`);
  } finally {
    process.exit(1);
  }
}

function loadAhead(modules) {
  try {
    // From where --require would look.
    const load = Module.createRequire(resolve('.', NAME));
    for (let i = 0; i < modules.length; i++) load(modules[i]);
  } catch (error) {
    giveUp(error?.stack ?? error);
  }
}

// Its handle would be listed as a resource until the event loop turns, which is after the script.
function close(link) {
  link.port.ref(false);
  link.close();
}

// One message from one end to another, of which nobody hears: V8 has then compiled what the script's first ones need.
function rehearse(serialization) {
  const fds = new Int32Array(2);
  if (binding.channelPair(fds) < 0) return;
  const sender = new EventEmitter();
  const receiver = new EventEmitter();
  setupChannel(sender, fds[0], serialization, { isChild: true });
  setupChannel(receiver, fds[1], serialization, { isChild: true });
  sender.send({ text: NAME });
  receiver[kLink].port.readNow();
  close(sender[kLink]);
  close(receiver[kLink]);
}

// `pairs`: all that there is to be, in this order.
function setEnvironment(pairs) {
  const { env } = process;
  const names = objectKeys(env);
  let isSame = names.length === pairs.length;
  for (let i = 0; i < names.length && isSame; i++) isSame = `${names[i]}=${env[names[i]]}` === pairs[i];
  if (isSame) return;
  for (let i = 0; i < names.length; i++) delete env[names[i]];
  for (let i = 0; i < pairs.length; i++) {
    const at = stringIndexOf(pairs[i], '=');
    env[stringSlice(pairs[i], 0, at)] = stringSlice(pairs[i], at + 1);
  }
}

// As Node does it at the start; where there is no folder the script stays what it is.
function setArguments(script, rest) {
  const { argv } = process;
  argv.length = 1;
  try {
    script = resolve(script);
  } catch {
    // Node will say so.
  }
  argv[1] = script;
  for (let i = 0; i < rest.length; i++) argv[2 + i] = rest[i];
  return script;
}

// Whether the caller's caller is what Node runs a main script by, and not some preloaded file that looks at Module.
function isAskedByNode() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 3;
  } catch {
    // A preloaded file has frozen it.
    return false;
  }
  try {
    Error.prepareStackTrace = (error, sites) => sites;
    const sites = new Error().stack;
    return stringStartsWith(`${sites[2].getFileName()}`, 'node:internal/main/');
  } catch {
    return false;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

// Node has already taken the standby's name for the script. It runs it by Module.runMain, which programs may replace, as some loaders do. So
// what it finds there is that function, with the script given; bound, because that adds nothing to the stack.
function runInstead(script) {
  const own = objectGetOwnPropertyDescriptor(Module, 'runMain');
  objectDefineProperty(Module, 'runMain', {
    __proto__: null,
    get() {
      const bound = functionBind(own.value, Module, script);
      if (isAskedByNode()) objectDefineProperty(Module, 'runMain', own);
      return bound;
    },
    set(value) { own.value = value; },
    configurable: true,
    enumerable: true,
  });
}

// `text`: the names of modules. -> what is to be known of the channel.
function wait(text) {
  // Some option takes what follows it for its value, or a program stands in front of the script.
  if (!stringStartsWith(`${process.argv[1]}`, resolve(NAME))) giveUp('');
  loadAhead(fromJson(text));
  rehearse('advanced');
  rehearse('json');
  const ordered = binding.standbyWait();
  if (ordered === null) process.exit();
  const { line, before, env, channel } = fromJson(ordered);
  binding.standbyShow(line);
  const parts = stringSplit(line, '\0');
  setEnvironment(env);
  // It is there already, but Node has kept the name of the last one.
  process.chdir('.');
  runInstead(setArguments(parts[before], arraySlice(parts, before + 1)));
  return channel;
}

module.exports = { NAME, ROOM, SOCKET, wait };
