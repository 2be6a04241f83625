import Type from 'typebox';
import { defineProcessor, defineReference } from '../operator/index.ts';

/** Reference data for tests of the engine, and stages that go by it: a list of points, with the name of the list. */

interface PointList {
  readonly list: string;
  readonly points: ReadonlySet<string>;
}

export const pointList = defineReference<PointList>({
  name: 'points',
  version: 1,
  decode: (data) => {
    const { list, points } = data as { readonly list: string; readonly points: readonly string[] };
    if (!Array.isArray(points)) throw new Error('"points" is no list');
    return { list, points: new Set(points) };
  },
  describe: ({ points }) => `${points.size} points`,
});

const about = (id: string) => ({
  id,
  stageName: id,
  library: 'test',
  version: 1,
  label: id,
  instancePrefix: id,
  libraries: [],
  category: 'select' as const,
  keywords: [],
  summary: id,
  description: id,
  config: Type.Object({}),
  references: [pointList],
  changes: () => ['list'],
});

/** Passes records of the points in the list, and writes its name into them. */
export const listed = defineProcessor({
  ...about('listed'),
  create: (_config, context) => {
    const reference = context.reference(pointList);
    return {
      process(record, out) {
        const { list, points } = reference.current;
        if (record.pointId === undefined || !points.has(record.pointId)) return out.drop(record, 'not-listed');
        record.set('list', list);
        out.emit(record);
      },
    };
  },
});

/** Writes the name of the list into every record, waiting for `turn` between one and the next. */
export const listedSlowly = (turn: () => Promise<void>) =>
  defineProcessor({
    ...about('listed-slowly'),
    create: (_config, context) => {
      const reference = context.reference(pointList);
      return {
        async processBatch(records, out) {
          for (const record of records) {
            record.set('list', reference.current.list);
            out.emit(record);
            await turn();
          }
        },
      };
    },
  });

/** Makes a record by the clock, with the name of the list. */
export const listedByClock = defineProcessor({
  ...about('listed-by-clock'),
  makesRecords: true,
  schedules: [{ name: 'beat', per: 'task', everyMs: () => 1000 }],
  create: (_config, context) => {
    const reference = context.reference(pointList);
    const names: string[] = [];
    return {
      process(record, out) {
        record.set('list', names.join());
        out.emit(record);
      },
      scheduled() {
        names.push(reference.current.list);
      },
    };
  },
});
