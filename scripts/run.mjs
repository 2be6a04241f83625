// Plain JavaScript on purpose: this is the one file that runs on whatever Node started npm (20 or newer).
// It installs the packages where they are missing and hands over to the Node 24 that comes as an npm package.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const stamp = join(root, 'node_modules', '.penstock-installed');
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');

if (!existsSync(node) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  process.stderr.write('Installing packages (npm ci); the first time takes about a minute ...\n');
  const installed = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  });
  if (installed.status !== 0) {
    process.stderr.write(
      'npm ci failed: see the lines above. Is the package registry reachable and is there room on the disk?\n',
    );
    process.exit(installed.status ?? 1);
  }
  if (statSync(join(root, 'node_modules')).isDirectory()) writeFileSync(stamp, lock);
}

const child = spawn(
  node,
  ['--no-node-snapshot', '--disable-warning=ExperimentalWarning', join(root, script), ...args],
  {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
  },
);
// A terminal sends Ctrl-C to the whole group, so the child has it already; from elsewhere it has to be passed on.
process.on('SIGINT', () => process.stdin.isTTY !== true && child.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
