import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPenstockClient,
  type DeadLetter,
  type Issue,
  type Pipeline,
  type RunTask,
  type RunView,
  resultOf,
  type StageCounters,
} from './index.ts';

const client = createPenstockClient({ baseUrl: 'http://penstock', adminToken: 'x', fetch: async () => answer() });
let body: unknown;
const answer = (): Response => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });

/** Callers write the names of the API; that this compiles is half of the test. */
const lagOf = ({ lag }: RunTask): number => lag;
const lost = ({ errors }: StageCounters): number => Object.values(errors).reduce((sum, each) => sum + each, 0);
const troubles = ({ tasks, stages }: RunView): number =>
  tasks.filter((task) => lagOf(task) > 0).length + Object.values(stages).filter((stage) => lost(stage) > 0).length;
const namesOf = (letters: readonly DeadLetter[]): readonly string[] => letters.map(({ id }) => id);
const errorsOf = (issues: readonly Issue[]): readonly Issue[] => issues.filter(({ severity }) => severity === 'error');

test('what the client answers has the names of the API', async () => {
  body = { pipelineId: 'p', run: null };
  const params = { path: { pipelineId: 'p' } };
  const pipeline: Pipeline = await resultOf(client.api.GET('/api/v1/pipelines/{pipelineId}', { params }));
  assert.equal(pipeline.run === null ? 0 : troubles(pipeline.run), 0);
  assert.deepEqual([namesOf([]), errorsOf([])], [[], []]);
});
