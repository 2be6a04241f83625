import { findPipeline } from '../use-case/find-pipeline.ts';
import type { Target, UseCaseDeps } from '../use-case/use-case.ts';
import type { TemplateType } from './parse-save-request.ts';
import { savePipeline } from './save-pipeline.ts';

/**
 * A new pipeline with the design copy of another one, secrets included, for they never left the service. It was never
 * released and keeps nothing. Answers its id. Errors: those of a save.
 */
export const copyPipeline = async (deps: UseCaseDeps, target: Target, name: string | undefined): Promise<string> => {
  const source = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  return savePipeline(
    deps,
    { orgId: target.orgId, pipelineId: null, actor: target.actor },
    {
      name: name ?? `${source.name.slice(0, 190)} (copy)`,
      description: source.description,
      templateType: source.templateType as TemplateType,
      ...(source.templateName === null ? {} : { templateName: source.templateName }),
      templateVersion: source.templateVersion,
      messageChannel: source.messageChannel === 1 ? 1 : 0,
      ...(source.alarmConfig === null ? {} : { alarmConfig: source.alarmConfig }),
      ...(source.document === null ? {} : { document: source.document }),
      groupName: source.groupName,
      labels: source.labels,
    },
  );
};
