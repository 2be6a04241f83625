import { DeliveryGuarantee, type JsonObject } from '@penstock/model';
import { processor, type StageSketch } from '@penstock/testkit';
import { documentOf, kafkaConsumer, kafkaProducer } from '../../workload/document.ts';
import { COMMIT_INTERVAL_MS, point, tagMerger } from '../chaos-stages.ts';

/** The second topic it reads, beside the organisation's own. */
export const SECOND_INPUT = 'CHAOS_SECOND_INPUT';

export const WIDE_TOPICS = {
  merged: 'CHAOS_WIDE_MERGED',
  looked: 'CHAOS_WIDE_LOOKED',
  fetched: 'CHAOS_WIDE_FETCHED',
  sorted: 'CHAOS_WIDE_SORTED',
  clock: 'CHAOS_WIDE_CLOCK',
} as const;
export type WideOutput = keyof typeof WIDE_TOPICS;

/** Points merged per asset, and the one that triggers it. */
export const MERGED_POINTS: readonly string[] = ['flow', 'level'];
export const MERGE_TRIGGER = 'torque';
/** The points whose records get their asset, and those for which a service is asked. */
export const LOOKED_POINT = 'speed';
export const FETCHED_POINT = 'pressure';

/** A batch of the second source at most; it is whole after a while whatever has come. */
export const MAX_BATCH = 40;
const MAX_WAIT_MS = 300;

/** Assets the clock makes records for. */
export const CLOCK_ASSETS: readonly string[] = Array.from({ length: 12 }, (_, i) => `station${i}`);
export const CLOCK_POINT = 'beat';
export const CLOCK_EVERY_MS = 1000;
/** What the first record of a point has as its value, and what each further one has more. */
export const CLOCK_STEP = 0.25;

/** The shortest: behind cuts, progress of a source that has stopped is not waited for. */
const IDLE_TIMEOUT_MS = 1000;

const FIRST = 'EDHKafkaConsumer_01';
const SECOND = 'EDHKafkaConsumer_02';

const secondConsumer = (): StageSketch => {
  const consumer = kafkaConsumer(SECOND_INPUT);
  const batch = { 'kafkaConfigBean.maxBatchSize': MAX_BATCH, 'kafkaConfigBean.maxWaitTime': MAX_WAIT_MS };
  return { ...consumer, name: SECOND, config: { ...consumer.config, ...batch } };
};

/** A stage that both topics lead to. */
const fromBoth = (stage: StageSketch): StageSketch => ({ ...stage, from: [FIRST, SECOND] });

/**
 * Two topics and a clock as sources. Both topics meet in front of a Latest Record Merger by an expression, behind a cut,
 * and of an Asset Lookup, which needs none; the first also leads to an Internal HTTP Client, the second, whose batches
 * are defined, to a Record Sorter By Time. What the clock makes goes through a Late Point Tagger behind a cut of its own,
 * and would be tagged if it came in another order. `service`: what the HTTP client asks.
 */
export const wideDocument = (service: string): JsonObject =>
  documentOf(
    'wide',
    DeliveryGuarantee.ExactlyOnce,
    [
      kafkaConsumer(''),
      secondConsumer(),
      {
        name: 'VirtualRecordGenerator_01',
        label: 'Virtual Record Generator',
        config: {
          outputs: CLOCK_ASSETS.map((assetId) => ({ assetId, outputPoint: `station::${CLOCK_POINT}` })),
          triggerFrequency: '1s',
          missedTriggers: 'EACH',
          valueGenerator: 'FIXED_INCREMENTAL',
          fixedIncremental: String(CLOCK_STEP),
        },
      },
      fromBoth(tagMerger(MERGED_POINTS, MERGE_TRIGGER, FIRST)),
      kafkaProducer(WIDE_TOPICS.merged, 'LatestRecordMerger_01', 1),
      fromBoth(
        processor(
          'AssetLookup',
          {
            inputOutput: [{ inputPoint: point(LOOKED_POINT), outputPoint: point(`${LOOKED_POINT}_asset`) }],
            tag: 'SELECTED',
            tagKeys: [{ key: 'hall' }],
            extra: 'SELECTED',
            extraKeys: [{ key: 'tslInstanceName' }],
          },
          FIRST,
        ),
      ),
      kafkaProducer(WIDE_TOPICS.looked, 'AssetLookup_01', 2),
      processor(
        'InternalHTTPClient',
        {
          inputOutput: [{ inputPoint: point(FETCHED_POINT), outputPoint: point(`${FETCHED_POINT}_fetched`) }],
          url: `${service}/readings/{seq}`,
          parameters: [{ position: 'URL Path', key: 'seq', urlParamType: 'ByField', value: '/seq' }],
          retryAttempts: 10,
          timeoutMs: 2000,
          parallelNumberType: 'User Defined',
          parallelNumber: 32,
        },
        FIRST,
      ),
      kafkaProducer(WIDE_TOPICS.fetched, 'InternalHTTPClient_01', 3),
      processor('RecordSorterByTime', {}, SECOND),
      kafkaProducer(WIDE_TOPICS.sorted, 'RecordSorterByTime_01', 4),
      processor(
        'LatePointTagger',
        {
          inputOutput: [{ inputPoint: `station::${CLOCK_POINT}`, outputPoint: `station::${CLOCK_POINT}_tagged` }],
        },
        'VirtualRecordGenerator_01',
      ),
      kafkaProducer(WIDE_TOPICS.clock, 'LatePointTagger_01', 5),
    ],
    { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: IDLE_TIMEOUT_MS },
  );
