import type { KafkaClient } from '@penstock/kafka';
import { isJsonObject, type JsonValue } from '@penstock/model';
import { readTopic } from '@penstock/testkit/kafka';
import { differenceOf, type Fingerprint, FingerprintBuilder } from '../workload/fingerprint.ts';
import type { Workload } from '../workload/workload.ts';

/** Compares an output topic with the reference: count, content, and order per key. Undefined: no difference. */
export const outputProblem = async (
  client: KafkaClient,
  topic: string,
  workload: Workload,
  expected: Fingerprint,
): Promise<string | undefined> => {
  const actual = new FingerprintBuilder();
  let problem: string | undefined;
  await readTopic(client, topic, (batch) => {
    for (let index = 0; index < batch.count; index++) {
      const text = batch.bytes.toString('utf8', batch.valueStart[index], batch.valueEnd[index]);
      try {
        const record = JSON.parse(text) as JsonValue;
        if (!isJsonObject(record)) throw new Error(`not an object: ${text}`);
        const [key, content] = workload.contentOf(record);
        const messageKey = batch.bytes.toString('utf8', batch.keyStart[index], batch.keyEnd[index]);
        if (messageKey !== key) throw new Error(`message key "${messageKey}" where "${key}" was expected`);
        actual.add(key, content);
      } catch (error) {
        problem ??= `a record at offset ${batch.offsets[index]} of ${topic} is not as expected: ${String(error)}`;
      }
    }
  });
  return problem ?? differenceOf(actual, expected);
};
