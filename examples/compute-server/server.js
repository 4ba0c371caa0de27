'use strict';
// An HTTP server that forks a process for each computation: a long one holds up neither the server nor its neighbours,
// and a client that leaves takes its computation along. With AHEAD=2 in the environment two children are always started ahead, and a
// request begins some 30 ms sooner. Try: curl 'http://127.0.0.1:8000/primes?below=3000000'

const http = require('node:http');
const path = require('node:path');
const { fork, prefork } = require('rs-child-process');

const pool = process.env.AHEAD ? prefork({ size: Number(process.env.AHEAD) }) : { fork };

function compute(request, response) {
  const below = Number(new URL(request.url, 'http://localhost').searchParams.get('below'));
  const child = pool.fork(path.join(__dirname, 'primes.js'));
  let answer;
  child.once('message', (message) => { answer = message; });
  child.once('error', (error) => console.error(error.message));
  child.once('close', (code, signal) => {
    if (answer) response.end(`${answer.count} primes below ${answer.below}\n`);
    else if (signal === null) response.writeHead(500).end(`the computation failed with code ${code}\n`);
    else console.log(`a computation was given up (${signal})`);
  });
  response.once('close', () => child.kill());
  child.send({ below });
}

const server = http.createServer((request, response) => {
  if (request.url.startsWith('/primes?')) compute(request, response);
  else response.end('ready\n');
});

server.listen(process.env.PORT ?? 8000, '127.0.0.1', () => {
  console.log(`listening on port ${server.address().port}`);
});
