// The package for `import`: the same objects as for require(), by name and as default.

import cp from './index.js';

export const {
  _forkChild,
  ChildProcess,
  createChannel,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  native,
  nativeError,
  prefork,
  sharedMemory,
  spawn,
  spawnSync,
} = cp;

export default cp;
