'use strict';

// Files for children to run, or to stumble over.

const fs = require('node:fs');
const path = require('node:path');

/** A file with that text, and the folders to it. -> its path */
function program(dir, name, body, mode = 0o755) {
  fs.mkdirSync(dir, { recursive: true });
  const file = path.join(dir, name);
  fs.writeFileSync(file, body);
  fs.chmodSync(file, mode);
  return file;
}

module.exports = { program };
