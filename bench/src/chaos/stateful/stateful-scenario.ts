import { internalTopicOf } from '@penstock/model';
import { CHAOS_ORG, createChaosInput } from '../chaos-input.ts';
import type { ChaosScenario } from '../scenario.ts';
import { ComparedOutput } from '../verdict/compared-output.ts';
import { recordNames } from './record-names.ts';
import { CHAOS_TOPICS, type ChaosOutput, chaosDocument } from './stateful-pipeline.ts';
import { ChaosReference } from './stateful-reference.ts';

const OUTPUTS = Object.keys(CHAOS_TOPICS) as readonly ChaosOutput[];

/** State of every kind, behind one source. */
export const statefulScenario: ChaosScenario = {
  sources: [{ topic: internalTopicOf(CHAOS_ORG, 0), input: createChaosInput }],
  outputs: Object.values(CHAOS_TOPICS),
  env: {},
  document: chaosDocument,
  prepare: async () => undefined,
  settled: async () => undefined,
  oracle: () => {
    const seen = recordNames();
    const outputs = new Map(OUTPUTS.map((output) => [output, new ComparedOutput(output, (one) => seen(output, one))]));
    const toExpect = recordNames();
    const reference = new ChaosReference((output, record) => outputs.get(output)?.expect(toExpect(output, record)));
    return {
      add: (_source, { text }) => {
        const malformedBefore = reference.malformed;
        reference.add(text);
        return reference.malformed > malformedBefore;
      },
      checks: new Map([...outputs].map(([output, check]) => [CHAOS_TOPICS[output], check])),
    };
  },
  close: async () => undefined,
};
