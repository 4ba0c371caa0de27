'use strict';
// The declarations are built on Node's own and must stay exchangeable with them; the compiler is the judge. It is asked in every way of
// finding modules that users have, for programs that register and for those that do not: `register` adds to Node's types, and what it
// adds holds for a whole program.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const ts = require('typescript');

const root = path.join(__dirname, '..', '..');
const { ModuleKind, ModuleResolutionKind } = ts;

const ways = {
  node16: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
  nodenext: { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext },
  bundler: { module: ModuleKind.Preserve, moduleResolution: ModuleResolutionKind.Bundler },
};

function programOf(files, way) {
  return ts.createProgram(files, { ...way, target: ts.ScriptTarget.ES2023, types: ['node'], typeRoots: [path.join(root, 'node_modules', '@types')], strict: true, noEmit: true });
}

// What is wrong anywhere but in the compiler's own libraries: Node's types are looked at too, because ours could break them.
function problemsIn(program) {
  const files = program.getSourceFiles().filter((file) => !program.isSourceFileDefaultLibrary(file));
  const found = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics(), ...files.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file),
  ])];
  return ts.formatDiagnostics(found, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' });
}

function filesIn(folder) {
  const parent = path.join(__dirname, 'types', folder);
  return fs.readdirSync(parent).map((name) => path.join(parent, name));
}

for (const [name, way] of Object.entries(ways)) {
  for (const folder of ['plain', 'registered']) {
    test.serial(`the types of a ${folder} program hold with ${name}`, (t) => {
      t.timeout(120_000);
      const program = programOf(filesIn(folder), way);
      t.is(problemsIn(program), '');
      const loaded = program.getSourceFiles().map((file) => path.relative(root, file.fileName));
      t.true(loaded.includes('index.d.mts') && loaded.includes('promises.d.mts') === (folder === 'plain'), 'ES modules have declarations of their own');
      t.is(loaded.includes('register.d.ts'), folder === 'registered', 'nothing but an import of it loads the additions to Node\'s types');
    });
  }
}

// The names that a file exports itself, with the declarations of each.
function exportsOf(program, name) {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(path.join(root, name));
  const all = checker.getExportsOfModule(checker.getSymbolAtLocation(file))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  return all.map((symbol) => ({
    name: symbol.name,
    isValue: (symbol.flags & ts.SymbolFlags.Value) !== 0,
    own: symbol.declarations.filter((declaration) => declaration.getSourceFile() === file),
  }));
}

test.serial('every export at run time has a type, and every typed value exists', (t) => {
  t.timeout(120_000);
  const declared = exportsOf(programOf([path.join(root, 'index.d.ts')], ways.nodenext), 'index.d.ts').filter(({ isValue }) => isValue);
  const api = require(root);
  const typed = [...new Set(declared.map(({ name }) => name))].sort();
  t.deepEqual(Object.keys(api).filter((key) => !typed.includes(key)), []);
  t.deepEqual(typed.filter((key) => !(key in api)), []);
  t.true(typed.includes('native') && typed.includes('spawn'));
  // Node's own would return Node's children.
  t.deepEqual(declared.filter(({ own }) => own.length === 0).map(({ name }) => name), []);
});

const textOf = (node) => ts.getJSDocCommentsAndTags(node).map((doc) => doc.getText()).join('\n');

// Has a text of its own, or is an overload of what has one.
function isDescribed(node) {
  if (textOf(node) !== '') return true;
  const siblings = node.parent.members ?? node.parent.statements ?? [];
  return siblings.some((other) => other !== node && other.name?.getText() === node.name?.getText() && textOf(other) !== '');
}

test.serial('every function, member and option has a text, and what can be called or set has an example', (t) => {
  t.timeout(120_000);
  const names = ['index.d.ts', 'promises.d.ts', 'register.d.ts'];
  const program = programOf(names.map((name) => path.join(root, name)), ways.nodenext);
  const lacking = [];
  for (const file of names) {
    for (const { name, isValue, own } of exportsOf(program, file)) {
      // Node's options under Node's names have nothing of their own.
      if (own.length === 0 || own.every((node) => ts.isInterfaceDeclaration(node) && node.members.length === 0)) continue;
      const texts = own.map(textOf).join('\n');
      if (texts === '') lacking.push(`${file}: ${name} has no text`);
      if (isValue && name !== '_forkChild' && !texts.includes('@example')) lacking.push(`${file}: ${name} has no example`);
      for (const member of own.flatMap((node) => (ts.isInterfaceDeclaration(node) ? [...node.members] : []))) {
        const place = `${file}: ${name}.${member.name?.getText()}`;
        const isNodes = /^(?:ChildProcessWithoutNullStreams|ChildProcessByStdio|PromiseWithChild|Promisified)/.test(name);
        if (isNodes) continue;
        if (!isDescribed(member)) lacking.push(`${place} has no text`);
        const isOption = /Options?$/.test(name);
        const all = [texts, ...member.parent.members.filter((other) => other.name?.getText() === member.name?.getText()).map(textOf)].join('\n');
        if ((isOption || ts.isMethodSignature(member)) && !/@example|see `RawMessageOptions`/.test(all)) lacking.push(`${place} has no example`);
      }
    }
  }
  t.deepEqual(lacking, []);
});
