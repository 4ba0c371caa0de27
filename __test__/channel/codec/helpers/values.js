'use strict';

// Values of every kind that structured clone knows, from a seed: the same seed makes the same values.

const vm = require('node:vm');

/** @returns {() => number} numbers from 0 to 1 (mulberry32) */
function numbers(seed) {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296;
  };
}

class Point { constructor(x) { this.x = x; this.y = [x]; } length() { return this.x; } }
class Point3 extends Point { constructor(x) { super(x); this.z = 1; } get sum() { return 1; } }
class Names extends Map {}
class Lines extends Array {}
class Bytes extends Uint8Array {}
function Old(x) { this.x = x; }
Old.prototype.inherited = true;
function Older() { this.own = 1; }
Older.prototype = { method() {}, flag: 1 };

const KEYS = ['id', 'name', 'type', 'value', 'a', 'b', 'c', 'tags', '', ' ', '0', '1', '7', '42', '-1', '01', '4294967294', '4294967295',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then', 'toJSON', 'é', '名', '\ud800', 'a"b\\c\n\u2028', 'x'.repeat(70),
  '名'.repeat(70), 'get', 'valueOf', 'prototype', 'from', 'return'];
const TEXTS = ['', 'a', 'update', 'worker-7', '/var/lib/data/item', 'é', 'naïve café', '中文字符', '\ud800', '\udc00x', 'a\u0000b', '😀', 'x\u0100',
  'x'.repeat(12), 'y'.repeat(13), 'z'.repeat(63), 'z'.repeat(64), 'é'.repeat(63), 'é'.repeat(64), '中'.repeat(63), '中'.repeat(64), '\ud83d'.repeat(65),
  'long '.repeat(300), 'länger '.repeat(300), '很长的文字'.repeat(300)];
const NUMBERS = [0, -0, 1, -1, 63, 64, 127, 128, -128, -129, 255, 32767, 32768, -32768, -32769, 65536, 2147483647, 2147483648, -2147483648,
  -2147483649, 4294967295, 1e21, 0.1, -1.5, NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE, Number.MAX_VALUE];
const BIGINTS = [0n, 1n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 64n), 10n ** 300n, -(10n ** 99n)];
const VIEWS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
  BigInt64Array, BigUint64Array];

function generator(seed) {
  const random = numbers(seed);
  const upTo = (n) => Math.floor(random() * n);
  const pick = (list) => list[upTo(list.length)];
  const times = (n, make) => Array.from({ length: n }, () => make());
  // Objects made so far, to point at again.
  let made = [];
  const keep = (object) => {
    made.push(object);
    return object;
  };

  const text = () => random() < 0.5 ? pick(TEXTS) : String.fromCharCode(...times(upTo(20), () => upTo(random() < 0.9 ? 127 : 65536)));
  const number = () => random() < 0.5 ? pick(NUMBERS) : random() < 0.5 ? upTo(100000) - 50000 : (random() - 0.5) * 10 ** upTo(20);
  const filled = (size) => {
    const bytes = Buffer.alloc(size);
    for (let i = 0; i < size; i++) bytes[i] = upTo(256);
    return bytes;
  };
  const key = () => random() < 0.7 ? pick(KEYS) : `k${upTo(40)}`;
  const define = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });

  function object(depth) {
    const it = keep(random() < 0.9 ? {} : Object.create(null));
    const count = random() < 0.03 ? 100 : upTo(7);
    for (let i = 0; i < count; i++) define(it, count === 100 ? `n${i}` : key(), value(depth + 1));
    if (random() < 0.05) it[Symbol('unseen')] = 1;
    if (random() < 0.05) Object.defineProperty(it, 'hidden', { value: 1, enumerable: false });
    if (random() < 0.05) Object.defineProperty(it, key(), { get: () => 'got', enumerable: true, configurable: true });
    if (random() < 0.05) Object.freeze(it);
    return it;
  }

  function array(depth) {
    const length = random() < 0.05 ? 100 + upTo(200) : upTo(6);
    const it = keep([]);
    const kind = upTo(4);
    for (let i = 0; i < length; i++) {
      it.push(kind === 0 ? upTo(1000) : kind === 1 ? random() : length > 50 && random() < 0.9 ? text() : value(depth + 1));
    }
    if (random() < 0.1) delete it[upTo(length)];
    if (random() < 0.05) it.length = length + upTo(5);
    if (random() < 0.05) define(it, key() === 'length' ? 'extra' : 'index', value(depth + 1));
    if (random() < 0.02) Object.defineProperty(it, 0, { get: () => 'zero', enumerable: true, configurable: true });
    if (random() < 0.02) Object.freeze(it);
    return it;
  }

  function collection(depth) {
    if (random() < 0.5) {
      const it = keep(random() < 0.9 ? new Map() : new Names());
      for (let i = upTo(5); i > 0; i--) it.set(value(depth + 1), value(depth + 1));
      return it;
    }
    const it = keep(new Set());
    for (let i = upTo(5); i > 0; i--) it.add(value(depth + 1));
    return it;
  }

  function bytes() {
    const size = pick([0, 1, 8, 16, 24, 80, 1024, 20000]);
    const kind = upTo(6);
    if (kind === 0) return filled(size);
    if (kind === 1) return filled(size + 16).subarray(3, 3 + size);
    if (kind === 2) return filled(size).buffer.slice(0, size);
    if (kind === 3) return new DataView(filled(size).buffer, 0, size);
    const View = pick(VIEWS);
    const whole = new Uint8Array(size * 8 + 8);
    whole.set(filled(size));
    const view = new View(whole.buffer, random() < 0.5 ? 8 : 0, size);
    // A NaN has no bits of its own outside of its array, and these are to be compared as bytes: they are, as they are.
    return view;
  }

  function odd() {
    const kind = upTo(16);
    switch (kind) {
      case 0: return new Date(pick([0, 1700000000000, -1, NaN, 8.64e15]));
      case 1: return pick([/a/, /b/gi, /\//y, /(?:)/, new RegExp(''), new RegExp(String.fromCharCode(10)), /é中/u, /x/dms]);
      case 2: return Object(pick([1, -0, NaN, 'text', '名', true, false, 5n]));
      case 3: return new Point(upTo(10));
      case 4: return new Point3(upTo(10));
      case 5: return new Old(upTo(10));
      case 6: return new Older();
      case 7: return Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } });
      case 8: return Lines.from([1, 2]);
      case 9: return new Bytes(4);
      case 10: return /(b)(?<n>c)/.exec('abcd');
      case 11: return vm.runInThisContext('({ a: [1] })');
      case 12: return vm.runInNewContext('({ a: [1], b: new Map([[1, new Date(5)]]) })');
      case 13: return new (pick([Error, TypeError, RangeError]))(text());
      case 14: return Object.assign(new Date(5), { extra: 1 });
      default: return Math;
    }
  }

  function value(depth = 0) {
    const kind = random();
    if (depth > 0 && made.length > 0 && kind < 0.04) return pick(made);
    if (depth > 5 || kind < 0.45) {
      switch (upTo(9)) {
        case 0: return undefined;
        case 1: return null;
        case 2: return random() < 0.5;
        case 3: return random() < 0.3 ? pick(BIGINTS) : BigInt(upTo(1e9));
        case 4:
        case 5:
        case 6: return number();
        default: return text();
      }
    }
    if (kind < 0.65) return object(depth);
    if (kind < 0.8) return array(depth);
    if (kind < 0.88) return collection(depth);
    if (kind < 0.94) return keep(bytes());
    return keep(odd());
  }

  return {
    random,
    upTo,
    next() {
      made = [];
      return value();
    },
  };
}

/** The seed of this run: RS_SEED, or another one each time. Tests say it when they fail. */
const seed = process.env.RS_SEED === undefined ? Date.now() % 1e9 : Number(process.env.RS_SEED);

module.exports = { generator, seed };
