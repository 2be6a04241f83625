import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { ensureManifestTopic } from '@penstock/kafka';
import { consumerGroupOf, deadLetterTopicOf, stateTopicOf } from '@penstock/model';
import { TopicAccess } from '@penstock/testkit/kafka';
import { GENERATED_ASSETS } from '../testing/generator.ts';

let kafka: LocalKafka;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-schedules-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const MAIN = fileURLToPath(new URL('../testing/generator-main.ts', import.meta.url));
const PARTITIONS = 3;
const [input, output] = ['generated-in', 'generated-out'];

test('every slot comes once for every asset, although processes are killed and taken over while they work', async (t) => {
  const access = await TopicAccess.connect(t, kafka.bootstrapServers);
  const { admin } = access;
  await admin.ensureTopic(input, { partitions: PARTITIONS });
  await admin.ensureTopic(output, { partitions: 2 });
  await admin.ensureTopic(deadLetterTopicOf('o1'), { partitions: 1 });
  await admin.ensureTopic(stateTopicOf('generated'), {
    partitions: PARTITIONS,
    config: { 'cleanup.policy': 'compact' },
  });
  await ensureManifestTopic(admin, 'generated');
  await admin.commitOffsets(consumerGroupOf('generated'), input, new Map([0, 1, 2].map((at) => [at, 0])));

  const start = (): ChildProcess => {
    const args = ['--no-node-snapshot', MAIN, kafka.bootstrapServers, 'generated', String(PARTITIONS)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const slots = (count: number): Promise<true> => access.arrived(output, count * GENERATED_ASSETS.length);

  const first = start();
  await slots(2);
  await kill(first);
  const second = start();
  await slots(5);
  // The third takes all tasks from the second, which is alive and is fenced.
  const fenced = once(second, 'exit');
  const third = start();
  await fenced;
  await slots(8);
  await kill(third);

  const beats = new Map<string, number[]>();
  for (const { value } of await access.read(output)) {
    const { assetId, time } = JSON.parse(value ?? '') as { assetId: string; time: number };
    beats.set(assetId, [...(beats.get(assetId) ?? []), time]);
  }
  assert.deepEqual([...beats.keys()].sort(), [...GENERATED_ASSETS].sort());
  for (const [assetId, times] of beats) {
    const [begin = 0] = times;
    assert.deepEqual(
      times,
      times.map((_, slot) => begin + slot * 1000),
      `${assetId}: each slot once, in order, none left out`,
    );
  }
});
