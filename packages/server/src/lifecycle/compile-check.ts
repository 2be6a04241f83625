import type { OperatorRegistry } from '@penstock/engine';
import type { TopicGrant } from '@penstock/model';
import { stagesOf } from '../compile/compile-document.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { FindStageState } from '../use-case/stage-state-view.ts';
import type { CompileCheck } from '../use-case/use-case.ts';

/** A compiler as the check of a start, with the topics that the organisation may use now. */
export const createCompileCheck =
  (compiler: Compiler, grantsOf: (orgId: string) => Promise<readonly TopicGrant[]>): CompileCheck =>
  async (document, { mode, ...facts }) => {
    const topicGrants = await grantsOf(facts.orgId);
    const { issues, sourceTopic } = await compiler.compile(document, {
      ...facts,
      topicGrants,
      runsEverySource: mode?.runsEverySource ?? true,
    });
    return sourceTopic === undefined ? { issues } : { issues, sourceTopic };
  };

/** State as the operator of the stage shows it. */
export const createFindStageState =
  (registry: OperatorRegistry): FindStageState =>
  (document, stageInstanceName) => {
    const stage = stagesOf(document).find(({ instanceName }) => instanceName === stageInstanceName);
    if (stage === undefined) return 'stage-unknown';
    const definition = registry.resolve(stage);
    if (definition?.kind !== 'processor' || definition.state?.toItem === undefined) return 'no-state';
    const { decode, toItem } = definition.state;
    return { toItem: (stored, assetId, pointId) => toItem(decode(stored), assetId, pointId) };
  };
