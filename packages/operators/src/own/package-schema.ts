import type { JsonObject, JsonValue } from '@penstock/model';
import Type from 'typebox';

/**
 * The package of an operator library of an organisation's own: one JSON text. What a schema can say of it is here, what
 * it cannot in `check-package.ts`; `docs/own-operators.md` is for those who write one.
 */

export const PACKAGE_FORMAT = 'penstock-library/1';

const closed = { additionalProperties: false };
const sentence = Type.String({ minLength: 2, maxLength: 500, pattern: '\\.$' });
const optionName = '^[a-z][A-Za-z0-9]{0,39}$';
/** Members of an object that a package names itself, at most. */
const few = { ...closed, maxProperties: 100 };
const object = Type.Unsafe<JsonObject>({ type: 'object' });

/** How a form shows an option: what `shared/config/fields.ts` has, but for what an own operator cannot use. */
const uiSchema = Type.Object(
  {
    control: Type.Optional(
      Type.Enum(['text', 'text-area', 'point', 'expression', 'code', 'table', 'field-names'], { type: 'string' }),
    ),
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    order: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    advanced: Type.Optional(Type.Boolean()),
    dependsOn: Type.Optional(
      Type.Object(
        {
          field: Type.String({ pattern: optionName }),
          values: Type.Array(Type.Unsafe<string | boolean>({ type: ['string', 'boolean'] }), {
            minItems: 1,
            maxItems: 50,
          }),
        },
        closed,
      ),
    ),
    unit: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    options: Type.Optional(Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 200 }))),
    language: Type.Optional(Type.Enum(['javascript', 'json'], { type: 'string' })),
  },
  closed,
);

const fieldShape = {
  type: Type.Enum(['string', 'integer', 'number', 'boolean', 'array'], { type: 'string' }),
  title: Type.String({ minLength: 1, maxLength: 100 }),
  description: sentence,
  default: Type.Optional(Type.Unsafe<JsonValue>({})),
  enum: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 100 })),
  minLength: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
  maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  minItems: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  maxItems: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  ui: Type.Optional(uiSchema),
};

/** A column of a table: a value alone. */
const columnSchema = Type.Object(fieldShape, closed);

const optionSchema = Type.Object(
  {
    ...fieldShape,
    /** Of a list: texts, or the columns of a table. */
    items: Type.Optional(
      Type.Object(
        {
          type: Type.Enum(['string', 'object'], { type: 'string' }),
          minLength: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
          maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
          properties: Type.Optional(Type.Record(Type.String({ pattern: optionName }), columnSchema, few)),
        },
        closed,
      ),
    ),
  },
  closed,
);

const storeSchema = Type.Object(
  {
    /** Written with every entry, so it never changes. */
    name: Type.String({ pattern: '^[a-z][A-Za-z0-9-]{0,39}$' }),
    version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    /** Parts of its keys behind those of `requires`, which are always the record's own. */
    subKeys: Type.Optional(Type.Integer({ minimum: 0, maximum: 3 })),
    ranges: Type.Optional(Type.Boolean()),
    /** In event time. */
    ttlMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 366 * 86_400_000 })),
    maxEntryBytes: Type.Optional(Type.Integer({ minimum: 16, maximum: 524_288 })),
    /** The code has `migrate(store, value, from)` for entries of older versions. */
    migrates: Type.Optional(Type.Boolean()),
  },
  closed,
);

const recordsSchema = Type.Array(object, { maxItems: 1000 });
const namesSchema = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 2000 });

const caseSchema = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 300 }),
    /** It is an example: people see it with the operator. */
    shown: Type.Optional(Type.Boolean()),
    config: object,
    lanes: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,39}$' }), { minItems: 1, maxItems: 10 }),
    ),
    /** Fields that all its records have. */
    record: Type.Optional(object),
    steps: Type.Array(
      Type.Object(
        {
          send: Type.Optional(recordsSchema),
          out: Type.Optional(recordsSchema),
          dropped: Type.Optional(namesSchema),
          errors: Type.Optional(namesSchema),
          /** Behind the step: closed, and opened again from what it kept. */
          restart: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  closed,
);

const pointersSchema = Type.String({ pattern: '^/[A-Za-z0-9]+(/\\*/[A-Za-z0-9]+)?$', maxLength: 100 });
const keywords = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 20 });

const operatorSchema = Type.Object(
  {
    /** What people call it; id, stage name and instance names follow from it. */
    name: Type.String({ pattern: '^[A-Z][A-Za-z0-9]*( [A-Z0-9][A-Za-z0-9]*)*$', minLength: 3, maxLength: 60 }),
    zh: Type.Optional(
      Type.Object(
        {
          label: Type.String({ minLength: 1, maxLength: 60 }),
          summary: Type.String({ minLength: 1, maxLength: 500 }),
          keywords: Type.Optional(keywords),
          /** Titles, groups, choices and units of the options, by the English ones. */
          texts: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 200 }))),
        },
        closed,
      ),
    ),
    category: Type.Enum(['select', 'quality', 'window', 'state', 'script', 'format'], { type: 'string' }),
    keywords: Type.Optional(keywords),
    summary: sentence,
    /** Markdown. */
    description: Type.String({ minLength: 2, maxLength: 20_000 }),
    options: Type.Record(Type.String({ pattern: optionName }), optionSchema, few),
    /** JSON Pointers into the record, expressions, or an option that holds one of these. */
    requires: Type.Optional(
      Type.Array(
        Type.Union([
          Type.String({ minLength: 1, maxLength: 1000 }),
          Type.Object({ option: Type.String({ pattern: optionName }) }, closed),
        ]),
        { minItems: 1, maxItems: 4 },
      ),
    ),
    stores: Type.Optional(Type.Array(storeSchema, { maxItems: 8 })),
    /** JSON Pointers to top-level fields it may change, or all of them. */
    changes: Type.Union([
      Type.Array(Type.String({ pattern: '^/[^/]+$', maxLength: 200 }), { maxItems: 50 }),
      Type.Literal('any'),
    ]),
    /** JSON Pointers into its options, `*` for every row of a table: the points it reads, and those it writes. */
    lineage: Type.Optional(Type.Object({ inputs: pointersSchema, outputs: Type.Optional(pointersSchema) }, closed)),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ code: Type.String({ pattern: '^[A-Z]+(_[A-Z]+)*$', maxLength: 60 }), when: sentence }, closed),
        {
          maxItems: 50,
        },
      ),
    ),
    drops: Type.Optional(
      Type.Array(
        Type.Object({ reason: Type.String({ pattern: '^[a-z]+(-[a-z]+)*$', maxLength: 60 }), when: sentence }, closed),
        {
          maxItems: 50,
        },
      ),
    ),
    /** What comes out is not one record for each that came in. */
    makesRecords: Type.Optional(Type.Boolean()),
    limits: Type.Optional(
      Type.Object(
        {
          /** For one record. */
          timeMs: Type.Optional(Type.Integer({ minimum: 50, maximum: 60_000 })),
          /** In each task. */
          memoryMb: Type.Optional(Type.Integer({ minimum: 16, maximum: 512 })),
        },
        closed,
      ),
    ),
    cases: Type.Array(caseSchema, { minItems: 1, maxItems: 100 }),
    /** JavaScript with a function `process(record, context)`, and where needed `open(options)` and `migrate(store, value, from)`. */
    code: Type.String({ minLength: 1, maxLength: 200_000 }),
  },
  closed,
);

export const packageSchema = Type.Object(
  {
    format: Type.Literal(PACKAGE_FORMAT),
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{1,39}$' }),
    version: Type.String({ pattern: '^(0|[1-9][0-9]{0,5})\\.(0|[1-9][0-9]{0,5})\\.(0|[1-9][0-9]{0,5})$' }),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    operators: Type.Array(operatorSchema, { minItems: 1, maxItems: 50 }),
  },
  closed,
);
