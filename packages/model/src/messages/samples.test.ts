import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import * as schemas from '../messages.ts';
import * as readers from '../read-messages.ts';
import { WAITED_FOR } from '../waited-for.ts';
import { endpointsIn, endpointsText } from './control-endpoints.ts';
import { DesiredRun, HeartbeatRefusal, PROTOCOL_VERSION, saysRunIsOver, WorkerPhase } from './protocol.ts';

/**
 * One whole message a file. They are what this side and the Spark driver agree on: its test `MessagesTest` reads the
 * same files, and writes again what it sends.
 */
const FOLDER = new URL('samples/', import.meta.url);
const sample = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));

const { runSpecSchema, heartbeatSchema, heartbeatReplySchema, previewRequestSchema, previewReplySchema } = schemas;
interface Kind {
  readonly schema: TSchema;
  /** Between them, they show everything that the schema knows. */
  readonly samples: readonly string[];
  readonly read?: (given: unknown) => unknown;
}
const answer = (schema: TSchema): TSchema => ({ allOf: [schema, schemas.rangeAnswerSchema] });

const KINDS: Readonly<Record<string, Kind>> = {
  'run specification': {
    schema: runSpecSchema,
    samples: ['run-specification', 'run-specification-first', 'run-specification-cluster'],
    read: readers.readRunSpec,
  },
  heartbeat: { schema: heartbeatSchema, samples: ['heartbeat', 'heartbeat-first', 'heartbeat-driver'] },
  'reply to a heartbeat': {
    schema: heartbeatReplySchema,
    samples: ['heartbeat-reply', 'heartbeat-reply-exit'],
    read: readers.readHeartbeatReply,
  },
  'request of a preview': {
    schema: previewRequestSchema,
    samples: ['preview-request'],
    read: readers.readPreviewRequest,
  },
  'reply of a preview': { schema: previewReplySchema, samples: ['preview-reply'], read: readers.readPreviewReply },
  'request for assets': {
    schema: schemas.assetsRequestSchema,
    samples: ['assets-request'],
    read: readers.readAssetsRequest,
  },
  'reply with assets': {
    schema: schemas.assetsReplySchema,
    samples: ['assets-reply', 'assets-reply-all'],
    read: readers.readAssetsReply,
  },
  'request for reference data': {
    schema: schemas.referenceRequestSchema,
    samples: ['reference-request'],
    read: readers.readReferenceRequest,
  },
  'reply with reference data': {
    schema: schemas.referenceReplySchema,
    samples: ['reference-reply'],
    read: readers.readReferenceReply,
  },
  hello: { schema: schemas.helloRequestSchema, samples: ['range-hello'], read: readers.readRangeRequest },
  prepare: { schema: schemas.prepareRequestSchema, samples: ['range-prepare'], read: readers.readRangeRequest },
  open: { schema: schemas.openRequestSchema, samples: ['range-open'], read: readers.readRangeRequest },
  run: { schema: schemas.runRequestSchema, samples: ['range-run'], read: readers.readRangeRequest },
  'answer to hello': { schema: answer(schemas.helloAnswerSchema), samples: ['range-hello-answer'] },
  'answer to prepare': {
    schema: answer(schemas.prepareAnswerSchema),
    samples: ['range-prepare-answer', 'range-prepare-answer-sources'],
  },
  'answer to open': { schema: answer(schemas.openAnswerSchema), samples: ['range-open-answer'] },
  'answer to run': { schema: answer(schemas.runAnswerSchema), samples: ['range-run-answer'] },
  refusal: { schema: schemas.rangeRefusalSchema, samples: ['range-refusal'] },
};

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly allOf?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
}
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const requiredOf = ({ required, allOf }: Shape): readonly string[] => required ?? allOf?.[0]?.required ?? [];

/** Names with the path to them, as far as the schema names anything. */
const namesOf = (schema: Shape, path = ''): string[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [
    `${path}/${name}`,
    ...namesOf(each, `${path}/${name}`),
  ]),
  ...Object.values(schema.patternProperties ?? {}).flatMap((each) => namesOf(each, `${path}/*`)),
  ...(schema.items === undefined ? [] : namesOf(schema.items, `${path}/*`)),
  ...(schema.allOf?.slice(0, 1) ?? []).flatMap((each) => namesOf(each, path)),
];

/** The same of a value; maps and free JSON are looked into where the schema looks. */
const namesIn = (value: unknown, known: ReadonlySet<string>, path = ''): string[] => {
  const isOpen = ![...known].some((name) => name.startsWith(`${path}/`));
  if (isOpen) return [];
  if (Array.isArray(value)) return value.flatMap((each) => namesIn(each, known, `${path}/*`));
  if (!isRecord(value)) return [];
  const isMap = [...known].some((name) => name.startsWith(`${path}/*`));
  return Object.entries(value).flatMap(([name, each]) => {
    const own = `${path}/${isMap ? '*' : name}`;
    return [...(isMap ? [] : [own]), ...namesIn(each, known, own)];
  });
};

describe('sample messages', () => {
  for (const [kind, { schema, samples, read }] of Object.entries(KINDS)) {
    test(`${kind}: every sample is one, and is read as it is`, () => {
      for (const name of samples) {
        const message = sample(name);
        assert.deepEqual(Value.Errors(schema, message), [], name);
        assert.deepEqual(read?.(message) ?? message, message);
      }
    });

    test(`${kind}: the samples show every part of it and nothing else`, () => {
      const known = new Set(namesOf(schema as Shape));
      const shown = new Set(samples.flatMap((name) => namesIn(sample(name), known)));
      for (const own of ['/id', '/ok', '/startProgress']) if (!known.has(own)) shown.delete(own);
      assert.deepEqual([...shown].sort(), [...known].sort());
    });

    test(`${kind}: without anything it has to have, it is none`, () => {
      for (const name of samples) {
        const message = sample(name);
        assert.ok(isRecord(message));
        const required = requiredOf(schema as Shape);
        assert.ok(required.length > 0);
        for (const part of required) {
          const { [part]: _left, ...rest } = message;
          assert.equal(Value.Check(schema, rest), false, part);
          if (read !== undefined) assert.throws(() => read(rest), { code: 'MESSAGE_INVALID' });
        }
      }
    });
  }

  test('the words of the protocol', () => {
    assert.deepEqual(sample('words'), {
      protocol: PROTOCOL_VERSION,
      phases: Object.values(WorkerPhase),
      desired: [...Object.values(DesiredRun), 'exit'],
      waitedFor: WAITED_FOR,
      refusals: Object.values(HeartbeatRefusal).map(({ status, code }) => ({
        status,
        code,
        isRunOver: saysRunIsOver(status, code),
      })),
    });
  });

  test('the file with the addresses of the service', () => {
    const text = readFileSync(new URL('endpoints.json', FOLDER), 'utf8');
    const urls = endpointsIn(text);
    assert.equal(urls.length, 2);
    assert.deepEqual(JSON.parse(endpointsText(urls)), JSON.parse(text));
    for (const other of ['', '{', '[]', '{"urls":7}', '{"urls":[7]}']) assert.deepEqual(endpointsIn(other), []);
  });

  test('no file is left unread', () => {
    const files = readdirSync(FOLDER).map((name) => name.replace('.json', ''));
    const read = [...Object.values(KINDS).flatMap(({ samples }) => samples), 'words', 'endpoints'];
    assert.deepEqual(files.sort(), read.sort());
  });
});
