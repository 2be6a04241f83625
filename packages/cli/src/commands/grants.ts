import { resultOf } from '@penstock/client';
import { Argument, type Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printJson, printTable } from '../output.ts';

const RESOURCES = ['standalone', 'cluster-server', 'cluster-yarn'] as const;
type Resource = (typeof RESOURCES)[number];

export const addGrantCommands = (program: Command, surroundings: Surroundings): void => {
  const grants = program.command('grants').description('processing resources of an organisation, in CU');

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
};

const cuOf = (text: string): number => {
  const cu = Number(text);
  if (text.trim() === '' || !Number.isFinite(cu) || cu <= 0) {
    throw usageFailure(`"${text}" is not an amount of CU: give a number above 0, such as 0.5 or 4.`);
  }
  return cu;
};
