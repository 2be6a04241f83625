import type { Emitter, EventTime, KeyedState, Processor, ScheduleSlot, StreamRecord } from '@penstock/engine';
import type { DataSet } from '../../shared/generate/data-set.ts';
import type { PointGenerator } from '../../shared/generate/point-generator.ts';
import { generateInSlot } from '../../shared/generate/point-generator.ts';
import { hasKey, hasTime } from '../../shared/points/guards.ts';

interface RecordGeneratorOptions {
  readonly dataSet: DataSet;
  readonly generator: PointGenerator;
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
    const { dataSet, generator, triggerPoint, triggers, eventTime } = this.#options;
    if (triggerPoint === undefined || record.pointId !== triggerPoint) {
      out.drop(record, 'no-trigger');
      return;
    }
    if (!hasKey(record, out) || !hasTime(record, eventTime, out)) return;
    const { assetId, pointId, time } = record;
    const number = triggers.get(assetId, pointId) ?? 0;
    triggers.put(assetId, pointId, number + 1);
    for (const points of dataSet.values()) generator.generate(points, { at: time, number, pointId, record }, out);
  }

  scheduled(slot: ScheduleSlot, out: Emitter): void {
    generateInSlot(slot, this.#options.dataSet, this.#options.generator, out);
  }
}
