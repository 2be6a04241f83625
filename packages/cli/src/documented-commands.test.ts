import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createProgram } from './program.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('every command that the documentation names is one there is', () => {
  const output = { isTTY: false, columns: 80, write: () => undefined };
  const program = createProgram({ output, environment: {}, cwd: '/', signal: new AbortController().signal });
  // Those that are the service itself, or work on its data folder.
  const local = new Set(
    [...read('packages/cli/bin/penstock.mjs').matchAll(/^ {2}'?([a-z-]+)'?: /gm)].map(([, name]) => name),
  );
  assert.ok(local.has('serve') && local.has('forget-secrets'));
  const named = globSync(['docs/*.md', 'docs/runbooks/*.md'], { cwd: ROOT }).flatMap((file) =>
    [...read(file).matchAll(/(?:`|^)penstock ([a-z-]+)(?: ([a-z-]+))?/gm)].map(([, command = '', inner]) => ({
      file,
      command,
      inner,
    })),
  );
  assert.ok(named.length > 30, `${named.length} commands`);
  for (const { file, command, inner } of named) {
    if (local.has(command)) continue;
    const found = program.commands.find((one) => one.name() === command);
    assert.ok(found, `${file}: there is no "penstock ${command}"`);
    const isKnown =
      found.commands.length === 0 || inner === undefined || found.commands.some((one) => one.name() === inner);
    assert.ok(isKnown, `${file}: there is no "penstock ${command} ${inner}"`);
  }
});
