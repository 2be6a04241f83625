import type { JsonObject, JsonValue } from '@penstock/model';
import { Type } from 'typebox';

/** What the files of a project may hold, as JSON Schemas. */

const closed = { additionalProperties: false };
const value = Type.Unsafe<JsonValue>({});
const object = Type.Unsafe<JsonObject>({ type: 'object' });
const parameterName = '^[A-Za-z][A-Za-z0-9_.-]*$';

export const environmentSchema = Type.Object(
  {
    /** The organisation it is; where the command names another one, that is refused. */
    organization: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    /** Values by name. */
    parameters: Type.Optional(Type.Record(Type.String({ pattern: parameterName }), value)),
    /** Parameters whose values are not in the folder: by name, the environment variable that holds each. */
    secrets: Type.Optional(Type.Record(Type.String({ pattern: parameterName }), Type.String({ minLength: 1 }))),
  },
  closed,
);
/** As the schema has it, like the other types here; written down, since the linter cannot reckon with what is inferred. */
export interface Environment {
  organization?: string;
  parameters?: Record<string, JsonValue>;
  secrets?: Record<string, string>;
}

/** `penstock.yaml`. */
export const projectSchema = Type.Object(
  {
    formatVersion: Type.Literal(1),
    environments: Type.Optional(Type.Record(Type.String({ pattern: parameterName }), environmentSchema)),
  },
  closed,
);
export interface ProjectFile {
  formatVersion: 1;
  environments?: Record<string, Environment>;
}

/** `pipelines/NAME/pipeline.json` or `.yaml`: a document, with what is said of the pipeline beside it. */
export const pipelineSchema = Type.Object({
  /** Absent: that of the folder. */
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  /** 0: real-time, 1: offline. */
  messageChannel: Type.Optional(Type.Integer({ minimum: 0, maximum: 1 })),
  group: Type.Optional(Type.String({ maxLength: 60 })),
  labels: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 20 })),
  pipelineConfig: object,
});
export interface PipelineFile {
  name?: string;
  description?: string;
  messageChannel?: number;
  group?: string;
  labels?: string[];
  pipelineConfig: JsonObject;
}

const inputSchema = Type.Array(Type.Unsafe<JsonObject | string | null>({ type: ['object', 'string', 'null'] }), {
  maxItems: 10_000,
});

const stepFields = {
  /** What the clock says: Unix ms, or a date and time (ISO 8601). */
  now: Type.Optional(Type.Unsafe<number | string>({ type: ['integer', 'string'] })),
  /** Records; a text is a message as it is, null one without a value. */
  input: Type.Optional(inputSchema),
  /** The same of several data sources, by their instance names. */
  inputs: Type.Optional(Type.Record(Type.String(), inputSchema)),
  /** By stage, the records it gives. */
  output: Type.Optional(Type.Record(Type.String(), Type.Array(object))),
  /** By stage and reason, how many records it drops. */
  dropped: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer({ minimum: 1 })))),
  /** By stage, the codes of the errors it has, in their order. */
  deadLetters: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
};

const stepSchema = Type.Object(stepFields, closed);
export interface CaseStep {
  now?: number | string;
  input?: (JsonObject | string | null)[];
  inputs?: Record<string, (JsonObject | string | null)[]>;
  output?: Record<string, JsonObject[]>;
  dropped?: Record<string, Record<string, number>>;
  deadLetters?: Record<string, string[]>;
}

/** A file in `pipelines/NAME/cases`: a list of cases. */
export const casesSchema = Type.Array(
  Type.Object(
    {
      title: Type.String({ minLength: 1, maxLength: 500 }),
      /** Fields that all records of the case have, those that come in and those that are expected. */
      record: Type.Optional(object),
      /** Reference data of the organisation, by name, as the service gives it. */
      references: Type.Optional(Type.Record(Type.String(), value)),
      ...stepFields,
      /** One after the other, in place of the fields of the one step there otherwise is. */
      steps: Type.Optional(Type.Array(stepSchema, { minItems: 1, maxItems: 1000 })),
    },
    closed,
  ),
  { minItems: 1 },
);
export interface PipelineCase extends CaseStep {
  title: string;
  record?: JsonObject;
  references?: Record<string, JsonValue>;
  steps?: CaseStep[];
}
