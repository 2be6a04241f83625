import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { identityOf } from '@penstock/modes/process-identity';
import { startLocalKafka } from './kafka/local-kafka.ts';

test('a broker whose owner was killed is ended by the next start on its folder', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-leftover-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const script = `
    import { startLocalKafka } from ${JSON.stringify(import.meta.resolve('./kafka/local-kafka.ts'))};
    const kafka = await startLocalKafka({ dir: ${JSON.stringify(dir)} });
    process.stdout.write(String(kafka.pid));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--no-node-snapshot', '--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => owner.kill('SIGKILL'));
  const [said] = (await once(owner.stdout, 'data')) as [Buffer];
  const leftover = Number(said.toString('utf8'));
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  assert.ok(identityOf(leftover) !== undefined, 'the broker outlives an owner that is killed outright');

  const lines: string[] = [];
  const kafka = await startLocalKafka({ dir, onProgress: (line) => lines.push(line) });
  t.after(() => kafka.kill9());
  assert.equal(identityOf(leftover), undefined);
  assert.ok(lines.includes(`stopping the Kafka that an earlier run left behind (process ${leftover})`));
});
