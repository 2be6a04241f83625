import type { Issue } from '@penstock/model';
import { type DataReference, nameOfReference, type OperatorDefinition } from '../operator/index.ts';
import { defaultStageSettings, type StageSettings } from '../stage-settings.ts';
import { onCircles } from './on-circles.ts';

/** A stage as far as it matters where its records end up. */
export interface LoopStage {
  readonly instanceName: string;
  readonly pointer: string;
  readonly definition: OperatorDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  readonly settings: StageSettings;
  /** The topic a source reads or a target writes. */
  readonly topic: string | undefined;
}

/** Records that flow at a place: as which points they were taken in, and as which they go on. */
interface Stream {
  /** The topic they come from; undefined: from none. */
  readonly from: string | undefined;
  readonly points: Points;
}

type Points =
  /** Whatever the source gives, as it came. */
  | 'everything'
  /** By the point that goes on: the points it is made of. */
  | ReadonlyMap<string, ReadonlySet<string>>;

/** What targets write, as far as it is certain where it comes from. */
export const followTopics = (
  stages: readonly LoopStage[],
  order: readonly number[],
  consumers: readonly (readonly number[])[],
): Written[] => {
  const arriving = new Map<number, Stream[]>();
  const written: Written[] = [];
  for (const index of order) {
    const stage = stages[index];
    if (stage === undefined) continue;
    const { definition, topic } = stage;
    if (definition.kind === 'target') {
      if (topic !== undefined) written.push({ stage, topic, streams: arriving.get(index) ?? [] });
      continue;
    }
    const streams: readonly Stream[] =
      definition.kind === 'source' ? [{ from: topic, points: 'everything' }] : (arriving.get(index) ?? []);
    const leaving = united(
      streams.flatMap(({ from, points }) => passed(stage, points).map((out) => ({ from, points: out }))),
    );
    for (const consumer of consumers[index] ?? [])
      arriving.set(consumer, united([...(arriving.get(consumer) ?? []), ...leaving]));
  }
  return written;
};

/**
 * Warnings where a pipeline writes into a topic it reads records that it would read and write again, for ever, be it by
 * way of another topic. EnOS pipelines do write where they read; what keeps them from going round is that they select
 * points and put out others. Where a stage may select or rename in a way that is not declared (scripts, preconditions),
 * nothing is said.
 */
export const findTopicLoops = (stages: readonly LoopStage[], all: readonly Written[]): Issue[] => {
  const read = new Set(stages.flatMap(({ definition, topic }) => (definition.kind === 'source' ? (topic ?? []) : [])));
  const written = all.filter(({ topic }) => read.has(topic));
  const circling = pointsInCircles(written);
  return written.flatMap(({ stage, topic, streams }) =>
    streams.some((stream) => pointsOf(stream, written).some((point) => circling.has(placed(topic, point))))
      ? [loopIssue(stage, topic)]
      : [],
  );
};

/** What a target writes to a topic. */
export interface Written {
  readonly stage: LoopStage;
  readonly topic: string;
  readonly streams: readonly Stream[];
}

/** What passes a stage; nothing where it cannot be known. */
const passed = ({ definition, config, settings }: LoopStage, stream: Points): Points[] => {
  if (hasGate(settings)) return [];
  if (definition.kind !== 'processor') return [stream];
  const selected = definition.selects?.(config);
  if (selected !== undefined) return [through(stream, selected, selected)];
  const lineage = definition.lineage?.(config);
  if (lineage !== undefined && lineage.inputs.length > 0) return [through(stream, lineage.inputs, lineage.outputs)];
  const changes = definition.changes(config);
  const renames = changes === 'any' || ['pointId', 'modelId', 'measurementId'].some((name) => changes.includes(name));
  return renames ? [] : [stream];
};

const hasGate = ({ requiredFields, preconditions, qualityFilter }: StageSettings): boolean =>
  requiredFields.length > 0 || preconditions.length > 0 || qualityFilter !== defaultStageSettings.qualityFilter;

/** Lists of the same length belong together entry by entry; otherwise every output is made of every input. */
const through = (
  stream: Points,
  inputs: readonly DataReference[],
  outputs: readonly DataReference[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const result = new Map<string, Set<string>>();
  const add = (input: DataReference, output: DataReference): void => {
    const taken = stream === 'everything' ? [nameOfReference(input)] : (stream.get(nameOfReference(input)) ?? []);
    const known = result.get(nameOfReference(output)) ?? new Set<string>();
    for (const name of taken) known.add(name);
    if (known.size > 0) result.set(nameOfReference(output), known);
  };
  outputs.forEach((output, index) => {
    const own = inputs.length === outputs.length ? inputs.slice(index, index + 1) : inputs;
    for (const input of own) add(input, output);
  });
  return result;
};

/** Of each topic one stream of all points, and one of everything, as far as there are any. */
const united = (streams: readonly Stream[]): Stream[] =>
  [...new Set(streams.map(({ from }) => from))].flatMap((from) => {
    const own = streams.filter((stream) => stream.from === from).map(({ points }) => points);
    const points = own.filter((one) => one !== 'everything');
    const rest: Stream[] = own.length > points.length ? [{ from, points: 'everything' }] : [];
    if (points.length === 0) return rest;
    const union = new Map<string, Set<string>>();
    for (const one of points)
      for (const [point, taken] of one) union.set(point, new Set([...(union.get(point) ?? []), ...taken]));
    return [...rest, { from, points: union }];
  });

/** Any point that no stage speaks of. */
const ANY_OTHER = '*';

/** The points a stream may hold, among those that matter. */
const pointsOf = ({ points }: Stream, written: readonly Written[]): string[] => {
  if (points !== 'everything') return [...points.keys()];
  const named = written
    .flatMap(({ streams }) => streams)
    .flatMap((stream) => (stream.points === 'everything' ? [] : [...stream.points]))
    .flatMap(([point, taken]) => [point, ...taken]);
  return [ANY_OTHER, ...new Set(named)];
};

/** A point as it stands in a topic. */
const placed = (topic: string | undefined, point: string): string => JSON.stringify([topic ?? null, point]);

/** Points that, written, are read and lead to themselves again, each in its topic. */
const pointsInCircles = (all: readonly Written[]): ReadonlySet<string> => {
  const madeOf = new Map<string, Set<string>>();
  for (const { topic, streams } of all)
    for (const stream of streams)
      for (const point of pointsOf(stream, all)) {
        const name = placed(topic, point);
        const taken = stream.points === 'everything' ? [point] : [...(stream.points.get(point) ?? [])];
        const known = madeOf.get(name) ?? new Set<string>();
        madeOf.set(name, known);
        for (const one of taken) known.add(placed(stream.from, one));
      }
  // What is made of nothing that is written ends.
  return onCircles(madeOf);
};

const loopIssue = ({ instanceName, pointer, definition }: LoopStage, topic: string): Issue => ({
  code: 'GRAPH_TOPIC_LOOP',
  severity: 'warning',
  path: pointer,
  stage: instanceName,
  message: `"${instanceName}" (${definition.label}) writes records to "${topic}", which the pipeline reads: they come in again and go round for ever. Select the points it shall read and put out others, or write to another topic.`,
});
