import { DeliveryGuarantee, type JsonObject } from '@penstock/model';
import { processor } from '@penstock/testkit';
import { documentOf, kafkaConsumer, kafkaProducer } from '../../workload/document.ts';
import { CHAOS_POINTS } from '../chaos-input.ts';
import { COMMIT_INTERVAL_MS, point, tagMerger } from '../chaos-stages.ts';

/** Output topics: what comes out of each of the stateful stages. */
export const CHAOS_TOPICS = {
  last: 'CHAOS_LAST',
  late: 'CHAOS_LATE',
  window: 'CHAOS_WINDOW',
  merged: 'CHAOS_MERGED',
  restored: 'CHAOS_RESTORED',
} as const;
export type ChaosOutput = keyof typeof CHAOS_TOPICS;

export const lastPointOf = (pointId: string): string => `${pointId}_last`;
export const latePointOf = (pointId: string): string => `${pointId}_late`;
export const windowPointOf = (pointId: string): string => `${pointId}_1m`;

/** Each point has another aggregate. */
export const AGGREGATORS: Readonly<Record<string, 'avg' | 'max' | 'count' | 'last' | 'first'>> = {
  flow: 'avg',
  pressure: 'max',
  speed: 'count',
  level: 'last',
  torque: 'first',
};

/** Points whose last record is only replaced by one of good quality. */
export const CONDITIONAL_POINTS: readonly string[] = ['level', 'torque'];

/** Points merged per asset, and the one that triggers it. */
export const MERGED_POINTS: readonly string[] = ['flow', 'pressure'];
export const MERGE_TRIGGER = 'speed';
/** Points that are captured, by the point that gets them out again. */
export const RESTORED_POINTS: Readonly<Record<string, string>> = { torque: 'level', flow: 'flow' };

export const LATENCY_MINUTES = 1;

/**
 * EDH Kafka Consumer → Last Record Appender → Late Point Tagger → Fixed Time Window Aggregator, where the output of
 * each stateful stage also goes to a topic of its own. Beside it a Latest Record Merger by an expression that gives
 * every asset a tag of its own, which the planner cannot know: it is behind a cut, and the order of a tag is defined
 * all the same. And a Record Capturer with a Record Restorer, which share a store.
 */
export const chaosDocument = (): JsonObject =>
  documentOf(
    'chaos',
    DeliveryGuarantee.ExactlyOnce,
    [
      kafkaConsumer(''),
      processor(
        'LastRecordAppender',
        {
          inputOutput: CHAOS_POINTS.map((pointId) => ({
            inputPoint: point(pointId),
            conditions: CONDITIONAL_POINTS.includes(pointId) ? "${record:value('/quality') == 0}" : '*',
            outputPoint: point(lastPointOf(pointId)),
          })),
        },
        'EDHKafkaConsumer_01',
      ),
      kafkaProducer(CHAOS_TOPICS.last, 'LastRecordAppender_01', 1),
      processor(
        'LatePointTagger',
        {
          inputOutput: CHAOS_POINTS.map((pointId) => ({
            inputPoint: point(lastPointOf(pointId)),
            outputPoint: point(latePointOf(pointId)),
          })),
        },
        'LastRecordAppender_01',
      ),
      kafkaProducer(CHAOS_TOPICS.late, 'LatePointTagger_01', 2),
      processor(
        'FixedTimeWindowAggregator',
        {
          inputOutput: CHAOS_POINTS.map((pointId) => ({
            inputPoint: point(latePointOf(pointId)),
            windowSize: 1,
            windowUnit: 'MINUTE',
            aggregator: AGGREGATORS[pointId] ?? 'avg',
            outputPoint: point(windowPointOf(pointId)),
          })),
          latency: LATENCY_MINUTES,
          earlyTrigger: false,
          onTimeTrigger: false,
          outputDataType: 'DOUBLE',
        },
        'LatePointTagger_01',
      ),
      kafkaProducer(CHAOS_TOPICS.window, 'FixedTimeWindowAggregator_01', 3),
      tagMerger(MERGED_POINTS, MERGE_TRIGGER, 'EDHKafkaConsumer_01'),
      kafkaProducer(CHAOS_TOPICS.merged, 'LatestRecordMerger_01', 4),
      processor(
        'RecordCapturer',
        {
          inputOutput: [...new Set(Object.values(RESTORED_POINTS))].map((pointId) => ({ inputPoint: point(pointId) })),
        },
        'EDHKafkaConsumer_01',
      ),
      { name: 'Trash_01', label: 'Trash', from: ['RecordCapturer_01'] },
      processor(
        'RecordRestorer',
        {
          inputOutput: Object.entries(RESTORED_POINTS).map(([trigger, captured]) => ({
            inputPoint: point(trigger),
            restorePoint: point(captured),
            outputPoint: point('restored'),
          })),
        },
        'EDHKafkaConsumer_01',
      ),
      kafkaProducer(CHAOS_TOPICS.restored, 'RecordRestorer_01', 5),
    ],
    { commitIntervalMs: COMMIT_INTERVAL_MS },
  );
