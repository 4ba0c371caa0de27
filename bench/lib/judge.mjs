// Turns the measured rounds of a row into medians, ratios and a verdict.

import { gain, median } from './format.mjs';

const versusPeers = new Set(['start', 'short', 'volume', 'kill']);

export function judge(row, rounds) {
  const medians = {};
  const cpu = {};
  const notes = {};
  for (const [side, results] of Object.entries(rounds)) {
    const values = results.map((result) => result.value).filter((value) => typeof value === 'number');
    if (values.length > 0) medians[side] = median(values);
    const times = results.map((result) => result.cpu).filter((time) => typeof time === 'number');
    if (times.length > 0) cpu[side] = median(times);
    const note = results.map((result) => result.missing || result.error).find(Boolean);
    if (note) notes[side] = note;
  }
  const foreign = median(Object.values(rounds).flat().map((one) => one.foreign || 0));
  const { stock, ours, limit, ...peers } = medians;
  const result = {
    id: row.id, group: row.group, title: row.title, label: row.label, unit: row.unit, better: row.better,
    target: row.target ?? undefined, limitTarget: row.limitTarget, medians, cpu, notes, foreign,
    rounds: Object.fromEntries(Object.entries(rounds).map(([side, results]) => [side, results.map((one) => one.value ?? null)])),
  };
  if (ours === undefined) return { ...result, pass: null };
  // Of what should be nothing at all, no ratio can be told.
  if (row.mostAboveStock === undefined) result.ratio = gain(row, ours, stock);
  if (limit !== undefined) result.ofLimit = 1 / gain(row, ours, limit);
  result.ahead = Object.fromEntries(Object.entries(peers).map(([name, value]) => [name, gain(row, ours, value)]));
  const misses = [];
  if (ours > stock + row.mostAboveStock) misses.push('stock');
  if (row.target && result.ratio < row.target) misses.push('stock');
  if (row.limitTarget && result.ofLimit > row.limitTarget) misses.push('limit');
  // Messages and fork() of other engines are shown beside ours, but their JSON and their start-up are not ours to beat.
  if (versusPeers.has(row.group)) for (const [name, ahead] of Object.entries(result.ahead)) if (ahead < 1) misses.push(name);
  result.misses = misses;
  result.pass = misses.length === 0;
  return result;
}

export function judgeLinearity(rule, rows) {
  const from = rows.find((row) => row.id === rule.from);
  const to = rows.find((row) => row.id === rule.to);
  if (from?.medians.ours === undefined || to?.medians.ours === undefined) return null;
  const growth = to.medians.ours / from.medians.ours / rule.times;
  return { from: rule.from, to: rule.to, growth, slack: rule.slack, pass: growth <= rule.slack };
}
