import type { SourceBatch } from '@penstock/engine';
import { deadLetterTopicOf, type JsonObject } from '@penstock/model';
import { readTopic } from '@penstock/testkit/kafka';
import { CHAOS_ORG } from '../chaos-input.ts';
import type { ChaosWorld } from '../chaos-world.ts';
import { addVerdicts, Comparison, emptyVerdict, isFlawless, type Verdict } from './compare.ts';

/**
 * Compares every output record with the oracle, which is fed with the generated input alone. The input topics are
 * compared too: a record that the test itself lost or wrote twice would say nothing about the pipeline. `written`: by
 * source.
 */
export const verifyChaos = async (world: ChaosWorld, seed: number, written: readonly number[]): Promise<Verdict> => {
  const { client, scenario } = world;
  const oracle = scenario.oracle(seed);
  const deadLetters = new Comparison('dead letters');
  for (const [source, { topic, input }] of scenario.sources.entries()) {
    const comparison = new Comparison(`input ${topic}`);
    const next = input(seed);
    for (let count = 0; count < (written[source] ?? 0); count++) {
      const record = next();
      const { seq, key, text, assetId } = record;
      comparison.expect({ key: assetId, id: String(seq), content: text });
      if (oracle.add(source, record)) deadLetters.expect({ key, id: text, content: text });
    }
    await readTopic(client, topic, (batch) =>
      forEachRecord(batch, (key, text, where) => {
        const seq = /"seq":(\d+)}$/.exec(text)?.[1] ?? /^(\d+) /.exec(text)?.[1] ?? text;
        comparison.see({ key: key.slice(0, 'pump0000'.length), id: seq, content: text }, where);
      }),
    );
    const verdict = comparison.judge();
    if (!isFlawless(verdict))
      throw new Error(`the input topic ${topic} is not what was generated: ${JSON.stringify(verdict)}`);
  }
  const verdicts: Verdict[] = [];
  for (const topic of scenario.outputs) {
    const check = oracle.checks.get(topic);
    if (check === undefined) throw new Error(`nobody looks at ${topic}`);
    await readTopic(client, topic, (batch, partition) =>
      forEachRecord(batch, (key, text, where) =>
        check.see({ key, partition, record: JSON.parse(text) as JsonObject }, where),
      ),
    );
    verdicts.push(check.judge());
  }
  await readTopic(client, deadLetterTopicOf(CHAOS_ORG), (batch) =>
    forEachRecord(batch, (key, text, where) => deadLetters.see({ key, id: text, content: text }, where)),
  );
  const deadLetterVerdict = deadLetters.judge();
  // Dead letters of all partitions meet in one topic: order is only promised for outputs.
  verdicts.push({ ...emptyVerdict(), ...deadLetterVerdict, outOfOrder: 0 });
  return addVerdicts(verdicts);
};

const forEachRecord = (batch: SourceBatch, visit: (key: string, text: string, where: string) => void): void => {
  for (let index = 0; index < batch.count; index++) {
    visit(
      batch.bytes.toString('utf8', batch.keyStart[index], batch.keyEnd[index]),
      batch.bytes.toString('utf8', batch.valueStart[index], batch.valueEnd[index]),
      `${batch.topic}/${batch.partition}@${batch.offsets[index]}`,
    );
  }
};
