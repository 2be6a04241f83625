#!/usr/bin/env node
// Plain JavaScript: runs on whatever Node the caller has and hands over to the Node 24 that comes as an npm package.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Commands that are the service, or work on its data folder, rather than speak to it. */
const PROGRAMS = {
  serve: join(packages, 'server', 'src', 'main.ts'),
  backup: join(packages, 'server', 'src', 'operations', 'main.ts'),
  restore: join(packages, 'server', 'src', 'operations', 'main.ts'),
  migrate: join(packages, 'server', 'src', 'operations', 'main.ts'),
};
const [command = ''] = process.argv.slice(2);
const main = Object.hasOwn(PROGRAMS, command) ? PROGRAMS[command] : join(packages, 'cli', 'src', 'main.ts');

/** The `node` package keeps its program in bin/; without it the Node that runs this has to do. */
const findNode = () => {
  try {
    const installed = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const program = join(installed, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(program) ? program : process.execPath;
  } catch {
    return process.execPath;
  }
};

const child = spawn(
  findNode(),
  ['--no-node-snapshot', '--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
// A terminal sends Ctrl-C to both; the child decides when it is done.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
