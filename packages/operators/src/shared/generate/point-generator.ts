import { type Emitter, type PipelineFacts, type ScheduleSlot, StreamRecord } from '@penstock/engine';
import { type JsonObject, messageOf } from '@penstock/model';
import type { DataSet, GeneratedPoint } from './data-set.ts';
import { type TimeConfig, type TriggerTime, timeMaker } from './generated-time.ts';
import { type ValueConfig, valueMaker } from './generated-value.ts';

/** Records are of measurements that are made or were found, or there to trigger something behind. */
export type GeneratedKind = 'newPoint' | 'triggerPoint' | 'redis';

export interface Trigger extends TriggerTime {
  /** The point that triggered; empty where the clock did. */
  readonly pointId: string;
}

/** What has records for points when something triggers. */
export interface PointMaker {
  generate(points: readonly GeneratedPoint[], trigger: Trigger, out: Emitter): void;
}

interface Stage {
  readonly instanceName: string;
  readonly pipeline: PipelineFacts;
}

/** Makes the records of a trigger: the same ones for the same trigger, however often it is worked off. */
export class PointGenerator implements PointMaker {
  readonly #orgId: string;
  readonly #kind: GeneratedKind;
  readonly #timeOf: ReturnType<typeof timeMaker>;
  readonly #valueOf: ReturnType<typeof valueMaker>;

  constructor(config: TimeConfig & ValueConfig, kind: GeneratedKind, { instanceName, pipeline }: Stage) {
    this.#orgId = pipeline.orgId;
    this.#kind = kind;
    this.#timeOf = timeMaker(config);
    this.#valueOf = valueMaker(config, instanceName);
  }

  /** A record for each point; errors (`EXPRESSION_FAILED`) where the start time gives none. */
  generate(points: readonly GeneratedPoint[], trigger: Trigger, out: Emitter): void {
    const time = this.#timeFor(trigger);
    for (const point of points) {
      const record = this.#recordOf(point, trigger, time);
      if (typeof time === 'string') out.error(record, 'EXPRESSION_FAILED', time);
      else out.emit(record);
    }
  }

  /** A text: why there is none. */
  #timeFor(trigger: Trigger): number | string {
    try {
      return this.#timeOf(trigger) ?? 'The expression of the start time gives no whole number of milliseconds.';
    } catch (error) {
      return messageOf(error);
    }
  }

  #recordOf(point: GeneratedPoint, about: Trigger, time: number | string): StreamRecord {
    const { assetId, pointId, modelId, modelIdPath } = point;
    const { at, number, record } = about;
    // The clock triggers once at a time; what came before does not change what it makes.
    const trigger = record === undefined ? '' : `${number} ${record.assetId}`;
    const fields: JsonObject = {
      orgId: this.#orgId,
      ...(modelId === undefined || modelIdPath === undefined ? {} : { modelId, modelIdPath }),
      assetId,
      pointId,
      time: typeof time === 'string' ? null : time,
      value: this.#valueOf({ assetId, pointId, at, number, trigger }),
      quality: 0,
      attr: { recordGenerator: aboutGenerated(point, about, this.#kind) },
    };
    return record === undefined ? StreamRecord.from(fields) : record.derive(fields);
  }
}

/** `attr.recordGenerator` of a record. */
export const aboutGenerated = (
  { assetId, pointId, assetCfg }: GeneratedPoint,
  { at, number, pointId: triggerPoint }: Trigger,
  generateBy: GeneratedKind,
): JsonObject => ({
  assetCfg,
  generateBy,
  offset: number,
  curQueryBatch: at,
  triggerPoint,
  generatorKey: `${assetId}::${pointId}`,
});

/** The records of those assets that a slot is to be worked off for. */
export const generateInSlot = (slot: ScheduleSlot, dataSet: DataSet, maker: PointMaker, out: Emitter): void => {
  for (const [assetId, points] of dataSet)
    if (slot.owns(assetId)) maker.generate(points, { at: slot.at, number: slot.numberOf(assetId), pointId: '' }, out);
};
