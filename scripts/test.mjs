// `npm test [-- suites] [test files]`: set-up, then all suites, or only the named ones (ava, cargo, lint). Other words are files for
// ava. If a suite fails, the others still run, so that one run shows everything.

import { ava } from './ava.mjs';
import { lint } from './lint.mjs';
import { report, timed } from './report.mjs';
import { run, say } from './run.mjs';
import { setup } from './setup.mjs';

async function cargo() {
  const count = { passed: 0, failed: 0 };
  const code = await run('cargo', ['test', '--locked'], {
    label: 'cargo test',
    onLine(text) {
      const [, passed, failed] = /^test result: .* (\d+) passed; (\d+) failed/.exec(text) ?? [];
      if (passed !== undefined) {
        count.passed += Number(passed);
        count.failed += Number(failed);
      } else if (!/^(test .* ok|running \d+ tests?|\s*(Fresh|Doc-tests|Running) .*|)$/.test(text)) {
        say(`  ${text}`);
      }
    },
  });
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

const suites = { ava: (files) => ava({ files }), cargo, lint };
const words = process.argv.slice(2);
const files = words.filter((word) => !Object.hasOwn(suites, word));
const chosen = Object.keys(suites).filter((name) => words.length === files.length || words.includes(name));

const results = [await timed('set-up', setup)];
if (results[0].failed === 0) {
  for (const name of chosen) results.push(await timed(name, () => suites[name](files)));
}
report(results);
