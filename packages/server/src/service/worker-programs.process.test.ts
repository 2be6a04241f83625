import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { workerPrograms } from './worker-programs.ts';

test('where no bundle can be written, the programs are the sources, and the log says why', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-programs-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const folder = join(dir, 'file');
  writeFileSync(folder, '');
  const warnings: object[] = [];
  const logger = { info: () => undefined, warn: (facts: object) => void warnings.push(facts) };
  const { main, preview } = await workerPrograms(folder, logger);
  for (const program of [main, preview]) assert.ok(existsSync(program) && program.endsWith('.ts'), program);
  assert.equal(warnings.length, 1);
  assert.match(String((warnings[0] as { err: unknown }).err), /ENOTDIR|EEXIST/);
});
