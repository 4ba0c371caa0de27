'use strict';
// The declarations are built on Node's own and must stay exchangeable with them; the compiler is the judge.

const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');
const test = require('ava');

const root = path.join(__dirname, '..', '..');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const compile = (...args) => promisify(execFile)(process.execPath, [tsc, ...args], { cwd: root })
  .then(({ stdout }) => stdout, (error) => error.stdout || String(error));

test('our types fit Node\'s and Node\'s fit ours', async (t) => {
  t.timeout(120_000);
  t.is(await compile('-p', path.join(__dirname, 'types')), '');
});

test('every export at run time has a type, and every typed value exists', async (t) => {
  t.timeout(120_000);
  const ts = require('typescript');
  const file = path.join(root, 'index.d.ts');
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2023, types: ['node'],
  });
  const checker = program.getTypeChecker();
  const declared = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => symbol.flags & ts.SymbolFlags.Value)
    .map((symbol) => symbol.name);
  const api = require(root);
  const typed = [...new Set(declared)].sort();
  t.deepEqual(Object.keys(api).filter((key) => !typed.includes(key)), []);
  t.deepEqual(typed.filter((key) => !(key in api)), []);
  t.true(typed.includes('native') && typed.includes('spawn'));
});
