'use strict';
// execFile() and exec(). They spawn a child, gather its stdout and stderr, and call the callback exactly once. The
// callback gets the gathered output even when a timeout or maxBuffer ended the child early. This file also makes the
// functions that util.promisify() returns for both.

const { getSystemErrorName, promisify } = require('node:util');

const check = require('../arguments/validate');
const replaceable = require('../node/replaceable-exports');
const versions = require('../node/versions');
const { Gatherer, kGather } = require('../process/output-gatherer');
const { MAX_BUFFER, fileArguments, shellArguments } = require('../arguments/normalize');
const { commandError } = require('../node/errors');
const {
  Promise, arrayJoin, bufferIsEncoding, clearTimeout, flatList, functionApply, objectDefineProperty, setTimeout,
} = require('../node/primordials');
const { end } = require('../process/child-process');
const { spawnWith } = require('./spawn');

// Called on a timeout, an error, or too much output.
function destroyOutputs(child) {
  if (child.stdout) child.stdout.destroy();
  if (child.stderr) child.stderr.destroy();
}

class Execution {
  constructor(file, args, options, callback) {
    this.file = file;
    this.args = args;
    this.callback = callback;
    this.killSignal = options.killSignal;
    this.encoding = options.encoding !== 'buffer' && bufferIsEncoding(options.encoding) ? options.encoding : null;
    this.killed = false;
    this.finished = false;
    this.error = null;
    this.timer = null;
    this.child = null;

    const tooMuch = (error) => {
      this.error = error;
      this.kill();
    };
    this.stdout = new Gatherer('stdout', this.encoding, options.maxBuffer, tooMuch);
    this.stderr = new Gatherer('stderr', this.encoding, options.maxBuffer, tooMuch);
  }

  watch(child, timeout) {
    this.child = child;
    if (timeout > 0) {
      this.timer = setTimeout(() => {
        this.timer = null;
        this.kill();
      }, timeout);
    }
    if (child.stdout) this.stdout.attach(child.stdout);
    if (child.stderr) this.stderr.attach(child.stderr);
    child.addListener('close', (code, signal) => this.finish(code, signal));
    child.addListener('error', (error) => {
      this.error = error;
      destroyOutputs(child);
      this.finish();
    });
  }

  kill() {
    destroyOutputs(this.child);
    this.killed = true;
    try {
      end(this.child, this.killSignal);
    } catch (error) {
      this.error = error;
      this.finish();
    }
  }

  finish(code, signal) {
    if (this.finished) return;
    this.finished = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { callback, child, encoding } = this;
    if (!callback) return;

    const stdout = this.stdout.result(!!(encoding || child.stdout?.readableEncoding));
    const stderr = this.stderr.result(!!(encoding || child.stderr?.readableEncoding));
    if (!this.error && code === 0 && signal === null) {
      callback(null, stdout, stderr);
      return;
    }

    const command = this.args.length > 0 ? `${this.file} ${arrayJoin(this.args, ' ')}` : this.file;
    this.error ||= commandError(`Command failed: ${command}\n${stderr}`, {
      code: code < 0 ? getSystemErrorName(code) : code,
      killed: child.killed || this.killed,
      signal,
    });
    this.error.cmd = command;
    callback(this.error, stdout, stderr);
  }
}

// The options that only this package has. They are passed on only when the caller set one of them: code that inspects the
// options of a start then sees the same keys as with Node.
function kills({ killTree, killOnParentExit }) {
  if (killTree === undefined && killOnParentExit === undefined) return undefined;
  return { killTree, killOnParentExit };
}

function execFile(file, args, options, callback) {
  ({ file, args, options, callback } = fileArguments(file, args, options, callback));

  options = {
    __proto__: null,
    encoding: 'utf8',
    timeout: 0,
    maxBuffer: MAX_BUFFER,
    killSignal: 'SIGTERM',
    cwd: null,
    env: null,
    shell: false,
    ...options,
  };
  check.timeout(options.timeout);
  check.maxBuffer(options.maxBuffer);
  options.killSignal = check.killSignal(options.killSignal);

  const execution = new Execution(file, args, options, callback);
  const child = spawnWith(file, args, {
    cwd: options.cwd,
    env: options.env,
    gid: options.gid,
    shell: options.shell,
    signal: options.signal,
    uid: options.uid,
    windowsHide: !!options.windowsHide,
    windowsVerbatimArguments: !!options.windowsVerbatimArguments,
    ...kills(options),
  }, { key: kGather, streams: [null, execution.stdout, execution.stderr] });
  execution.watch(child, options.timeout);
  return child;
}

function exec(command, options, callback) {
  const shell = shellArguments(command, options, callback);
  // A replaced execFile() may drop options that Node does not know. With such options our own execFile() is called.
  const run = kills(shell.options) === undefined ? replaceable.current('execFile', execFile) : execFile;
  return run(shell.file, shell.options, shell.callback);
}

// util.promisify(exec): resolves to { stdout, stderr }, carries the child, and leaves both outputs on the error.
function promised(original) {
  const execute = function(...args) {
    const settle = {};
    const promise = new Promise((resolve, reject) => {
      settle.resolve = resolve;
      settle.reject = reject;
    });
    // When `original` throws, this function throws too: as in Node, the error does not become a rejection.
    promise.child = functionApply(original, undefined, flatList(args, [(error, stdout, stderr) => {
      if (error !== null) {
        error.stdout = stdout;
        error.stderr = stderr;
        settle.reject(error);
      } else {
        settle.resolve({ stdout, stderr });
      }
    }]));
    return promise;
  };
  const name = versions.namedPromisified ? original.name : '';
  return objectDefineProperty(execute, 'name', { __proto__: null, value: name, configurable: true });
}

objectDefineProperty(exec, promisify.custom, { __proto__: null, value: promised(exec) });
objectDefineProperty(execFile, promisify.custom, { __proto__: null, value: promised(execFile) });

module.exports = { exec, execFile };
