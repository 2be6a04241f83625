import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Target, UseCaseDeps } from '../../../use-case/use-case.ts';
import { nullable, text } from '../../plugins/schemas.ts';
import { command, withCommand } from '../pipelines/command-body.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';

export const commandBody = Type.Object(command);

/** The pipeline a command is about, with what its body says of it. */
export const commandTarget = async (
  deps: UseCaseDeps,
  request: FastifyRequest,
  pipelineId: string,
  body: Parameters<typeof withCommand>[1],
): Promise<Target> => withCommand(await targetOf(deps, request, pipelineId), body);

export const startFields = {
  executionMode: Type.Union([Type.Literal(0), Type.Literal(1)], { description: '0 Standalone Mode, 1 Cluster Mode' }),
  kafkaRate: Type.Optional(Type.Integer({ minimum: 1, description: 'Records per second, for the whole pipeline.' })),
  resourceConfig: Type.Optional(
    Type.Unsafe<unknown>({ description: 'As in the EnOS API: CU of `server`, and of `yarn` with `advanced`.' }),
  ),
};

const reason = Type.Object({ code: Type.String(), message: Type.String() });
export const startOptionsSchema = Type.Object({
  revision: Type.Integer(),
  version: nullable(Type.Integer({ description: 'The version a start would run.' })),
  commands: Type.Array(Type.String(), { description: 'What the present state allows.' }),
  obstacle: nullable(reason),
  suggested: Type.Object({
    kafkaRate: Type.Integer(),
    basis: Type.Union([Type.Literal('measured'), Type.Literal('last-start'), Type.Literal('default')]),
    arrivalPerSecond: nullable(Type.Number({ description: 'Records that arrived in the topics of all sources.' })),
  }),
  last: nullable(
    Type.Object({
      executionMode: Type.Integer(),
      kafkaRate: Type.Integer(),
      resourceConfig: Type.Unsafe<unknown>({ description: 'As it was started with.' }),
    }),
  ),
  modes: Type.Array(
    Type.Object({
      executionMode: Type.Integer(),
      title: Type.String(),
      isConfigured: Type.Boolean(),
      resources: Type.Array(
        Type.Object({
          resource: Type.String(),
          granted: nullable(Type.Number({ description: 'CU; null: no grant.' })),
          used: Type.Number(),
          left: Type.Number(),
        }),
      ),
    }),
  ),
  advanced: Type.Array(Type.Object({ name: Type.String(), expects: text('What a value must be.') })),
});

export const manyResultSchema = Type.Object({
  results: Type.Array(Type.Object({ pipelineId: Type.String(), done: Type.Boolean(), problem: nullable(reason) })),
});
