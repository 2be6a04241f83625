import type { Plan, StateManifest } from '@penstock/engine';
import type { KafkaClient, TopicAdmin } from '@penstock/kafka';
import type { PositionFate, ReleaseForecast } from '@penstock/model';
import type { PreparedInput } from '../prepare/prepare-topics.ts';
import { positionPort, settleInput } from '../prepare/settle-input.ts';
import type { ForecastSpec } from './forecast-spec.ts';
import type { Refusals } from './refusals.ts';

export interface PositionFacts {
  readonly spec: ForecastSpec;
  readonly kept: StateManifest | undefined;
  readonly inputs: readonly PreparedInput[];
  readonly plan: Plan;
  readonly client: KafkaClient;
  readonly admin: TopicAdmin;
}

/** What is told while positions are settled, as what becomes of them. */
const FATES: ReadonlyMap<string, PositionFate> = new Map([
  ['TOPIC_REPLACED', 'replaced'],
  ['POSITION_RESTORED', 'restored'],
  ['SOURCE_PARTITIONS_ADDED', 'added'],
]);

/** Where the tasks of each topic would begin, and which topics would be read no more. */
export const forecastPositions = async (
  { spec, kept, inputs, plan, client, admin }: PositionFacts,
  refusals: Refusals,
): Promise<ReleaseForecast['positions'][number][]> => {
  const kafka = positionPort(client, admin, spec.pipelineId);
  const fates: ReleaseForecast['positions'][number][] = [];
  for (const { topic, ...input } of inputs) {
    // Of a topic that would be made nothing is known: it is read from its first record.
    if (topic === null || input.topicId === '') continue;
    const told: PositionFate[] = [];
    const tell = ({ code }: { readonly code: string }): void => {
      const fate = FATES.get(code);
      if (fate !== undefined) told.push(fate);
    };
    const settled = await refusals.of(() =>
      settleInput({ ...input, topic }, { spec, plan, kept, made: [], kafka, admin, tell }),
    );
    const [first] = told;
    const untold = settled !== undefined && settled.length > 0 ? 'first-start' : 'kept';
    fates.push({ topic, fate: settled === undefined ? 'refused' : (first ?? untold) });
  }
  const read = new Set(inputs.map(({ topic }) => topic));
  const cuts = new Set(kept?.cuts.map(({ topic }) => topic));
  for (const { topic } of kept?.inputs ?? [])
    if (!read.has(topic) && !cuts.has(topic)) fates.push({ topic, fate: 'left' });
  return fates;
};
