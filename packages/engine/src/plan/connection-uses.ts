import { type Issue, type JsonObject, pointer, readPipelineDocument, type StageDocument } from '@penstock/model';
import type { OperatorDefinition, PipelineFacts } from '../operator/index.ts';
import { readOptionRows } from './read-option-rows.ts';
import type { OperatorRegistry } from './registry.ts';

/** A connection of the organisation that a stage names. */
export interface ConnectionUse {
  readonly name: string;
  /** The kind it has to be of. */
  readonly kind: string;
  /** Instance name of the stage, and the option that names it. */
  readonly stage: string;
  readonly option: string;
}

/** The connections that the stages of a document name, whether or not there are any such; also of one that is wrong. */
export const connectionUses = (json: unknown, registry: OperatorRegistry): readonly ConnectionUse[] =>
  (readPipelineDocument(json).document?.stages ?? []).flatMap((stage) => {
    const definition = registry.resolve(stage);
    return definition === undefined ? [] : usesOf(definition, stage, readOptionRows(definition, stage).rows);
  });

const usesOf = (
  definition: OperatorDefinition,
  { instanceName }: Pick<StageDocument, 'instanceName'>,
  options: JsonObject,
): ConnectionUse[] =>
  Object.entries(definition.connections ?? {}).flatMap(([option, kind]) => {
    const name = options[option];
    return typeof name === 'string' && name !== '' ? [{ name, kind, stage: instanceName, option }] : [];
  });

/** What is wrong with the connections a stage names; paths are relative to its configuration. Nothing where nobody asks. */
export const connectionIssues = (
  definition: OperatorDefinition,
  options: JsonObject,
  { connections }: PipelineFacts,
): Issue[] => {
  if (connections === undefined) return [];
  return usesOf(definition, { instanceName: '' }, options).flatMap(({ name, kind, option }): Issue[] => {
    const found = connections.find((one) => one.name === name);
    const path = pointer(option);
    if (found === undefined)
      return [
        {
          code: 'STAGE_CONNECTION_UNKNOWN',
          severity: 'error',
          path,
          message: `The organisation has no connection "${name}". Make it, or name another one.`,
        },
      ];
    if (found.kind === kind) return [];
    const message = `The connection "${name}" is of the kind "${found.kind}"; one of the kind "${kind}" is needed.`;
    return [{ code: 'STAGE_CONNECTION_KIND', severity: 'error', path, message }];
  });
};
