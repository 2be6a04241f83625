import assert from 'node:assert/strict';
import { compilePlan, defineProcessor, type MissedSlots, type Plan, StreamRecord } from '@penstock/engine';
import { createRegistry, operators } from '@penstock/operators';
import { consumer, documentOf, producer } from '@penstock/testkit';
import Type from 'typebox';

/** The assets for which the generator makes something. */
export const GENERATED_ASSETS: readonly string[] = Array.from({ length: 12 }, (_, index) => `asset-${index}`);

export interface GeneratorOptions {
  readonly pipelineId: string;
  readonly input: string;
  readonly output: string;
  readonly sourcePartitions: number;
  readonly everyMs: number;
  readonly missed: MissedSlots;
  /** Goes into each record as its value; Unix ms. */
  now(): number;
}

/** The plan of a generator that makes one record for each asset in every slot, dated by the slot and numbered. */
export const generatorPlan = (options: GeneratorOptions): Plan => {
  const { pipelineId, input, output, sourcePartitions, everyMs, missed, now } = options;
  const generator = defineProcessor<ReturnType<typeof Type.Object>, unknown>({
    id: 'generator',
    stageName: 'generator',
    library: 'penstock-operators-lib',
    version: 1,
    label: 'Generator Under Test',
    instancePrefix: 'GeneratorUnderTest',
    libraries: [],
    category: 'generate',
    keywords: [],
    summary: 'generator',
    description: 'generator',
    config: Type.Object({}),
    changes: () => [],
    schedules: [{ name: 'beat', per: 'key', everyMs: () => everyMs, missed: () => missed }],
    create: () => ({
      process: (record, out) => out.drop(record, 'input'),
      scheduled: ({ at, owns, numberOf }, out) => {
        for (const assetId of GENERATED_ASSETS)
          if (owns(assetId))
            out.emit(StreamRecord.from({ assetId, pointId: 'p', time: at, value: now(), number: numberOf(assetId) }));
      },
    }),
  });
  const { plan, issues } = compilePlan(
    documentOf([
      consumer(input, { partitionedBy: 'ASSET' }),
      { name: 'Generator_01', label: 'Generator Under Test', from: ['EDHKafkaConsumer_01'] },
      producer(output, 'Generator_01'),
    ]),
    {
      registry: createRegistry([...operators, generator]),
      facts: { pipelineId, orgId: 'o1', messageChannel: 0 },
      sourcePartitions,
    },
  );
  assert.ok(plan !== undefined, JSON.stringify(issues));
  return plan;
};
