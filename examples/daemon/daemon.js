'use strict';
// Does its work in the background, tells its log about it, and ends on SIGTERM.

const say = (text) => console.log(`${new Date().toISOString()} ${text}`);

say(`started in ${process.cwd()}`);
let beats = 0;
const timer = setInterval(() => {
  beats += 1;
  say(`beat ${beats}`);
}, Number(process.env.BEAT_MS ?? 1000));

process.once('SIGTERM', () => {
  clearInterval(timer);
  say('stopped');
});
