// The same declarations for `import`, where the module's default export is the whole of it.

import * as promises from './promises.js';

export * from './promises.js';
export default promises;
