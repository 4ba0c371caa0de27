// The one registry of everything that is measured.

import { startRows, linearity } from './start.mjs';
import { talkRows } from './talk.mjs';
import { acceleratedRows } from './accelerated.mjs';
import { cpuRows } from './cpu.mjs';

export const rows = [...startRows, ...talkRows, ...acceleratedRows, ...cpuRows];
export { linearity };
