import type { SourceBatch } from '@penstock/engine';
import { deadLetterTopicOf, type JsonObject } from '@penstock/model';
import { readTopic } from '@penstock/testkit/kafka';
import { CHAOS_ORG, createChaosInput } from '../chaos-input.ts';
import { CHAOS_TOPICS, type ChaosOutput } from '../chaos-pipeline.ts';
import { ChaosReference } from '../chaos-reference.ts';
import type { ChaosWorld } from '../chaos-world.ts';
import { addVerdicts, Comparison, emptyVerdict, type Verdict } from './compare.ts';
import { recordNames } from './record-names.ts';

const OUTPUTS = Object.keys(CHAOS_TOPICS) as readonly ChaosOutput[];

/**
 * Compares every output record with the reference, which is computed from the generated input alone. The input topic
 * is compared too: a record that the test itself lost or wrote twice would say nothing about the pipeline.
 */
export const verifyChaos = async (world: ChaosWorld, seed: number, written: number): Promise<Verdict> => {
  const comparisons = Object.fromEntries(OUTPUTS.map((output) => [output, new Comparison(output)])) as Record<
    ChaosOutput,
    Comparison
  >;
  const input = new Comparison('input');
  const deadLetters = new Comparison('dead letters');
  const toExpect = recordNames();
  const reference = new ChaosReference((output, record) => comparisons[output].expect(toExpect(output, record)));
  const next = createChaosInput(seed);
  for (let count = 0; count < written; count++) {
    const { seq, key, text, assetId } = next();
    const malformedBefore = reference.malformed;
    reference.add(text);
    input.expect({ key: assetId, id: String(seq), content: text });
    if (reference.malformed > malformedBefore) deadLetters.expect({ key, id: text, content: text });
  }
  const verdicts: Verdict[] = [];
  const { client } = world;
  await readTopic(client, world.input, (batch) =>
    forEachRecord(batch, (key, text, where) => {
      const seq = /"seq":(\d+)}$/.exec(text)?.[1] ?? /^(\d+) /.exec(text)?.[1] ?? text;
      input.see({ key: key.slice(0, 'pump0000'.length), id: seq, content: text }, where);
    }),
  );
  const inputVerdict = input.judge();
  if (inputVerdict.lost + inputVerdict.duplicated + inputVerdict.wrong + inputVerdict.outOfOrder > 0) {
    throw new Error(`the input topic is not what was generated: ${JSON.stringify(inputVerdict)}`);
  }
  const seen = recordNames();
  for (const output of OUTPUTS) {
    await readTopic(client, CHAOS_TOPICS[output], (batch) =>
      forEachRecord(batch, (key, text, where) => {
        const record = JSON.parse(text) as JsonObject;
        comparisons[output].see({ ...seen(output, record), key }, where);
      }),
    );
    verdicts.push(comparisons[output].judge());
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
