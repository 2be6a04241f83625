import type { JsonObject } from '@penstock/model';
import { Type } from 'typebox';
import type { ConnectionUser } from '../../../connections/used-by.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { nullable, text, time } from '../../plugins/schemas.ts';

const anySchema = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

export const connectionKindSchema = nameSchema(
  'ConnectionKind',
  Type.Object({
    kind: Type.String(),
    title: Type.String(),
    summary: Type.String(),
    settings: anySchema,
    secrets: anySchema,
  }),
);

export const connectionSchema = nameSchema(
  'Connection',
  Type.Object({
    name: text('As stages name it; never changes'),
    kind: Type.String(),
    description: Type.String(),
    settings: Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true }),
    secrets: Type.Array(Type.String(), { description: 'Names of the secrets that were given.' }),
    address: text('Where it goes, in a few words'),
    issues: Type.Array(issueSchema, { description: 'What is to be known of its settings.' }),
    revision: Type.Integer(),
    createdAt: time('Made'),
    updatedAt: time('Last changed'),
    updatedBy: Type.String(),
    testedAt: nullable(time('Last tested')),
  }),
);

export const testOutcomeSchema = nameSchema(
  'ConnectionTestOutcome',
  Type.Object({
    connected: Type.Boolean(),
    found: nullable(text('What is at the other end')),
    code: nullable(text('Why there was no connection')),
    message: nullable(text('Why there was none, for people')),
    tookMs: Type.Integer(),
  }),
);

export const connectionUserSchema = nameSchema(
  'ConnectionUser',
  Type.Object({
    pipelineId: Type.String(),
    pipelineName: Type.String(),
    stage: text('Instance name of the stage that names it'),
    copy: Type.Unsafe<ConnectionUser['copy']>({
      type: 'string',
      enum: ['design', 'released', 'running'],
      description: 'The copy people work on, the one that is online, or one that a run was started with.',
    }),
  }),
);
