import { setTimeout as delay } from 'node:timers/promises';
import { resultOf, type StartRequest } from '@penstock/client';
import { type Command, Option } from 'commander';
import { type CommandContext, contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode, usageFailure } from '../failure.ts';
import { oneLine, printJson } from '../output.ts';
import { pipelineIdOf } from '../pipeline-reference.ts';

const REFERENCE = 'id, beginning of an id, or name';
const WAIT_MS = 120_000;

interface StartFlags {
  readonly mode: 'standalone' | 'cluster';
  readonly rate: number;
  readonly cu?: number;
  readonly workers?: number;
  readonly master?: number;
  readonly slave?: number;
  readonly advanced: readonly { key: string; value: string }[];
  readonly wait?: boolean;
}

/** Entries of a stage's state. */
interface StageEntries {
  readonly pipelineId: string;
  readonly stage: string;
  readonly assetIds: string[];
  readonly pointIds: string[];
}

/** release, start, pause, stop, reset-offset, state and rate. */
export const addPipelineRunCommands = (pipelines: Command, surroundings: Surroundings): void => {
  pipelines
    .command('release')
    .description('put the design copy online')
    .argument('<pipeline>', REFERENCE)
    .action(async (given: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const pipelineId = await pipelineIdOf(context, given);
      const remark = await (await context.enos()).release(pipelineId);
      done(context, pipelineId, `Released. ${remark ?? `Next: penstock pipelines start ${pipelineId}`}`);
    });

  pipelines
    .command('start')
    .description('start a released pipeline')
    .argument('<pipeline>', REFERENCE)
    .addOption(new Option('--mode <mode>', 'where it runs').choices(['standalone', 'cluster']).default('standalone'))
    .option('--rate <records>', 'records read per second, in all', rateOf, 1000)
    .option('--cu <cu>', 'CU of the worker (standalone) or of the container (cluster)', cuOf)
    .option('--workers <number>', 'cluster: number of workers', cuOf)
    .option('--master <cu>', 'cluster: CU of the master worker', cuOf)
    .option('--slave <cu>', 'cluster: CU of each other worker', cuOf)
    .option('--advanced <key=value>', 'cluster: Spark parameter, may be repeated', advancedOf, [])
    .option('--wait', 'until it is running')
    .action(async (given: string, flags: StartFlags, command: Command) => {
      const context = contextOf(surroundings, command);
      const pipelineId = await pipelineIdOf(context, given);
      await (await context.enos()).start(pipelineId, startRequest(flags));
      if (flags.wait === true) await waitFor(context, pipelineId, 'RUNNING');
      done(context, pipelineId, flags.wait === true ? 'Running.' : 'Start accepted. Watch it: penstock status --watch');
    });

  for (const { name, what, description, status } of ENDS) {
    pipelines
      .command(name)
      .description(description)
      .argument('<pipeline>', REFERENCE)
      .option('--wait', `until it is ${what}`)
      .action(async (given: string, flags: { wait?: boolean }, command: Command) => {
        const context = contextOf(surroundings, command);
        const pipelineId = await pipelineIdOf(context, given);
        await (await context.enos())[name](pipelineId);
        if (flags.wait === true) await waitFor(context, pipelineId, status);
        done(context, pipelineId, flags.wait === true ? `It is ${what}.` : `It will be ${what}.`);
      });
  }

  for (const [name, what, description, outcome] of [
    [
      'reset-offset',
      'offset',
      'skip the backlog of a pipeline that does not run',
      'It will go on with the newest records.',
    ],
    [
      'reset-state',
      'state',
      'give up the state of all stages of a pipeline that does not run',
      'It will go on where it was, with empty state.',
    ],
  ] as const)
    pipelines
      .command(name)
      .description(description)
      .argument('<pipeline>', REFERENCE)
      .action(async (given: string, _options, command: Command) => {
        const context = contextOf(surroundings, command);
        const pipelineId = await pipelineIdOf(context, given);
        await resultOf(
          context.client.api.POST('/api/v1/pipelines/{pipelineId}/reset', {
            params: { path: { pipelineId } },
            body: { what },
          }),
        );
        done(context, pipelineId, outcome);
      });

  /** What is done with the state of a stage for some assets and points. */
  const ofStage = (
    name: string,
    description: string,
    act: (context: CommandContext, of: StageEntries) => Promise<void>,
  ): Command =>
    pipelines
      .command(name)
      .description(description)
      .argument('<pipeline>', REFERENCE)
      .argument('<stage>', 'instance name, such as FixedTimeWindowAggregator_01')
      .requiredOption('--assets <ids>', 'asset ids, comma separated', listOf)
      .requiredOption('--points <ids>', 'point ids, comma separated', listOf)
      .action(async (given: string, stage: string, flags: { assets: string[]; points: string[] }, command: Command) => {
        const context = contextOf(surroundings, command);
        const pipelineId = await pipelineIdOf(context, given);
        await act(context, { pipelineId, stage, assetIds: flags.assets, pointIds: flags.points });
      });

  ofStage('state', 'what a stage remembers of assets and points', async (context, { stage, ...entries }) => {
    const items = await (await context.enos()).stageState({ ...entries, stageInstanceName: stage });
    if (context.json) return printJson(context.output, items);
    for (const item of items) context.output.write(`${oneLine(JSON.stringify(item))}\n`);
    if (items.length === 0) context.output.write('It remembers nothing of these.\n');
  });

  ofStage(
    'delete-state',
    'delete what a stage remembers of assets and points, while the pipeline is paused',
    async (context, { pipelineId, ...body }) => {
      const result = await resultOf(
        context.client.api.POST('/api/v1/pipelines/{pipelineId}/stage-state/delete', {
          params: { path: { pipelineId } },
          body,
        }),
      );
      if (context.json) return printJson(context.output, result);
      context.output.write(
        result.deleted === 0 ? 'It remembered nothing of these.\n' : `${result.deleted} entries are deleted.\n`,
      );
    },
  );

  pipelines
    .command('rate')
    .description('change the read rate, also while it runs')
    .argument('<pipeline>', REFERENCE)
    .argument('<records>', 'records per second, in all', rateOf)
    .action(async (given: string, kafkaRate: number, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const pipelineId = await pipelineIdOf(context, given);
      await resultOf(
        context.client.api.PATCH('/api/v1/pipelines/{pipelineId}/run', {
          params: { path: { pipelineId } },
          body: { kafkaRate },
        }),
      );
      done(context, pipelineId, `Reads at most ${kafkaRate} records/s from now on.`);
    });
};

const ENDS = [
  { name: 'pause', what: 'paused', status: 'PAUSED', description: 'pause: state and offsets are kept' },
  { name: 'stop', what: 'stopped', status: 'STOPPED', description: 'stop: state and offsets are cleared' },
] as const;

const done = (context: CommandContext, pipelineId: string, message: string): void => {
  if (context.json) printJson(context.output, { pipelineId });
  else context.output.write(`${message}\n`);
};

const startRequest = (flags: StartFlags): StartRequest => {
  const { mode, rate, cu, workers, master, slave, advanced } = flags;
  const forCluster = workers !== undefined || master !== undefined || slave !== undefined || advanced.length > 0;
  if (mode === 'standalone' && forCluster) {
    throw usageFailure('--workers, --master, --slave and --advanced belong to --mode cluster.');
  }
  const server = cu === undefined ? {} : { server: cu };
  if (mode === 'standalone') return { executionMode: 0, kafkaRate: rate, resourceConfig: server };
  return {
    executionMode: 1,
    kafkaRate: rate,
    resourceConfig: {
      ...server,
      yarn: { workerCount: workers ?? 1, master: master ?? 1, slave: slave ?? 1 },
      ...(advanced.length === 0 ? {} : { advanced }),
    },
  };
};

/** Polls until the pipeline has this EnOS status; ends with the reason where it cannot come to that any more. */
const waitFor = async (context: CommandContext, pipelineId: string, status: string): Promise<void> => {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const pipeline = await resultOf(
      context.client.api.GET('/api/v1/pipelines/{pipelineId}', {
        params: { path: { pipelineId } },
        signal: context.signal,
      }),
    );
    if (pipeline.status === status) return;
    if (/ERROR/.test(pipeline.status)) {
      throw new CommandFailure(
        ExitCode.Failed,
        `It is ${pipeline.status}: ${pipeline.observed.reason?.message ?? 'see penstock events'}`,
      );
    }
    if (Date.now() > deadline) {
      throw new CommandFailure(ExitCode.Failed, `It is still ${pipeline.status} after ${WAIT_MS / 1000} s.`);
    }
    await delay(300, undefined, { signal: context.signal });
  }
};

const listOf = (text: string): string[] => text.split(',').map((id) => id.trim());

const rateOf = (text: string): number => {
  const rate = Number(text);
  if (!Number.isSafeInteger(rate) || rate < 1)
    throw usageFailure(`"${text}" is not a rate: give whole records per second.`);
  return rate;
};

const cuOf = (text: string): number => {
  const cu = Number(text);
  if (!Number.isFinite(cu) || cu <= 0) throw usageFailure(`"${text}" is not an amount: give a number above 0.`);
  return cu;
};

const advancedOf = (text: string, before: { key: string; value: string }[]): { key: string; value: string }[] => {
  const at = text.indexOf('=');
  if (at < 1) throw usageFailure(`--advanced is "${text}": give KEY=VALUE.`);
  return [...before, { key: text.slice(0, at), value: text.slice(at + 1) }];
};
