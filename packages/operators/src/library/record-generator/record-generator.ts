import type { Emitter, EventTime, KeyedState, Processor, ScheduleSlot, StreamRecord } from '@penstock/engine';
import type { DataSet } from '../../shared/generate/data-set.ts';
import { generateInSlot, type PointMaker } from '../../shared/generate/point-generator.ts';
import { hasKey, hasTime } from '../../shared/points/guards.ts';
import type { LatestValues } from './latest-values.ts';

interface RecordGeneratorOptions {
  readonly dataSet: () => DataSet;
  readonly maker: PointMaker;
  /** Where records that come in are kept, to be put out; undefined: all are made. */
  readonly latest: LatestValues | undefined;
  /** Undefined: the clock triggers. */
  readonly triggerPoint: string | undefined;
  /** How often each asset has triggered. */
  readonly triggers: KeyedState<number>;
  readonly eventTime: EventTime;
}

/** Makes records for its data set, in the slots of its schedule or for each record of its trigger point. */
export class RecordGenerator implements Processor {
  readonly #options: RecordGeneratorOptions;

  constructor(options: RecordGeneratorOptions) {
    this.#options = options;
  }

  process(record: StreamRecord, out: Emitter): void {
    const { maker, latest, triggerPoint, triggers, eventTime } = this.#options;
    const dataSet = this.#options.dataSet();
    const isTrigger = triggerPoint !== undefined && record.pointId === triggerPoint;
    const isKept = latest?.isWanted(record, dataSet) === true;
    if (!isTrigger && !isKept) {
      out.drop(record, 'no-trigger');
      return;
    }
    if (!hasKey(record, out) || !hasTime(record, eventTime, out)) return;
    if (isKept) latest?.keep(record);
    if (!isTrigger) {
      out.drop(record, 'kept-as-latest');
      return;
    }
    const { assetId, pointId, time } = record;
    const number = triggers.get(assetId, pointId) ?? 0;
    triggers.put(assetId, pointId, number + 1);
    for (const points of dataSet.values()) maker.generate(points, { at: time, number, pointId, record }, out);
  }

  scheduled(slot: ScheduleSlot, out: Emitter): void {
    const { dataSet, maker } = this.#options;
    generateInSlot(slot, dataSet(), maker, out);
  }
}
