import { applyObservation } from '../../../runs/apply-observation.ts';
import { findPipeline } from '../../../use-case/find-pipeline.ts';
import { type CallOptions, createEnosClient, type EnosFixture } from './enos-fixture.ts';

/** The calls of the contract in short, as an organization of their own. */
export const newDriver = async (
  fixture: EnosFixture,
  grants: Parameters<EnosFixture['organization']>[0] = { standaloneCu: 4 },
) => {
  const client = createEnosClient(fixture, await fixture.organization(grants));
  const { orgId } = client.org;
  const operate = async (pipelineId: string, action: string, options: CallOptions = {}) =>
    (
      await client.call('POST', `streaming/pipeline/${pipelineId}`, {
        query: `orgId=${orgId}&action=${action}`,
        ...options,
      })
    ).json;
  return {
    client,
    orgId,
    operate,
    /** Saves and answers the id; anything but success is a failed test. */
    save: async (body: unknown, pipelineId = 'null'): Promise<string> => {
      const { code, data, submsg } = await operate(pipelineId, 'save', { body });
      if (code !== 0) throw new Error(`save failed: ${code} ${submsg}`);
      return data;
    },
    details: (pipelineId: string, ifReleased = false) =>
      client.call('GET', `streaming/pipeline/${pipelineId}`, { query: `orgId=${orgId}&ifReleased=${ifReleased}` }),
    list: async (query = '') =>
      (await client.call('GET', 'streaming/pipelines', { query: `orgId=${orgId}${query}` })).json.data,
    /** What a supervisor would see of the pipeline's current run, one after the other. */
    observe: async (pipelineId: string, ...seen: Parameters<typeof applyObservation>[2][]): Promise<void> => {
      const { currentRunId } = await findPipeline(fixture.deps.store.db, orgId, pipelineId);
      for (const observation of seen) await applyObservation(fixture.deps, currentRunId ?? '', observation);
    },
    target: (pipelineId: string) => ({ orgId, pipelineId, actor: 'test' }),
  };
};

/** One fixture for all tests of a file: starting the embedded database takes a while. */
export const sharedFixture = (create: (t: { after(cleanup: () => unknown): unknown }) => Promise<EnosFixture>) => {
  const cleanups: (() => unknown)[] = [];
  return {
    open: () => create({ after: (cleanup) => cleanups.push(cleanup) }),
    close: async (): Promise<void> => {
      for (const cleanup of cleanups) await cleanup();
    },
  };
};
