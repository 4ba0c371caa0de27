'use strict';

// Programs as people write them for child_process, run unmodified on Node's own and through register: all that they print
// must be the same.

const { bothWays } = require('./helpers/both-ways.js');

const program = (name) => [`programs/${name}.js`];
const lines = ({ stdout }) => stdout.trim().split('\n');

bothWays('a job queue tries again what failed, hung or was killed', program('job-queue'), {
  starts: 14,
  check(t, out) {
    t.true(lines(out).includes('hangs: progress begun, attempt 1 failed: SIGKILL, progress begun, attempt 2 failed: SIGKILL, ' +
      'progress begun, attempt 3 failed: SIGKILL, given up'), out.stdout);
    t.true(lines(out).includes('large: progress begun, done: 1249975000'));
    t.is(lines(out).at(-1), 'at most 3 at a time');
  },
});

bothWays('a cluster answers every request while workers crash, leave and are replaced', program('cluster-load'), {
  starts: 5,
  check(t, out) {
    t.deepEqual(lines(out), [
      'under load: failed 0, by 2 workers', 'crash null', 'crash null', 'while one left: failed 0',
      'afterwards: failed 0, workers 2 { crashed: 2, left: 1 }', 'stopped: nearly all told, 0 workers',
    ]);
  },
});

bothWays('a build tool runs fifty short steps', program('build'), {
  starts: 48,
  check(t, out) {
    t.is(lines(out).length, 51);
    t.is(lines(out)[40], '40 {"output":"16\\n"}');
    t.is(lines(out).at(-1), '50 steps, at most 8 at a time');
  },
});

bothWays('a follower of a log reads its lines through a rotation', program('follow-log'), {
  starts: 2,
  skip: process.platform === 'linux' ? undefined : 'tail -s is GNU\'s',
  check(t, out) {
    t.true(lines(out).includes('"grüße 世界 😀"'), out.stdout);
    t.true(lines(out).includes('close null SIGINT'));
    t.is(lines(out).at(-1), ' 1999000 { lines: 11, errors: 1 }');
  },
});

bothWays('a release script runs step after step', program('release'), {
  starts: 0,
  check(t, out) {
    t.true(lines(out).includes('ETIMEDOUT SIGTERM spawnSync sleep sleep [ \'5\' ]'), out.stdout);
    t.is(lines(out).at(-1), '1.2.3');
  },
});

bothWays('worker threads start children side by side', program('threads'), {
  starts: 1,
  check(t, out) {
    t.is(lines(out).length, 5);
    t.is(lines(out)[3], '{"code":0,"heard":[{"progress":"begun"},{"result":13}],"stdout":"thread 3\\n","sync":"3\\n"}');
  },
});
