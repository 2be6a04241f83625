import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printJson, printTable } from '../output.ts';

const PATH = '/api/v1/organizations/{orgId}/topic-grants';

/** Topics beside its own six that an organisation may read or write. */
export const addTopicCommands = (program: Command, surroundings: Surroundings): void => {
  const topics = program.command('topics').description('topics an organisation may use beside its own');

  topics
    .command('list')
    .description('list what was granted')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const { items } = await resultOf(context.client.api.GET(PATH, { params: { path } }));
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'PATTERN', value: (grant) => grant.pattern },
          { title: 'READ', value: (grant) => (grant.read ? 'yes' : '-') },
          { title: 'WRITE', value: (grant) => (grant.write ? 'yes' : '-') },
        ],
        items,
        'Only its own six topics: penstock topics grant',
      );
    });

  topics
    .command('grant')
    .description('grant topics, or change what a grant is for (administrator)')
    .argument('<pattern>', 'a topic name, with * for any characters')
    .option('--read', 'pipelines may read them')
    .option('--write', 'pipelines may write them')
    .action(async (pattern: string, options: { read?: true; write?: true }, command: Command) => {
      const context = contextOf(surroundings, command);
      if (options.read === undefined && options.write === undefined)
        throw usageFailure('Give --read, --write or both.');
      const body = { pattern, read: options.read === true, write: options.write === true };
      const path = { orgId: await context.orgId() };
      const { items } = await resultOf(context.adminClient.api.PUT(PATH, { params: { path }, body }));
      if (context.json) return printJson(context.output, items);
      const uses = [body.read ? 'read' : '', body.write ? 'write' : ''].filter((use) => use !== '').join(' and ');
      context.output.write(`${path.orgId} may ${uses} ${pattern}.\n`);
    });

  topics
    .command('withdraw')
    .description('withdraw a grant; runs under way keep it until they are started again (administrator)')
    .argument('<pattern>', 'as listed')
    .action(async (pattern: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      await resultOf(context.adminClient.api.DELETE(PATH, { params: { path, query: { pattern } } }));
      if (context.json) return printJson(context.output, { withdrawn: pattern });
      context.output.write(`Withdrew ${pattern} from ${path.orgId}.\n`);
    });
};
