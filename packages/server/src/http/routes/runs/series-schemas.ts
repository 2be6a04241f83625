import { Type } from 'typebox';
import type { Bottleneck, Limit } from '../../../history/bottleneck.ts';
import type { SeriesMarker } from '../../../history/read-series.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { nullable, time } from '../../plugins/schemas.ts';

export const rangeQuery = Type.Object({
  from: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix ms. Default: an hour before `to`.' })),
  to: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix ms. Default: now.' })),
  points: Type.Integer({ minimum: 1, maximum: 1000, default: 300, description: 'At most so many steps.' }),
});

const counted = (what: string) => nullable(Type.Integer({ description: `${what}; null where it is not known.` }));

const pointSchema = Type.Object({
  at: time('Begin of the step'),
  recordsIn: counted('Records read in the step'),
  recordsOut: counted('Records written'),
  errors: counted('Error records'),
  dropped: counted('Records dropped for a stated reason'),
  commits: counted('Commits of all tasks'),
  commitMs: counted('Time these took, with sending output, added up'),
  lag: Type.Integer({ description: 'At the end of the step.' }),
  offset: Type.Integer({ description: 'Sum of committed offsets at the end of the step.' }),
  rssMb: Type.Integer(),
  eventLagMs: nullable(
    Type.Integer({
      description:
        'How far the event time of the source partition that is furthest behind lay behind at the end of the step; null where it is not known.',
    }),
  ),
  workers: Type.Integer({ description: 'Workers in the step: more than one where one was replaced.' }),
});
const KINDS = ['start', 'running', 'end', 'worker', 'release', 'rate', 'pause', 'stop', 'reset'] as const;
const markerSchema = Type.Object({
  at: time('When'),
  kind: Type.Unsafe<SeriesMarker['kind']>({
    type: 'string',
    enum: [...KINDS],
    description: '`worker`: another one goes on. `end` has a code where the run failed.',
  }),
  runId: nullable(Type.String()),
  code: nullable(Type.String()),
  message: nullable(Type.String()),
});
export const seriesSchema = nameSchema(
  'Series',
  Type.Object({
    from: time('Begin of the range'),
    to: time('Its end, not included'),
    stepMs: Type.Integer({ description: 'Length of a step. A step without a point: nothing was sampled.' }),
    points: Type.Array(pointSchema),
    markers: Type.Array(markerSchema),
    keptFrom: nullable(time('Oldest sample that is kept; null: none')),
    cutBefore: nullable(time('What lies before this time is left out, for it is too much; null: nothing')),
  }),
);

const column = (what: string) =>
  Type.Array(nullable(Type.Integer()), { description: `${what}, by step; null where it is not known.` });

export const stageSeriesSchema = nameSchema(
  'StageSeries',
  Type.Object({
    from: time('Begin of the range'),
    to: time('Its end, not included'),
    stepMs: Type.Integer({ description: 'Length of a step.' }),
    times: Type.Array(time('Begin of a step'), { description: 'Steps of which something is known.' }),
    stages: Type.Array(
      nameSchema(
        'StageSeriesStage',
        Type.Object({
          stage: Type.String(),
          recordsIn: column('Records it was given'),
          recordsOut: column('Records it put out'),
          errors: column('Error records'),
          dropped: column('Records dropped for a stated reason'),
          busyMs: column('Time all tasks were in it'),
        }),
      ),
    ),
    edges: Type.Array(
      nameSchema(
        'StageSeriesEdge',
        Type.Object({
          from: Type.String(),
          to: Type.String(),
          records: column('Records that went from one to the other'),
        }),
      ),
    ),
    parts: Type.Array(
      nameSchema(
        'StageSeriesPart',
        Type.Object({
          part: Type.Integer({
            description: 'Of the plan: the first read the sources, others read repartition topics.',
          }),
          openMs: column('Time its tasks were ready to work, added up'),
          idleMs: column('Of it, waiting for records'),
          rateMs: column('Of it, records were there and could not be read yet'),
          commitMs: column('Of it, sending output and committing'),
          commits: column('Commits'),
        }),
      ),
    ),
    keptFrom: nullable(time('Oldest sample that is kept; null: none')),
    cutBefore: nullable(time('What lies before this time is left out, for it is too much; null: nothing')),
  }),
);

const limit = {
  kind: Type.Unsafe<Limit['kind']>({
    type: 'string',
    enum: ['stage', 'commit', 'rate', 'read'],
    description:
      '`stage`; `commit`: sending output and committing; `rate`: the rate of the pipeline; `read`: getting records from Kafka',
  }),
  stage: nullable(Type.String({ description: 'Where the kind is `stage`.' })),
  part: Type.Integer({ description: 'Of the plan.' }),
};
const share = Type.Number({ minimum: 0, maximum: 1 });

export const bottleneckSchema = nameSchema(
  'Bottleneck',
  Type.Object({
    state: Type.Unsafe<Bottleneck['state']>({
      type: 'string',
      enum: ['limited', 'keeps-up', 'unknown'],
      description: '`unknown`: what there is says neither; the code says why.',
    }),
    code: Type.String({ description: 'Why, of the codes of the service: `BOTTLENECK_…`.' }),
    params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: 'What the sentence of the code names: `stage`, `percent`, `lag` (records), `kafkaRate`, `for`.',
    }),
    limit: nullable(nameSchema('BottleneckLimit', Type.Object(limit))),
    share: nullable(
      Type.Number({ minimum: 0, maximum: 1, description: 'Of the time that the part of the limit spends on records.' }),
    ),
    windowMs: nullable(Type.Integer({ description: 'Time that was looked at.' })),
    shares: Type.Array(nameSchema('BottleneckShare', Type.Object({ ...limit, share })), {
      description: 'What the time of each part was spent on, most first. Those of a part add up to 1.',
    }),
    at: nullable(time('The word of the worker it is made from; null: there is none')),
  }),
);
