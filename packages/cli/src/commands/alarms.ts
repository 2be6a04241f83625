import { resultOf } from '@penstock/client';
import { type Command, Option } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printFacts, printJson, printTable, timeText } from '../output.ts';
import { allItems } from '../pages.ts';
import { pipelineIdOf } from '../pipeline-reference.ts';
import { receiverIdOf } from './receivers.ts';

const STATES = ['normal', 'pending', 'alerting', 'recovering', 'no-data'] as const;
const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
const SETTINGS = '/api/v1/pipelines/{pipelineId}/alarm-settings';
const DELIVERIES = '/api/v1/organizations/{orgId}/alarm-deliveries';
const RETRY = `${DELIVERIES}/{deliveryId}/retry` as const;

type PipelineStatus =
  | 'EDITED'
  | 'PUBLISHED'
  | 'STARTING'
  | 'RUNNING'
  | 'PAUSING'
  | 'PAUSED'
  | 'STOPPING'
  | 'STOPPED'
  | 'START_ERROR'
  | 'RUN_ERROR';

interface SetFlags {
  readonly receiver?: readonly string[];
  readonly status?: readonly PipelineStatus[];
  readonly lag?: string;
  readonly lagMinutes: string;
  readonly progress?: string;
}

const numberOf = (name: string, given: string): number => {
  const value = Number(given);
  if (given.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw usageFailure(`--${name} is "${given}": give a whole number.`);
  return value;
};

/** What pipelines' alarms watch, where they stand, and what was told to whom. */
export const addAlarmCommands = (program: Command, surroundings: Surroundings): void => {
  const alarms = program
    .command('alarms')
    .description('what is watched, where alarms stand, and what was told to whom');

  alarms
    .command('list')
    .description('where the alarms of all pipelines stand')
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .action(async (flags: { state?: (typeof STATES)[number] }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const filter = flags.state === undefined ? {} : { state: flags.state };
      const items = await allItems((query) =>
        resultOf(
          context.client.api.GET('/api/v1/organizations/{orgId}/alarms', {
            params: { path, query: { ...query, ...filter } },
          }),
        ),
      );
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'PIPELINE', value: ({ pipelineName }) => pipelineName },
          { title: 'ALARM', value: ({ rule }) => rule },
          { title: 'STATE', value: ({ state }) => state },
          { title: 'SINCE', value: ({ since }) => timeText(since) },
          {
            title: 'SEEN',
            value: ({ facts }) =>
              Object.entries(facts)
                .map(([name, value]) => `${name} ${value}`)
                .join(', '),
          },
        ],
        items,
        'All is normal.',
      );
    });

  alarms
    .command('show')
    .description('what a pipeline’s alarms watch, and who is told')
    .argument('<pipeline>', 'id, beginning of an id, or name')
    .action(async (given: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { pipelineId: await pipelineIdOf(context, given) };
      const shown = await resultOf(context.client.api.GET(SETTINGS, { params: { path } }));
      if (context.json) return printJson(context.output, shown);
      const { receivers, status, lag, progress } = shown.settings;
      printFacts(context.output, {
        Receivers: receivers.join(', ') || 'none',
        Status: status === undefined ? undefined : `${status.states.join(', ')} for ${status.forMinutes} min`,
        Lag: lag === undefined ? undefined : `more than ${lag.threshold} for ${lag.forMinutes} min`,
        'No progress': progress === undefined ? undefined : `for ${progress.forMinutes} min`,
      });
      for (const { message } of shown.issues) context.output.write(`${message}\n`);
    });

  alarms
    .command('set')
    .description('set what is watched and who is told; what is not given is not watched')
    .argument('<pipeline>', 'id, beginning of an id, or name')
    .option('--receiver <receiver...>', 'id or name of who is told')
    .option('--status <states...>', 'states of the pipeline, such as RUN_ERROR START_ERROR')
    .option('--lag <records>', 'more than so many records wait to be read')
    .option('--lag-minutes <minutes>', 'for so long', '2')
    .option('--progress <minutes>', 'records wait and none is read for so long')
    .action(async (given: string, flags: SetFlags, command: Command) => {
      const context = contextOf(surroundings, command);
      const [orgId, pipelineId] = [await context.orgId(), await pipelineIdOf(context, given)];
      const receivers: string[] = [];
      for (const name of flags.receiver ?? []) receivers.push(await receiverIdOf(context, orgId, name));
      const body = {
        receivers,
        ...(flags.status === undefined ? {} : { status: { states: [...flags.status], forMinutes: 0 } }),
        ...(flags.lag === undefined
          ? {}
          : {
              lag: { threshold: numberOf('lag', flags.lag), forMinutes: numberOf('lag-minutes', flags.lagMinutes) },
            }),
        ...(flags.progress === undefined ? {} : { progress: { forMinutes: numberOf('progress', flags.progress) } }),
      };
      const params = { path: { pipelineId }, header: { 'if-match': '*' } };
      const set = await resultOf(context.client.api.PUT(SETTINGS, { params, body }));
      if (context.json) return printJson(context.output, set);
      context.output.write('The alarms are set.\n');
      for (const { message } of set.issues) context.output.write(`${message}\n`);
    });

  alarms
    .command('deliveries')
    .description('what was told to whom, newest first')
    .addOption(new Option('--state <state>', 'only those').choices(DELIVERY_STATES))
    .option('--limit <number>', 'at most so many', '20')
    .action(async (flags: { state?: (typeof DELIVERY_STATES)[number]; limit: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const query = {
        limit: numberOf('limit', flags.limit),
        ...(flags.state === undefined ? {} : { state: flags.state }),
      };
      const { items } = await resultOf(context.client.api.GET(DELIVERIES, { params: { path, query } }));
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'AT', value: ({ createdAt }) => timeText(createdAt) },
          { title: 'TO', value: ({ receiverName }) => receiverName },
          { title: 'SUBJECT', value: ({ subject }) => subject },
          { title: 'STATE', value: ({ state }) => state },
          { title: 'ATTEMPTS', value: ({ attempts }) => String(attempts), align: 'right' },
          { title: 'ERROR', value: ({ lastError }) => lastError ?? '-' },
          { title: 'ID', value: ({ deliveryId }) => deliveryId },
        ],
        items,
        'Nobody was told anything.',
      );
    });

  alarms
    .command('retry')
    .description('try a delivery again that failed, or now instead of later')
    .argument('<delivery>', 'its id')
    .action(async (deliveryId: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), deliveryId };
      await resultOf(context.client.api.POST(RETRY, { params: { path } }));
      if (context.json) return printJson(context.output, { retried: deliveryId });
      context.output.write('It is on its way.\n');
    });
};
