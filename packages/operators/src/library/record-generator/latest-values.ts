import { defineStore, type Emitter, type Store, StreamRecord } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import type { DataSet, GeneratedPoint } from '../../shared/generate/data-set.ts';
import type { PointGenerator, Trigger } from '../../shared/generate/point-generator.ts';
import { aboutGenerated } from '../../shared/generate/point-generator.ts';
import type { WithKey, WithTime } from '../../shared/points/guards.ts';

/** The newest record of a point. */
export interface LatestValue {
  /** Event time, Unix ms. */
  readonly time: number;
  /** As it came, as JSON text: it goes on with the digits it had. */
  readonly record: string;
}

/** By asset and point; of points of the data set alone: those that leave it are forgotten. */
export const latestValues = defineStore<LatestValue, { readonly generateMethod: string }>({
  name: 'latest',
  version: 1,
  keyParts: 2,
  isKept: ({ generateMethod }) => generateMethod === 'LATEST_VALUE',
  encode: ({ time, record }) => [time, record],
  decode: (stored) => {
    const [time, record] = Array.isArray(stored) ? stored : [];
    if (typeof time !== 'number' || typeof record !== 'string') throw new Error('The stored entry is no latest value.');
    return { time, record };
  },
  toItem: ({ record }) => JSON.parse(record) as JsonObject,
});

interface LatestValuesOptions {
  readonly store: Pick<Store<LatestValue>, 'get' | 'put' | 'delete' | 'forEach'>;
  /** How old a value may be at its trigger, in ms; undefined: however old. */
  readonly withinMs: number | undefined;
  /** Makes a record where there is no value; undefined: there is none then. */
  readonly mock: PointGenerator | undefined;
}

/** Keeps the latest record of each point of a data set, and puts them out when something triggers. */
export class LatestValues {
  readonly #options: LatestValuesOptions;
  /** Asset and point of everything that is kept, of the data set that was asked for last. */
  #wanted: { readonly of: DataSet; readonly names: ReadonlySet<string> } | undefined;

  constructor(options: LatestValuesOptions) {
    this.#options = options;
  }

  isWanted({ assetId = '', pointId = '' }: StreamRecord, dataSet: DataSet): boolean {
    if (this.#wanted?.of !== dataSet) this.#goBy(dataSet);
    return this.#wanted?.names.has(nameOf({ assetId, pointId })) === true;
  }

  #goBy(dataSet: DataSet): void {
    const names = new Set([...dataSet.values()].flat().map(nameOf));
    this.#wanted = { of: dataSet, names };
    const { store } = this.#options;
    store.forEach((_latest, key) => {
      const [assetId, pointId = ''] = key;
      if (!names.has(nameOf({ assetId, pointId }))) store.delete(key);
    });
  }

  /** Of equal times the one that comes last is the latest. */
  keep(record: WithKey & WithTime): void {
    const { assetId, pointId, time } = record;
    const known = this.#options.store.get([assetId, pointId]);
    if (known === undefined || time >= known.time)
      this.#options.store.put([assetId, pointId], { time, record: record.toJson() });
  }

  generate(points: readonly GeneratedPoint[], trigger: Trigger, out: Emitter): void {
    const { mock } = this.#options;
    for (const point of points) {
      const found = this.#latestOf(point, trigger.at);
      if (found !== undefined) out.emit(this.#recordOf(found, point, trigger));
      else mock?.generate([point], trigger, out);
    }
  }

  #latestOf({ assetId, pointId }: GeneratedPoint, at: number): LatestValue | undefined {
    const { store, withinMs } = this.#options;
    const latest = store.get([assetId, pointId]);
    return latest === undefined || (withinMs !== undefined && latest.time < at - withinMs) ? undefined : latest;
  }

  #recordOf({ record }: LatestValue, point: GeneratedPoint, trigger: Trigger): StreamRecord {
    const { withinMs } = this.#options;
    const queried = withinMs === undefined ? {} : { queryStart: trigger.at - withinMs, queryEnd: trigger.at };
    const made = (trigger.record ?? StreamRecord.from({})).deriveFromJson(record, point.assetId, point.pointId);
    made.setAttrJson('recordGenerator', JSON.stringify({ ...aboutGenerated(point, trigger, 'redis'), ...queried }));
    return made;
  }
}

const nameOf = ({ assetId, pointId }: { readonly assetId: string; readonly pointId: string }): string =>
  JSON.stringify([assetId, pointId]);
