#!/usr/bin/env node
// Plain JavaScript: runs on whatever Node the caller has and hands over to the Node 24 that comes as an npm package.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** A source tree has programs in TypeScript, an installed package in JavaScript. */
const ending = existsSync(join(packages, 'cli', 'src', 'main.js')) ? 'js' : 'ts';
const program = (name, ...folders) => join(packages, name, 'src', ...folders, `main.${ending}`);
/** Commands that are the service, or work on its data folder, rather than speak to it. */
const PROGRAMS = {
  serve: program('server'),
  backup: program('server', 'operations'),
  restore: program('server', 'operations'),
  migrate: program('server', 'operations'),
  'forget-secrets': program('server', 'operations'),
};
const [command = ''] = process.argv.slice(2);
const main = Object.hasOwn(PROGRAMS, command) ? PROGRAMS[command] : program('cli');

/** The `node` package keeps its program in bin/; without it the Node that runs this has to do. */
const findNode = () => {
  try {
    const installed = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const binary = join(installed, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : process.execPath;
  } catch {
    return process.execPath;
  }
};

const node = findNode();
if (node === process.execPath && Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `penstock needs Node 24, and this is ${process.version}. The package "node", which brings it, is not complete: ` +
      'its install script has not run (npm\'s setting "ignore-scripts"?). Let it run, or start penstock with Node 24.\n',
  );
  process.exit(1);
}
const args = ['--no-node-snapshot', '--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)];

if (command === 'serve' && process.platform !== 'win32' && typeof process.execve === 'function') {
  // The service takes this process's place: one process less in memory, and signals reach it directly.
  process.execve(node, [node, ...args], process.env);
}
const child = spawn(node, args, { stdio: 'inherit' });
// A terminal sends Ctrl-C to both; the child decides when it is done.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
