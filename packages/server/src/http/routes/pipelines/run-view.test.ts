import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Heartbeat } from '@penstock/model';
import fastify, { type FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { namedSchemas } from '../../plugins/named-schemas.ts';
import { nullable } from '../../plugins/schemas.ts';
import { runSchema, shownExecutor, shownFigures, shownIdentity, shownTask } from './pipeline-schemas.ts';

/** Types are written down here: inferred through the schemas they are too deep for the linter. */
interface Seen {
  readonly stages: unknown;
  readonly tasks: readonly unknown[];
  readonly executors: readonly object[];
}

const heartbeatOf = (name: string): Heartbeat => {
  const file = fileURLToPath(import.meta.resolve(`@penstock/model/messages/samples/${name}.json`));
  return JSON.parse(readFileSync(file, 'utf8'));
};

/** What a caller of the API gets of a run, as it is written by the schema of its route. */
const answered = async (run: object): Promise<Seen> => {
  const app = fastify();
  for (const schema of namedSchemas()) app.addSchema(schema);
  const schema: FastifySchema = { response: { 200: Type.Object({ run: nullable(runSchema) }) } };
  app.get('/', { schema }, async () => ({ run }));
  const response = await app.inject('/');
  await app.close();
  assert.equal(response.statusCode, 200, response.body);
  return JSON.parse(response.body).run;
};

for (const name of ['heartbeat', 'heartbeat-first', 'heartbeat-driver'])
  test(`a run is shown as its worker tells of it: ${name}`, async () => {
    const heartbeat = heartbeatOf(name);
    const { cluster } = heartbeat;
    const run: object = {
      runId: heartbeat.runId,
      startedAt: 1,
      endedAt: null,
      worker: {
        ...shownIdentity.show(heartbeat),
        phase: heartbeat.phase,
        heartbeatAt: 2,
        ...shownFigures.show(heartbeat),
      },
      tasks: heartbeat.tasks.map(shownTask.show),
      stages: heartbeat.stages,
      work: heartbeat.work ?? null,
      application: null,
      executors: (cluster?.executors ?? []).map(shownExecutor.show),
      batches: cluster?.batches ?? null,
      backPressureRate: cluster?.backPressureRate ?? null,
    };
    const seen = await answered(run);
    assert.deepEqual(seen, JSON.parse(JSON.stringify(run)));
    assert.deepEqual(seen.stages, heartbeat.stages);
    for (const [index, task] of heartbeat.tasks.entries())
      assert.deepEqual(seen.tasks[index], {
        lastCommitAgeMs: null,
        eventLagMs: null,
        heldBack: null,
        trouble: null,
        ...task,
      });
    for (const executor of seen.executors) assert.equal('jvmPid' in executor, false);
  });
