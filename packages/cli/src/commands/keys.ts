import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { printFacts, printJson, printTable, timeText } from '../output.ts';
import { allItems } from '../pages.ts';

export const addKeyCommands = (program: Command, surroundings: Surroundings): void => {
  const keys = program.command('keys').description('access keys of an organisation');

  keys
    .command('list')
    .description('list access keys; secret keys are never shown again')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const items = await allItems((query) =>
        resultOf(context.client.api.GET('/api/v1/organizations/{orgId}/access-keys', { params: { path, query } })),
      );
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'ACCESS KEY', value: (key) => key.accessKey },
          { title: 'NAME', value: (key) => key.name },
          { title: 'CREATED', value: (key) => timeText(key.createdAt) },
        ],
        items,
        'No access keys: penstock keys create',
      );
    });

  keys
    .command('create')
    .description('make a key pair; the secret key is shown only now (administrator)')
    .option('--name <name>', 'what it is for')
    .action(async (options: { name?: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const pair = await resultOf(
        context.adminClient.api.POST('/api/v1/organizations/{orgId}/access-keys', {
          params: { path },
          body: options.name === undefined ? {} : { name: options.name },
        }),
      );
      if (context.json) return printJson(context.output, pair);
      printFacts(context.output, { 'Access key': pair.accessKey, 'Secret key': pair.secretKey });
      context.output.write('Keep the secret key: it is not shown again.\n');
    });

  keys
    .command('delete')
    .description('withdraw an access key and its tokens (administrator)')
    .argument('<accessKey>')
    .action(async (accessKey: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), accessKey };
      await resultOf(
        context.adminClient.api.DELETE('/api/v1/organizations/{orgId}/access-keys/{accessKey}', { params: { path } }),
      );
      if (context.json) return printJson(context.output, { deleted: accessKey });
      context.output.write(`Withdrew ${accessKey}.\n`);
    });
};
