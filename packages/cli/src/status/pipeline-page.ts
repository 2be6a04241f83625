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
    ...applicationFacts(run),
  });
  printExecutors(output, run);
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

type Run = PipelineDetail['run'];

/** What YARN last said; also after its end, since it says why. */
const applicationFacts = (run: Run): Readonly<Record<string, string | undefined>> => {
  const application = run?.application;
  if (application === null || application === undefined) return {};
  const { applicationId, state, finalStatus, attempts, queue, containers, memoryMb, waiting, diagnostics } =
    application;
  const batches = run?.batches;
  return {
    Application: `${applicationId}, ${finalStatus === 'UNDEFINED' ? state : `${state}/${finalStatus}`}, attempt ${attempts}, queue ${queue}`,
    Containers: `${containers}, ${countText(memoryMb)} MiB`,
    Waiting: waiting ?? undefined,
    Diagnostics: diagnostics === '' ? undefined : diagnostics,
    Batches:
      batches === null || batches === undefined
        ? undefined
        : `${countText(batches.completed)} done, ${batches.waiting} waiting, every ${batches.intervalMs} ms, last took ${Math.round(batches.processingMs)} ms`,
    'Back pressure': run?.backPressureRate == null ? undefined : `at most ${countText(run.backPressureRate)} records/s`,
  };
};

const printExecutors = (output: Output, run: Run): void => {
  if (run === null || run.endedAt !== null || run.executors.length === 0) return;
  output.write('\n');
  printTable(
    output,
    [
      { title: 'EXECUTOR', value: ({ executorId }) => executorId },
      { title: 'HOST', value: ({ host }) => host },
      { title: 'TASKS', align: 'right', value: ({ tasks }) => countText(tasks) },
      { title: 'JVM MB', align: 'right', value: ({ jvmRssMb }) => countText(Math.round(jvmRssMb)) },
      { title: 'WORKER MB', align: 'right', value: ({ workerRssMb }) => megabytes(workerRssMb) },
    ],
    run.executors,
    '',
  );
};

const megabytes = (value: number | null): string => countText(value === null ? null : Math.round(value));

const reasonsText = (counts: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(counts);
  return entries.length === 0 ? '-' : entries.map(([reason, count]) => `${countText(count)} ${reason}`).join(', ');
};
