// The same declarations for `import`, where the module's default export is the whole of it.

import * as childProcess from './index.js';

export * from './index.js';
export default childProcess;
