import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, type GivenStore, producer, type StageSketch } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS } from '../golden-pipeline.ts';

const ASSETS = Array.from({ length: 10 }, (_, index) => `site-${index}`);
const options = { commitIntervalMs: COMMIT_INTERVAL_MS };

const POINTS = ['site::beat', 'site::Größe'];

const byAsset = { outputs: ASSETS.flatMap((assetId) => POINTS.map((outputPoint) => ({ assetId, outputPoint }))) };

/** The same assets and no others, as the asset store has them. */
const assets: GivenStore = {
  assets: {
    ...Object.fromEntries(ASSETS.map((assetId) => [assetId, { modelIdPath: '/place/site', tags: { beats: 'yes' } }])),
    elsewhere: { modelIdPath: '/place/yard', tags: { beats: 'yes' } },
  },
};
const byTag = {
  generateType: 'BY_ASSET_TAGS',
  tagOutputs: POINTS.map((outputPoint) => ({ tagKey: 'beats', tagValue: 'yes', outputPoint })),
};

const made = {
  valueGenerator: 'RANDOM_IN_RANGE',
  minMaxRange: '-1.5,7',
  decimalScale: 3,
};

interface Around {
  readonly source?: readonly StageSketch[];
  /** Whether stages work on batches, in the part of the generator and behind the cut. */
  readonly isSorted?: boolean;
  /** What the stage with state gets records from besides. */
  readonly alsoFrom?: readonly string[];
}

const sorter = (name: string, from: string): StageSketch => ({
  name,
  label: 'Record Sorter By Time',
  from: [from],
  config: {},
});

/** Behind the generator a stage with state, which the plan has to bring together by the asset. */
const generated = (
  generator: StageSketch,
  output: string,
  { source = [], isSorted = false, alsoFrom = [] }: Around,
): JsonObject =>
  documentOf(
    [
      ...source,
      generator,
      ...(isSorted ? [sorter('RecordSorterByTime_01', generator.name)] : []),
      {
        name: 'LatePointTagger_01',
        label: 'Late Point Tagger',
        from: [isSorted ? 'RecordSorterByTime_01' : generator.name, ...alsoFrom],
        config: {
          inputOutput: ['beat', 'Größe'].map((point) => ({
            inputPoint: `site::${point}`,
            outputPoint: `site::${point}_tagged`,
          })),
        },
      },
      ...(isSorted ? [sorter('RecordSorterByTime_02', 'LatePointTagger_01')] : []),
      producer(output, isSorted ? 'RecordSorterByTime_02' : 'LatePointTagger_01'),
    ],
    options,
  );

/** A pipeline in which the clock makes records: what it makes for a slot is the same bytes in every run. */
export interface ClockPipeline {
  readonly name: string;
  readonly hasInput: boolean;
  readonly everyMs: number;
  /** As that of a golden pipeline. */
  readonly onCluster?: string;
  /** Points of all assets, each with a record in every slot. */
  readonly points: number;
  /** What its organisation has in the asset store, where the clock makes records of what is there. */
  readonly assets?: GivenStore;
  document(input: string, output: string): JsonObject;
}

const missedTriggers = 'EACH';

export const clockPipelines: readonly ClockPipeline[] = [
  {
    name: 'by-the-clock-alone',
    onCluster: 'the driver has no topic to cut, and its workers ask the service which assets there are',
    hasInput: false,
    assets,
    everyMs: 1000,
    points: byAsset.outputs.length,
    document: (_input, output) =>
      generated(
        {
          name: 'VirtualRecordGenerator_01',
          label: 'Virtual Record Generator',
          config: { ...made, ...byTag, missedTriggers, triggerFrequency: '1s' },
        },
        output,
        { isSorted: true },
      ),
  },
  {
    name: 'by-the-clock-beside-a-topic',
    hasInput: true,
    everyMs: 1000,
    points: byAsset.outputs.length,
    document: (input, output) =>
      generated(
        {
          name: 'RecordGenerator_01',
          label: 'Record Generator',
          from: ['EDHKafkaConsumer_01'],
          config: { ...made, ...byAsset, missedTriggers, triggerFrequency: '1s' },
        },
        output,
        { source: [consumer(input, { partitionedBy: 'ASSET' })] },
      ),
  },
  {
    name: 'a-clock-and-a-topic-as-sources',
    onCluster: 'the driver cuts a topic beside a part without one',
    hasInput: true,
    everyMs: 1000,
    points: byAsset.outputs.length,
    document: (input, output) =>
      generated(
        {
          name: 'VirtualRecordGenerator_01',
          label: 'Virtual Record Generator',
          config: { ...made, ...byAsset, missedTriggers, triggerFrequency: '1s' },
        },
        output,
        { source: [consumer(input, { partitionedBy: 'ASSET' })], alsoFrom: ['EDHKafkaConsumer_01'] },
      ),
  },
];
