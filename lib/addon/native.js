'use strict';
// The one door to the addon. A built file beside the package or the package of this platform is opened directly,
// because this code runs in every child of ours as well and the generated loader costs more than the addon itself.
// No addon is no error: where it cannot be loaded (Windows, a permission model that forbids addons) the package hands
// over Node's own module, and `reason` tells why.

const { existsSync } = require('node:fs');

const { root } = require('./module-loader');
const { Error } = require('../node/primordials');

const { arch, dlopen, platform } = process;

// Which C library this Node uses is costly to ask and cheap to try.
const NAMES = { __proto__: null, darwin: [`darwin-${arch}`], linux: [`linux-${arch}-gnu`, `linux-${arch}-musl`] };

function open(name) {
  const file = `${root}/rs-child-process.${name}.node`;
  const request = `rs-child-process-${name}`;
  if (!existsSync(file)) return require(request);
  const addon = { exports: {} };
  dlopen(addon, file);
  return addon.exports;
}

// Node's own children have their streams in a way that is not open to others.
function isWithoutSockets() {
  return process.permission !== undefined && process.allowedNodeEnvironmentFlags.has('--allow-net') && !process.permission.has('net');
}

function load() {
  if (process.env.RS_CHILD_PROCESS_NATIVE === '0') throw new Error('RS_CHILD_PROCESS_NATIVE=0 turns the addon off');
  if (isWithoutSockets()) throw new Error('the permission model allows no sockets (--allow-net), and so no streams over descriptors');
  if (platform === 'win32') throw new Error('rs-child-process has no addon for Windows');
  let failure;
  const names = NAMES[platform] ?? [];
  for (let i = 0; i < names.length; i++) {
    try {
      return open(names[i]);
    } catch (error) {
      if (error.code === 'ERR_DLOPEN_DISABLED') throw error;
      if (error.code !== 'MODULE_NOT_FOUND') failure ??= error;
    }
  }
  try {
    return require('../../native.js');
  } catch (error) {
    throw failure ?? error;
  }
}

let binding = null;
let reason;
try {
  binding = load();
} catch (error) {
  reason = error;
}

module.exports = { binding, reason };
