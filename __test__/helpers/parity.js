'use strict';

// Makes an ava test of each scenario: it runs with Node's own module and with ours, in the same process, and the two traces must be
// equal.

const { isDeepStrictEqual } = require('node:util');
const test = require('ava');
const { runScenario } = require('./run-scenario.js');
const { load } = require('./subject.js');

function parity(scenario) {
  const reason = scenario.skip?.();
  if (reason) {
    test.skip(`${scenario.title} [skipped: ${reason}]`, () => {});
    return;
  }
  test.serial(scenario.title, async (t) => {
    t.timeout(120_000);
    const expected = await runScenario(scenario, load('stock'));
    const actual = await runScenario(scenario, load('ours'));
    t.deepEqual(expected.broken, [], 'the scenario itself does not hold on stock');
    const [left, right] = differing(flatten(actual), flatten(expected));
    t.deepEqual(left, right);
  });
}

/** -> a trace as one flat object, with an entry for each event and fact. */
function flatten(value, at = '', out = {}, depth = 3) {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    out[at] = value;
    return out;
  }
  if (Array.isArray(value)) out[`${at} length`] = value.length;
  for (const key of Object.keys(value)) flatten(value[key], `${at}/${key}`, out, depth - 1);
  return out;
}

/** -> both objects without the entries that are equal, so that a failure shows only the difference. */
function differing(actual, expected) {
  const left = {};
  const right = {};
  for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    if (isDeepStrictEqual(actual[key], expected[key])) continue;
    if (key in actual) left[key] = actual[key];
    if (key in expected) right[key] = expected[key];
  }
  return [left, right];
}

/** One test per scenario of a module. */
function parityOf(scenarios) {
  for (const scenario of scenarios) parity(scenario);
}

module.exports = { parityOf, flatten, differing };
