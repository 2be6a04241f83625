// npm run check: everything that is found out by reading, two at a time, each shown as a whole when it is over.
// --generated: whether the generated files are fresh, too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = (name: string): string => join(root, 'node_modules', '.bin', name);
const npm = (script: string): readonly string[] => ['npm', 'run', '--silent', script];

/** The longest first. */
const CHECKS: readonly (readonly [title: string, ...command: string[]])[] = [
  ['types', program('tsc'), '--noEmit'],
  ['format and lint', process.execPath, join(root, 'scripts', 'lint.ts')],
  ['types of the console', program('tsc'), '--noEmit', '-p', 'packages/console'],
  ['import directions', ...npm('check:imports')],
  ...(process.argv.includes('--generated') ? [['generated files', ...npm('gen:check')] as const] : []),
  ['sizes of folders', ...npm('check:folders')],
];

let isSuccess = true;
const run = async ([title, command, ...args]: readonly string[]): Promise<void> => {
  const begun = performance.now();
  const child = spawn(command ?? '', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) isSuccess = false;
  const seconds = Math.round((performance.now() - begun) / 1000);
  process.stdout.write(`${out}${err}${status === 0 ? '✔' : '✖'} ${title} (${seconds} s)\n`);
};

const waiting = [...CHECKS];
const work = async (): Promise<void> => {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) await run(check);
};
await Promise.all([work(), work()]);
process.exit(isSuccess ? 0 : 1);
