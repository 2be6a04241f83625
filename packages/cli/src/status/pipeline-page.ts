import type { PenstockClient } from '@penstock/client';
import { type Output, printFacts, printTable, timeText } from '../output.ts';
import { ageText, countText } from './status-table.ts';

const lookUp = (client: PenstockClient, pipelineId: string) =>
  client.api.GET('/api/v1/pipelines/{pipelineId}', { params: { path: { pipelineId } } });

export type PipelineDetail = NonNullable<Awaited<ReturnType<typeof lookUp>>['data']>;

/** What `penstock pipelines get` shows: where the pipeline stands, its worker, and what each stage has done. */
export const printPipeline = (output: Output, pipeline: PipelineDetail): void => {
  const { observed, run } = pipeline;
  const worker = run?.worker;
  printFacts(output, {
    Pipeline: pipeline.pipelineId,
    Name: pipeline.name,
    Organisation: pipeline.orgId,
    Status: pipeline.status,
    Observed: `${observed.state} since ${timeText(observed.since)} (evidence: ${observed.source}, ${ageText(observed.ageMs)} old)`,
    Reason: observed.reason?.message,
    Wanted: pipeline.desired ?? 'nothing yet',
    Released: timeText(pipeline.releasedAt),
    Updated: timeText(pipeline.updatedAt),
    'Read rate': pipeline.kafkaRate === null ? undefined : `at most ${countText(pipeline.kafkaRate)} records/s`,
    Worker:
      worker === null || worker === undefined
        ? undefined
        : `process ${worker.pid} on ${worker.host}, ${Math.round(worker.rssMb)} MB, ${countText(worker.recordsRead)} records read`,
  });
  if (run === null || Object.keys(run.stages).length === 0) return;
  output.write('\n');
  printTable(
    output,
    [
      { title: 'STAGE', value: ([name]) => name },
      { title: 'IN', align: 'right', value: ([, { input }]) => countText(input) },
      { title: 'OUT', align: 'right', value: ([, { output }]) => countText(output) },
      { title: 'DROPPED', value: ([, { dropped }]) => reasonsText(dropped) },
      { title: 'ERRORS', value: ([, { errors }]) => reasonsText(errors) },
    ],
    Object.entries(run.stages),
    '',
  );
};

const reasonsText = (counts: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(counts);
  return entries.length === 0 ? '-' : entries.map(([reason, count]) => `${countText(count)} ${reason}`).join(', ');
};
