import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runChaos } from './run-chaos.ts';

test('a stateful pipeline loses, repeats and confuses nothing while its worker, service and broker are killed', {
  timeout: 600_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-chaos-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const result = await runChaos({
    folder,
    mode: 'standalone',
    pipeline: 'stateful',
    // This seed kills a worker, a broker and a service.
    seed: 47,
    kills: 4,
    recordsPerSecond: 300,
    onProgress: (line) => t.diagnostic(line),
  });
  assert.deepEqual(
    Object.values(result.killed).map((count) => count > 0),
    [true, true, true],
    'one of each is killed',
  );
  assert.ok(result.output > result.input, 'every record has outputs of its own');
  const { expected, output, lost, duplicated, wrong, outOfOrder, examples } = result;
  assert.deepEqual(
    { output, lost, duplicated, wrong, outOfOrder, examples },
    { output: expected, lost: 0, duplicated: 0, wrong: 0, outOfOrder: 0, examples: [] },
  );
});
