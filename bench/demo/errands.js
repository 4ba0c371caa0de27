// A script like thousands that exist: short commands, a pipe between two children, a failure, a synchronous call. It knows only
// Node's own module.

const { spawn, exec, execFile, execFileSync } = require('child_process');
const { promisify } = require('util');

async function main() {
  const { stdout } = await promisify(execFile)('uname', ['-sm']);
  console.log(`execFile      ${stdout.trim()}`);

  const listed = await promisify(exec)('ls /usr | sort | head -3 | tr "\\n" " "');
  console.log(`exec          ${listed.stdout.trim()}`);

  const seq = spawn('seq', ['1', '100000']);
  const wc = spawn('wc', ['-l'], { stdio: [seq.stdout, 'pipe', 'inherit'] });
  const [lines, code] = await Promise.all([
    new Promise((resolve) => wc.stdout.on('data', (data) => resolve(String(data).trim()))),
    new Promise((resolve) => wc.on('close', resolve)),
  ]);
  console.log(`spawn | spawn seq writes, wc counts ${lines} lines, exit code ${code}`);

  const cat = spawn('tr', ['a-z', 'A-Z']);
  cat.stdin.end('written to stdin, read from stdout');
  let text = '';
  for await (const chunk of cat.stdout) text += chunk;
  console.log(`spawn         ${text}`);

  const error = await new Promise((resolve) => spawn('no-such-program').on('error', resolve));
  console.log(`error event   ${error.message}`);

  console.log(`execFileSync  ${execFileSync('date', ['-u', '-d', '@0', '+%F'], { encoding: 'utf8' }).trim()}`);
}

main();
