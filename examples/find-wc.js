'use strict';
// `find <folder> -type f | wc -l`, as a shell would do it: find's output is wc's input, and no byte of it passes through
// this process.

const { spawn } = require('rs-child-process');

const folder = process.argv[2] ?? '.';
const find = spawn('find', [folder, '-type', 'f'], { stdio: ['ignore', 'pipe', 'inherit'] });
const wc = spawn('wc', ['-l'], { stdio: [find.stdout, 'pipe', 'inherit'] });
// wc has its own copy of the pipe now.
find.stdout.destroy();

wc.stdout.setEncoding('utf8').on('data', (text) => console.log(`${text.trim()} files`));
find.on('close', (code) => { if (code !== 0) process.exitCode = 1; });
