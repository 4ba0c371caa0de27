'use strict';
// Random messages of all kinds and sizes, made from a seed. The same seed gives the same messages, so both ends, and a second run,
// know what must arrive.

// A random number generator (mulberry32): the same seed gives the same numbers.
function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (limit) => Math.floor(next() * limit);
  return { next, upTo, pick: (list) => list[upTo(list.length)], chance: (part) => next() < part };
}

const ALPHABETS = ['abcdefghij "\\\n', 'äöüß-', '进程之间的消息', '\ud83d\ude00\u2028x'];

function text(rng, length) {
  const piece = Array.from({ length: 16 }, () => rng.pick(Array.from(rng.pick(ALPHABETS)))).join('');
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

// Mostly small, sometimes large.
function size(rng) {
  const dice = rng.next();
  if (dice < 0.7) return rng.upTo(200);
  if (dice < 0.95) return rng.upTo(20_000);
  return rng.upTo(dice < 0.99 ? 200_000 : 3_000_000);
}

function plain(rng) {
  switch (rng.upTo(6)) {
    case 0: return text(rng, size(rng));
    case 1: return { id: rng.upTo(1e6), type: 'message', payload: text(rng, rng.upTo(50)) };
    case 2: return Array.from({ length: rng.upTo(60) }, (_, i) => ({ i, name: `row ${i}`, price: i * 1.25, open: i % 2 === 0 }));
    case 3: return { list: Array.from({ length: rng.upTo(300) }, () => rng.next()), nothing: null, [`key-${rng.upTo(1e9)}`]: true };
    case 4: return { text: text(rng, size(rng)), inner: { deep: [[[rng.upTo(10)]]] } };
    default: return rng.upTo(2 ** 31) * (rng.chance(0.5) ? 1 : -0.5);
  }
}

function rich(rng) {
  switch (rng.upTo(6)) {
    case 0: return Buffer.alloc(size(rng), rng.upTo(256));
    case 1: return new Map([[1, { a: new Date(rng.upTo(2e12)) }], ['set', new Set([1n, undefined, -0])]]);
    case 2: return { floats: Float64Array.from({ length: rng.upTo(2000) }, (_, i) => i / 3), at: new Date(0) };
    case 3: { const cycle = { name: 'cycle' }; cycle.self = cycle; return cycle; }
    case 4: return new RangeError(text(rng, 30));
    default: return plain(rng);
  }
}

const make = (rng, serialization) => (serialization === 'advanced' ? rich(rng) : plain(rng));

module.exports = { make, random };
