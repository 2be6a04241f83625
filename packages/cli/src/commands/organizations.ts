import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { printJson, printTable, timeText } from '../output.ts';

export const addOrganizationCommands = (program: Command, surroundings: Surroundings): void => {
  const orgs = program.command('orgs').description('organisations (administrator)');

  orgs
    .command('list')
    .description('list organisations')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const items = await context.organizations();
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'ORGANISATION', value: (org) => org.orgId },
          { title: 'NAME', value: (org) => org.name },
          { title: 'CREATED', value: (org) => timeText(org.createdAt) },
        ],
        items,
        'No organisations yet: penstock orgs create NAME',
      );
    });

  orgs
    .command('create')
    .description('create an organisation')
    .argument('<name>', 'what people call it')
    .option('--id <orgId>', 'its id (default: a new one)')
    .action(async (name: string, options: { id?: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const org = await resultOf(
        context.adminClient.api.POST('/api/v1/organizations', {
          body: { name, ...(options.id === undefined ? {} : { orgId: options.id }) },
        }),
      );
      if (context.json) return printJson(context.output, org);
      context.output.write(
        `Created ${org.orgId}. Next: penstock keys create --org ${org.orgId}; penstock grants set standalone 2 --org ${org.orgId}\n`,
      );
    });

  orgs
    .command('delete')
    .description('delete an organisation whose pipelines are all stopped')
    .argument('<orgId>')
    .action(async (orgId: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      await resultOf(context.adminClient.api.DELETE('/api/v1/organizations/{orgId}', { params: { path: { orgId } } }));
      if (context.json) return printJson(context.output, { deleted: orgId });
      context.output.write(`Deleted ${orgId}.\n`);
    });
};
