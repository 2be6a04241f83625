import { isJsonObject, type JsonObject } from '@penstock/model';
import { deleteStageState, getStageState } from '../../lifecycle/stage-state.ts';
import { findPipeline } from '../../use-case/find-pipeline.ts';
import { fieldInvalid } from '../../use-case/use-case.ts';
import type { EnosAnswer, EnosContext } from './answer-call.ts';
import { bodyInvalid, type EnosCall } from './enos-reply.ts';
import { parseBody } from './request-body.ts';

/** Get and Delete Stage State (contract A.3, A.4). */
export const stageStateCall = async (call: EnosCall, context: EnosContext): Promise<EnosAnswer> => {
  const { deps, orgId, actor } = context;
  const body = parseBody(context.rawBody);
  if (!body.ok || !isJsonObject(body.value))
    return { failure: bodyInvalid(call, body.ok ? 'The body must be a JSON object.' : body.problem) };
  const pipelineId = textField(body.value, 'pipelineId');
  // Whose pipeline it is comes before what is wrong with the rest: nothing is told about foreign ones.
  await findPipeline(deps.store.db, orgId, pipelineId);
  const request = {
    stageInstanceName: textField(body.value, 'stageInstanceName'),
    assetIds: listField(body.value, 'assetIds'),
    pointIds: listField(body.value, 'pointIds'),
  };
  const target = { orgId, pipelineId, actor };
  if (call === 'stage-state-get') {
    const items = await getStageState(deps, target, request);
    await deps.reads.note({ orgId, actor, target: pipelineId, what: call });
    return { data: { items } };
  }
  await deleteStageState(deps, target, request);
  return { data: true };
};

const textField = (body: JsonObject, name: string): string => {
  const given = body[name];
  if (typeof given === 'string' && given.trim() !== '') return given.trim();
  throw fieldInvalid(
    `/${name}`,
    given === undefined || given === null || given === '' ? `"${name}" is missing.` : `"${name}" must be a text.`,
  );
};

/** Ids in one text, comma separated (contract A.3); a list of texts is taken as well. */
const listField = (body: JsonObject, name: string): readonly string[] => {
  const given = body[name];
  const parts = Array.isArray(given) ? given : [textField(body, name)];
  if (!parts.every((part) => typeof part === 'string')) throw fieldInvalid(`/${name}`, `"${name}" must hold texts.`);
  const ids = parts
    .flatMap((part) => part.split(','))
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) throw fieldInvalid(`/${name}`, `"${name}" must name at least one.`);
  return [...new Set(ids)];
};
