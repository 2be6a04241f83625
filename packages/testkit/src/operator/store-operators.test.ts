import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineProcessor, defineStore } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import fc from 'fast-check';
import Type from 'typebox';
import { OperatorHarness } from './operator-harness.ts';

const TTL = 20;

/** Values by asset, point and time. */
const values = defineStore<number>({
  name: 'values',
  version: 1,
  keyParts: 3,
  ranges: true,
  encode: (value) => value,
  decode: Number,
});
/** The newest time and value of points; an asset of which nothing came for some time is forgotten. */
const latest = defineStore<{ readonly time: number; readonly value: number }>({
  name: 'latest',
  version: 1,
  keyParts: 2,
  ranges: true,
  encode: ({ time, value }) => [time, value],
  decode: (stored) => {
    const [time, value] = stored as [number, number];
    return { time, value };
  },
  expiry: { afterMs: () => TTL, timeOf: ({ time }) => time },
});

const config = Type.Object({});

const timeKey = (time: number): string => String(time).padStart(6, '0');

/** Says of every record what there is of its asset, and keeps or deletes it as it asks for. */
const recorder = defineProcessor<typeof config, unknown>({
  id: 'recorder',
  stageName: 'recorder',
  library: 'test',
  version: 1,
  label: 'Recorder',
  instancePrefix: 'Recorder',
  libraries: [],
  category: 'state',
  keywords: [],
  summary: 'Records.',
  description: 'Records.',
  config,
  requires: () => ({ kind: 'parts', parts: ['/attr/site/id'] }),
  stores: [values, latest],
  changes: () => ['value'],
  create: (_config, context) => {
    const byTime = context.store(values);
    const newest = context.store(latest);
    return {
      process(record, out) {
        const [site] = context.keyOf(record, out) ?? [];
        const { pointId = '', time = 0 } = record;
        if (site === undefined) return;
        const value = Number(record.get('value'));
        if (record.get('quality') === 1) {
          byTime.delete([site, pointId, timeKey(time)]);
          newest.delete([site, pointId]);
        } else {
          byTime.put([site, pointId, timeKey(time)], value);
          const before = newest.get([site, pointId], time);
          if (before === undefined || before.time <= time) newest.put([site, pointId], { time, value });
        }
        record.set('value', {
          last: byTime.range([site, pointId], { before: timeKey(time) }).map(([key, kept]) => [key[2] ?? '', kept]),
          latest: newest.range([site], {}, time).map(([[, point = ''], { value: kept }]) => [point, kept]),
        });
        out.emit(record);
      },
    };
  },
});

/** The same with plain maps that nothing ever loses. */
class Model {
  readonly #byTime = new Map<string, number>();
  readonly #latest = new Map<string, Map<string, { time: number; value: number }>>();

  take({ site, pointId, time, value, deletes }: Step & { kind: 'record' }): JsonValue {
    const points = this.#alive(site, time);
    if (deletes) {
      this.#byTime.delete(JSON.stringify([site, pointId, time]));
      points.delete(pointId);
    } else {
      this.#byTime.set(JSON.stringify([site, pointId, time]), value);
      const before = points.get(pointId);
      if (before === undefined || before.time <= time) points.set(pointId, { time, value });
    }
    const alive = this.#alive(site, time);
    const last = [...this.#byTime]
      .map(([key, kept]) => [...(JSON.parse(key) as [string, string, number]), kept] as const)
      .filter(([s, p, t]) => s === site && p === pointId && t < time)
      .sort((a, b) => a[2] - b[2]);
    return {
      last: last.map(([, , t, kept]) => [timeKey(t), kept]),
      latest: [...alive].sort(([a], [b]) => (a < b ? -1 : 1)).map(([point, { value: kept }]) => [point, kept]),
    };
  }

  #alive(site: string, asOf: number): Map<string, { time: number; value: number }> {
    const points = this.#latest.get(site) ?? new Map<string, { time: number; value: number }>();
    this.#latest.set(site, points);
    const newest = Math.max(...[...points.values()].map(({ time }) => time));
    if (asOf - newest > TTL) points.clear();
    return points;
  }
}

type Step =
  | {
      readonly kind: 'record';
      readonly site: string;
      readonly pointId: string;
      readonly time: number;
      readonly value: number;
      readonly deletes: boolean;
    }
  | { readonly kind: 'commit' }
  | { readonly kind: 'crash' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('record' as const),
      site: fc.constantFrom('north', 'south'),
      pointId: fc.constantFrom('p', 'q', 'r'),
      time: fc.integer({ min: 0, max: 100 }),
      value: fc.nat(9),
      deletes: fc.nat(3).map((one) => one === 0),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'commit' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'crash' }) },
);

const recordOf = ({ site, pointId, time, value, deletes }: Step & { kind: 'record' }): JsonObject => ({
  assetId: 'a',
  pointId,
  time,
  value,
  quality: deletes ? 1 : 0,
  attr: { site: { id: site } },
});

test('an operator with two stores gives the same whatever is committed and lost in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const records = steps.filter((one) => one.kind === 'record');
      const model = new Model();
      const expected = records.map((one) => model.take(one));
      let harness = await OperatorHarness.create(recorder, {});
      let stored = await harness.storedState();
      const output: JsonValue[] = [];
      /** Records since the last commit: a crash gives their output up, and they are read again. */
      let open: (Step & { kind: 'record' })[] = [];
      const run = async (some: readonly (Step & { kind: 'record' })[]): Promise<void> => {
        await harness.send(some.map(recordOf));
      };
      const commit = async (): Promise<void> => {
        stored = await harness.storedState();
        output.push(...harness.run.output.splice(0).map(({ value = null }) => value));
        open = [];
      };
      for (const one of steps) {
        if (one.kind === 'record') {
          open.push(one);
          await run([one]);
        } else if (one.kind === 'commit') await commit();
        else {
          await harness.close();
          harness = await OperatorHarness.create(recorder, {}, { stored });
          await run(open);
        }
      }
      await commit();
      assert.deepEqual(harness.run.errors, []);
      await harness.close();
      assert.deepEqual(output, expected);
    }),
    { numRuns: 25 },
  );
});

test('a record without the key is an error, and what the others keep is not touched', async () => {
  const harness = await OperatorHarness.create(recorder, {});
  await harness.send([{ assetId: 'a', pointId: 'p', time: 1, value: 2 }]);
  assert.deepEqual(await harness.changedKeys(), []);
  assert.deepEqual(
    harness.run.errors.map(({ code }) => code),
    ['KEY_NOT_VALID'],
  );
  await harness.close();
});
