import { type OperatorRegistry, ownerOf, ownerText, storesOfStage, validateStageConfig } from '@penstock/engine';
import type { Issue, JsonObject, OwnLibrary } from '@penstock/model';
import type { TemplatePoint } from '@penstock/operators';
import { stagesOf } from '../compile/compile-document.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { CheckedFacts } from '../use-case/organization-facts.ts';
import type { FindStageState } from '../use-case/stage-state-view.ts';
import { type CompileCheck, UseCaseError } from '../use-case/use-case.ts';

/** A compiler as the check of a start, with the topics, connections and operators that the organisation may use now. */
export const createCompileCheck =
  (
    compiler: Compiler,
    factsOf: (orgId: string, document: JsonObject) => Promise<CheckedFacts>,
    /** What an organisation's models say against points of a template. */
    checkPoints: (orgId: string, points: readonly TemplatePoint[]) => Promise<readonly Issue[]> = async () => [],
  ): CompileCheck =>
  async (document, { mode, isSystem = false, ...facts }) => {
    const { libraries, ...known } = await factsOf(facts.orgId, document);
    const {
      document: compiled,
      templatePoints = [],
      issues,
      sourceTopics,
      claims,
      lineage,
      flows,
    } = await compiler.compile(document, {
      ...facts,
      ...known,
      ...(isSystem ? {} : { libraries }),
      runsEverySource: mode?.runsEverySource ?? true,
    });
    return {
      issues: [...issues, ...(await checkPoints(facts.orgId, templatePoints))],
      ...(compiled === undefined ? {} : { document: compiled }),
      ...(sourceTopics === undefined ? {} : { sourceTopics }),
      ...(claims === undefined ? {} : { claims }),
      ...(lineage === undefined ? {} : { lineage }),
      ...(flows === undefined ? {} : { flows }),
    };
  };

/** State as the operator of the stage shows it. */
export const createFindStageState =
  (
    registry: OperatorRegistry,
    ownLibrariesOf: (orgId: string, document: JsonObject) => Promise<readonly OwnLibrary[]> = async () => [],
  ): FindStageState =>
  async (orgId, document, stageInstanceName) => {
    const stage = stagesOf(document).find(({ instanceName }) => instanceName === stageInstanceName);
    if (stage === undefined) return 'stage-unknown';
    const own = registry.of?.({ ownLibraries: [...(await ownLibrariesOf(orgId, document))] }) ?? registry;
    const definition = own.resolve(stage);
    if (definition?.kind !== 'processor') return 'no-state';
    const { config } = validateStageConfig(definition, stage, NO_PIPELINE);
    const stores = storesOfStage({ definition, config });
    const shown = stores.find(({ toItem }) => toItem !== undefined);
    if (shown === undefined) return 'no-state';
    const owner = (store: (typeof stores)[number]): string => ownerText(ownerOf({ ...stage, config }, store));
    return {
      owners: [...new Set(stores.map(owner))],
      toItem: (entry, stored) => {
        if (entry.store !== shown.name || ownerText(entry.owner) !== owner(shown)) return undefined;
        if (entry.version !== shown.version) throw notCurrent(stageInstanceName, entry.version, shown.version);
        return shown.toItem?.(shown.decode(stored), entry.key);
      },
      pointOf: (entry) => {
        const store = stores.find((one) => one.name === entry.store && owner(one) === ownerText(entry.owner));
        const [assetId, pointId = ''] = entry.key;
        return store?.pointOf?.(entry.key) ?? [assetId, pointId];
      },
    };
  };

/** How stages share stores does not depend on the pipeline they are in. */
const NO_PIPELINE = { pipelineId: '', orgId: '', messageChannel: 0 } as const;

const notCurrent = (stage: string, kept: number, known: number): UseCaseError =>
  new UseCaseError(
    'STAGE_STATE_NOT_CURRENT',
    'conflict',
    `The state of stage "${stage}" was kept in version ${kept} of its operator's encoding, and this installation has version ${known}. Start the pipeline, which brings it up to date or says why it cannot, and ask again.`,
    { params: { stage, kept, known } },
  );
