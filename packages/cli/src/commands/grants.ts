import { resultOf } from '@penstock/client';
import { Argument, type Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printJson, printTable, timeText } from '../output.ts';

const RESOURCES = ['standalone', 'cluster-server', 'cluster-yarn', 'stream-designing', 'message-queue'] as const;
type Resource = (typeof RESOURCES)[number];

export const addGrantCommands = (program: Command, surroundings: Surroundings): void => {
  const grants = program.command('grants').description('what an organisation may use, in CU');

  grants
    .command('list')
    .description('granted, used and available CU')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const found = await resultOf(
        context.client.api.GET('/api/v1/organizations/{orgId}/grants', { params: { path } }),
      );
      if (context.json) return printJson(context.output, found);
      const rows = [
        { resource: 'standalone', grant: found.standalone },
        { resource: 'cluster-server', grant: found.clusterServer },
        { resource: 'cluster-yarn', grant: found.clusterYarn },
        { resource: 'stream-designing', grant: found.streamDesigning },
        { resource: 'message-queue', grant: found.messageQueue },
      ];
      const number = (value: number | undefined): string => (value === undefined ? '-' : String(value));
      printTable(
        context.output,
        [
          { title: 'RESOURCE', value: (row) => row.resource },
          { title: 'GRANTED', align: 'right', value: (row) => number(row.grant?.granted) },
          { title: 'USED', align: 'right', value: (row) => number(row.grant?.used) },
          { title: 'AVAILABLE', align: 'right', value: (row) => number(row.grant?.available) },
        ],
        rows,
        '',
      );
    });

  grants
    .command('set')
    .description('grant a resource (administrator)')
    .addArgument(new Argument('<resource>').choices(RESOURCES))
    .argument('<cu>', 'how many CU; 1 CU is 1 core and 2 GiB', cuOf)
    .action(async (resource: Resource, cu: number, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), resource };
      await resultOf(
        context.adminClient.api.PUT('/api/v1/organizations/{orgId}/grants/{resource}', {
          params: { path },
          body: { cu },
        }),
      );
      if (context.json) return printJson(context.output, { ...path, cu });
      context.output.write(`Granted ${cu} CU of ${resource} to ${path.orgId}.\n`);
    });

  grants
    .command('withdraw')
    .description('withdraw a resource (administrator)')
    .addArgument(new Argument('<resource>').choices(RESOURCES))
    .action(async (resource: Resource, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), resource };
      await resultOf(
        context.adminClient.api.DELETE('/api/v1/organizations/{orgId}/grants/{resource}', { params: { path } }),
      );
      if (context.json) return printJson(context.output, { ...path, cu: null });
      context.output.write(`Withdrew ${resource} from ${path.orgId}.\n`);
    });
  addUsage(grants, surroundings);
};

const DAY_MS = 24 * 3600_000;

const addUsage = (grants: Command, surroundings: Surroundings): void => {
  grants
    .command('usage')
    .description('what was used of a resource over time, by hours; over more than two weeks by days')
    .addArgument(new Argument('<resource>').choices(RESOURCES))
    .option('--days <number>', 'how far back', daysOf, 7)
    .action(async (resource: Resource, { days }: { days: number }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), resource };
      const query = { from: Math.max(0, Date.now() - days * DAY_MS) };
      const found = await resultOf(
        context.client.api.GET('/api/v1/organizations/{orgId}/resources/{resource}/usage', { params: { path, query } }),
      );
      if (context.json) return printJson(context.output, found);
      printTable(
        context.output,
        [
          { title: 'FROM', value: (point) => timeText(point.at) },
          { title: 'GRANTED', align: 'right', value: (point) => String(point.granted ?? '-') },
          { title: 'USED', align: 'right', value: (point) => String(point.used) },
          { title: 'PEAK', align: 'right', value: (point) => String(point.peak) },
        ],
        found.items,
        'Nothing was noted in this time.',
      );
    });
};

const daysOf = (text: string): number => {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw usageFailure(`"${text}" is not a number of days.`);
  return Number(text);
};

const cuOf = (text: string): number => {
  const cu = Number(text);
  if (text.trim() === '' || !Number.isFinite(cu) || cu <= 0) {
    throw usageFailure(`"${text}" is not an amount of CU: give a number above 0, such as 0.5 or 4.`);
  }
  return cu;
};
