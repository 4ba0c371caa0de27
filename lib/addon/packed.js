'use strict';
// Whether this module was loaded out of one file with all others (scripts/bundle.mjs says true in its place): then none that is
// loaded later has to be found and opened first.

module.exports = false;
