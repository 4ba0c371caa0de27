'use strict';
// The examples of the texts that users read: programs, each with the lines that it says it prints.

const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..', '..');
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
const programsIn = (text) => [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);

// Of a page: those below each of its headings.
function fromPage(file) {
  return read(file).split(/^## /m).slice(1).flatMap((section) => {
    const [title] = section.split('\n');
    return programsIn(section).map((program) => ({ title: `${file}, "${title}"`, program }));
  });
}

// Of declarations: those in the comment before each of them.
function fromDeclarations(file) {
  return [...read(file).matchAll(/^ *\/\*\*\n(.*?)^ *\*\/\n *([^\n]*)/gms)].flatMap(([, comment, declaration]) => {
    const text = comment.replace(/^ *\* ?/gm, '');
    const [name] = declaration.replace(/^(export|readonly|const|function|interface|type|class| )+/, '').match(/^(?:\w+|\[[\w.]+\])/);
    return programsIn(text).map((program) => ({ title: `${file}, ${name}`, program }));
  });
}

const expectedOf = (program) => [...program.matchAll(/\/\/ prints (.*)$/gm)].map((match) => match[1]);

// Systems other than Linux cannot run all of them.
const isForLinux = (program) => /sharedMemory|killOnParentExit|prefork/.test(program);

module.exports = { expectedOf, fromDeclarations, fromPage, isForLinux };
