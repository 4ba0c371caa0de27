// Rows about starting processes and gathering their output. `target` is the least ratio to stock (in whichever direction is better);
// `limitTarget` the most that our figure may be of the physical limit's.

import { limits } from './limits.mjs';

const sizes = { '50m': 50, '1g': 1024, '4g': 4096 };
const sizeName = { '50m': '50 MB', '1g': '1 GB', '4g': '4 GB' };

const block = (size, target) => ({
  id: `block-${size}`, group: 'start', title: `spawn() blocks its caller, parent of ${sizeName[size]}`, unit: 'us', better: 'lower', target,
  work: 'start.cjs', params: { rss: sizes[size], stdio: 'ignore', until: 'return' },
  limit: limits('block', '--rss-mb', sizes[size]),
});

const close = (size, target) => ({
  id: `close-${size}`, group: 'start', title: `start to 'close', parent of ${sizeName[size]}`, unit: 'us', better: 'lower', target, limitTarget: 1.2,
  work: 'start.cjs', params: { rss: sizes[size], stdio: 'ignore', until: 'close' },
  limit: limits('close', '--rss-mb', sizes[size]),
});

const rate = (size, target, pipes = false) => ({
  id: `rate-${pipes ? 'pipes-' : ''}${size}`, group: 'start', title: `starts a second, 16 at a time${pipes ? ', three pipes each' : ''}, parent of ${sizeName[size]}`,
  unit: '/s', better: 'higher', target,
  work: 'rate.cjs', params: { rss: sizes[size], width: 16, stdio: pipes ? 'pipe' : 'ignore' },
  limit: limits('rate', '--width', 16, '--rss-mb', sizes[size], ...(pipes ? ['--pipes'] : [])),
});

const short = (id, call, title, size, target, limitArgs = []) => ({
  id, group: 'short', title, unit: 'us', better: 'lower', target,
  work: 'short.cjs', params: { rss: sizes[size], call }, limit: limits('echo', ...limitArgs),
});

const volume = (id, call, title, mebibytes, target, limitName) => ({
  id, group: 'volume', title, unit: 'MB/s', better: 'higher', target,
  work: 'volume.cjs', params: { rss: 50, call, mebibytes }, limit: limits(limitName, '--bytes', mebibytes * 1048576),
});

const kill = (count, target) => ({
  id: `kill-${count}`, group: 'kill', title: `${count.toLocaleString('en')} live children killed at once, to the last 'exit'`, unit: 'ms', better: 'lower', target,
  work: 'kill.cjs', params: { rss: 50, count }, limit: limits('kill', '--count', count),
});

export const startRows = [
  block('50m', 5), block('1g', 250), block('4g', 1000),
  {
    ...block('50m', 3), id: 'block-pipes-50m', title: 'spawn() with three pipes blocks its caller, parent of 50 MB',
    params: { rss: 50, stdio: 'pipe', until: 'return' }, limit: limits('block', '--pipes', '--rss-mb', 50),
  },
  close('50m', 1.8), close('1g', 60),
  rate('50m', 2), rate('1g', 80), rate('50m', null, true),
  short('execfile', 'execFile', "execFile('/bin/echo')", '50m', 1.6),
  short('exec', 'exec', "exec('echo')", '50m', 1.6, ['--shell']),
  short('spawnsync-50m', 'spawnSync', "spawnSync('/bin/echo'), parent of 50 MB", '50m', 2),
  short('spawnsync-1g', 'spawnSync', "spawnSync('/bin/echo'), parent of 1 GB", '1g', 60),
  volume('stream', 'stream', "512 MB of a child's output by 'data'", 512, 1.3, 'stream'),
  volume('collect-execfile', 'execFile', 'execFile collecting 128 MB', 128, 3, 'collect'),
  volume('collect-spawnsync', 'spawnSync', 'spawnSync collecting 128 MB', 128, 4, 'collect'),
  kill(250, null), kill(1000, 1.5),
];

// Linear in their number: a child killed among 1,000 may cost at most this much more than one killed among 250.
export const linearity = { from: 'kill-250', to: 'kill-1000', times: 4, slack: 1.25 };
