// Runs one command for the scripts of the project. With a label it prints every 15 s that the command still runs. All output goes to
// standard error: `npm pack --json` and similar commands must find nothing else on standard output.

import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether `node` was started with this module, and it is not only imported. */
export const isMain = (meta) => Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(meta.url);

export const say = (text) => process.stderr.write(`${text}\n`);

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: object, label?: string, onLine?: (line: string) => void }} [options]
 *   `onLine` receives each line of both outputs instead of the terminal.
 * @returns {Promise<number>} the exit code: 1 after a signal, 127 if the command could not be started
 */
export function run(command, args, { cwd = root, env = process.env, label, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', onLine ? 'pipe' : 2, onLine ? 'pipe' : 2] });
    const begun = Date.now();
    const heartbeat = label && setInterval(() => {
      say(`  … ${label}: ${Math.round((Date.now() - begun) / 1000)} s`);
    }, 15_000);
    const rests = [];
    for (const stream of onLine ? [child.stdout, child.stderr] : []) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        lines.forEach(onLine);
      });
      rests.push(() => rest && onLine(rest));
    }
    const finish = (code) => {
      clearInterval(heartbeat);
      rests.forEach((flush) => flush());
      resolve(code);
    };
    child.once('error', (error) => {
      say(`  ${command}: ${error.message}`);
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

/** Runs npm: the one that has started this script, else the one on the PATH. */
export function npm(args, options) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? run(process.execPath, [cli, ...args], options) : run('npm', args, options);
}
