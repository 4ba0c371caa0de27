// The promises for `import`: the same functions as for require(), by name and as default.

import promises from './promises.js';

export const { exec, execFile, spawn } = promises;

export default promises;
