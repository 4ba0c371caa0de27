'use strict';

// Writes files that children run, or fail to run.

const fs = require('node:fs');
const path = require('node:path');

/** Writes a file with the text `body`, and makes the folders above it. -> its path */
function program(dir, name, body, mode = 0o755) {
  fs.mkdirSync(dir, { recursive: true });
  const file = path.join(dir, name);
  fs.writeFileSync(file, body);
  fs.chmodSync(file, mode);
  return file;
}

module.exports = { program };
