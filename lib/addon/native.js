'use strict';
// The one door to the addon. A built file beside the package or the package of this platform is opened directly,
// because this code runs in every child of ours as well and the generated loader costs more than the addon itself.
// No addon is no error: where it cannot be loaded (Windows, a permission model that forbids addons) the package hands
// over Node's own module, and `reason` tells why.

const { Error, flatList } = require('../node/primordials');

const { platform, arch } = process;

function requests() {
  const both = (name) => [`../../rs-child-process.${name}.node`, `rs-child-process-${name}`];
  if (platform === 'darwin') return both(`darwin-${arch}`);
  // Which C library this Node uses is costly to ask and cheap to try.
  if (platform === 'linux') return flatList(both(`linux-${arch}-gnu`), both(`linux-${arch}-musl`));
  return [];
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
  const all = requests();
  for (let i = 0; i < all.length; i++) {
    try {
      const request = all[i];
      return require(request);
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
