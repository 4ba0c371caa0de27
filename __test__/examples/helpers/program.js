'use strict';

// Runs a program of examples/ as its user would, by Node's own child_process, and lets a test read what it says line by line.
// Whatever is left of it when the test ends is killed: the program has a process group of its own for that.

const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');

const folder = path.join(__dirname, '..', '..', '..', 'examples');
const LIMIT = 30_000;

class Program {
  #text = '';
  #unread = [];
  #waiting = null;
  #hasEnded = false;
  lines = [];
  stderr = '';

  constructor(child) {
    this.child = child;
    child.stdout.setEncoding('utf8').on('data', (text) => this.#arrived(text));
    child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    this.closed = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#hasEnded = true;
        this.#wake();
        resolve({ code, signal });
      });
    });
  }

  #arrived(text) {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop();
    this.lines.push(...lines);
    this.#unread.push(...lines);
    this.#wake();
  }

  #wake() {
    this.#waiting?.();
    this.#waiting = null;
  }

  /** The match of the next line, in what has not been asked for yet, that fits; lines before it stay for later questions. */
  async line(pattern) {
    const end = Date.now() + LIMIT;
    for (;;) {
      const at = this.#unread.findIndex((line) => pattern.test(line));
      if (at !== -1) return pattern.exec(this.#unread.splice(at, 1)[0]);
      if (this.#hasEnded || Date.now() > end) {
        throw new Error(`no line ${pattern} in:\n${this.lines.join('\n')}\n${this.stderr}`);
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, LIMIT);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async port() {
    return Number((await this.line(/^listening on port (\d+)$/))[1]);
  }

  /** How it ended, and all that it said. */
  async end() {
    const timer = setTimeout(() => this.killAll(), LIMIT);
    const { code, signal } = await this.closed;
    clearTimeout(timer);
    return { code, signal, lines: this.lines, stderr: this.stderr };
  }

  killAll() {
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
  }
}

/** @param {string[]} words node's own options, the file in examples/, its arguments */
function run(t, words, { env = {}, cwd = folder } = {}) {
  const child = spawn(process.execPath, words, {
    cwd,
    env: { ...process.env, PORT: '0', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const program = new Program(child);
  // A test that takes longer than this has to end by itself, or the whole file is killed and nothing torn down.
  t.timeout(LIMIT * 2);
  t.teardown(() => program.killAll());
  return program;
}

/** -> { status, body } of GET on a loopback port. */
function get(port, url = '/', options = {}) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path: url, agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => { body += text; });
      response.on('end', () => resolve({ status: response.statusCode, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.setTimeout(LIMIT, () => request.destroy(new Error(`no answer from port ${port}`)));
  });
}

/** All that a loopback port says to `text`. */
function talk(port, text, options = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port, ...options });
    let heard = '';
    if (text) socket.write(text);
    socket.setEncoding('utf8').on('data', (part) => { heard += part; });
    socket.once('close', (failed) => { if (!failed) resolve(heard); });
    socket.once('error', reject);
    socket.setTimeout(LIMIT, () => socket.destroy(new Error(`no answer from port ${port}`)));
  });
}

const isRefused = (port) => talk(port).then(() => false, (error) => error.code === 'ECONNREFUSED');

function temporaryFolder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'rs-child-process-examples-'));
  t.teardown(() => fs.rmSync(made, { recursive: true, force: true }));
  return fs.realpathSync(made);
}

module.exports = { folder, run, get, talk, isRefused, temporaryFolder };
