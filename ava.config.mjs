// Test files run as processes, not worker threads: they count descriptors, change the working directory and
// handle signals, all of which belong to a process. Two at a time, because the tests themselves start many
// processes and small machines would only see their timeouts.

export default {
  files: ['__test__/**/*.test.{js,mjs}', '!__test__/**/fixtures/**'],
  workerThreads: false,
  concurrency: 2,
  timeout: '3m',
};
