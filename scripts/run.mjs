// Plain JavaScript on purpose: this is the one file that runs on whatever Node started npm (20 or newer).
// It installs the packages where they are missing and hands over to the Node 24 that comes as an npm package.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const stamp = join(root, 'node_modules', '.penstock-installed');
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');

if (!existsSync(node) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  const status = await install();
  if (status !== 0) {
    process.stderr.write(
      'npm ci failed: see the lines above. Is the package registry reachable and is there room on the disk?\n',
    );
    process.exit(status);
  }
  writeFileSync(stamp, lock);
}

/** npm says nothing while it works, so this says every ten seconds that it does. */
function install() {
  process.stderr.write('Installing packages (npm ci); the first time takes about a minute ...\n');
  const startedAt = Date.now();
  const reminder = setInterval(
    () => process.stderr.write(`  still installing, ${Math.round((Date.now() - startedAt) / 1000)} s ...\n`),
    10_000,
  );
  return new Promise((resolve) => {
    const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', process.stderr, process.stderr],
    });
    const done = (status) => {
      clearInterval(reminder);
      resolve(status);
    };
    npm.on('error', (error) => {
      process.stderr.write(`npm could not be started: ${error.message}\n`);
      done(1);
    });
    npm.on('exit', (code) => done(code ?? 1));
  });
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
// Where npm was killed outright nobody passes anything on: its end is seen by who the parent is.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000).unref();
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
