'use strict';
// Children that got the ends of a channel, and keep what they hear by it: `state.end`, `state.got`, and the last handle in
// `state.extra`. A disconnect is reported.

const { load } = require('../../helpers/subject.js');
const { Remote } = require('./remote.js');

const cp = load('ours');

const take = ({ state, handle, report }, name) => {
  state.end = handle;
  state.got = [];
  handle.on('message', (message, extra) => {
    state.got.push(message);
    state.extra = extra;
  });
  handle.on('disconnect', () => report('disconnect'));
  return [name, handle.constructor.name, handle.connected];
};

/** Two children that hold the two ends of a channel. */
async function siblings(t, { channel, fork } = {}) {
  const pair = cp.createChannel(channel);
  const both = pair.map(() => new Remote(cp, fork));
  t.teardown(() => Promise.all(both.map((one) => one.end('SIGKILL'))));
  const names = await Promise.all(both.map((one, i) => one.run(take, { handle: pair[i], args: [i] })));
  t.deepEqual(names, [[0, 'ChannelEnd', true], [1, 'ChannelEnd', true]]);
  return both;
}

module.exports = { siblings, take };
