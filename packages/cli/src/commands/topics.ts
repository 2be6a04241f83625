import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { type CommandContext, contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printJson, printTable } from '../output.ts';
import { allItems } from '../pages.ts';
import { addOwnTopicCommands, QUEUE_TOPICS, sizeText } from './own-topics.ts';
import { addTopicRecordCommands } from './topic-records.ts';

const PATH = '/api/v1/organizations/{orgId}/topic-grants';

/** Topics beside the six that every organisation has: its own, and those it may read or write. */
export const addTopicCommands = (program: Command, surroundings: Surroundings): void => {
  const topics = program.command('topics').description('topics an organisation has made, and those it was granted');

  topics
    .command('list')
    .description('list what was made, with what lies in it, and what was granted')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const { items: granted } = await resultOf(context.client.api.GET(PATH, { params: { path } }));
      const made = await ownTopics(context, path.orgId);
      const items = [
        ...made.map((own) => ({ pattern: own.topic, read: true, write: true, own })),
        ...granted.map((grant) => ({ ...grant, own: undefined })),
      ];
      if (context.json)
        return printJson(
          context.output,
          items.map(({ own, ...use }) => ({ ...own, ...use })),
        );
      const ofOwn =
        (text: (topic: (typeof made)[number]) => string) =>
        ({ own }: (typeof items)[number]) =>
          own === undefined ? '-' : text(own);
      printTable(
        context.output,
        [
          { title: 'PATTERN', value: (item) => item.pattern },
          { title: 'READ', value: (item) => (item.read ? 'yes' : '-') },
          { title: 'WRITE', value: (item) => (item.write ? 'yes' : '-') },
          { title: 'STATE', value: ofOwn((topic) => (topic.kafka === 'missing' ? 'missing in Kafka' : topic.state)) },
          { title: 'PARTITIONS', align: 'right', value: ofOwn(({ partitions }) => String(partitions)) },
          { title: 'KEPT', align: 'right', value: ofOwn(({ retentionHours }) => `${retentionHours} h`) },
          { title: 'SIZE', align: 'right', value: ofOwn(({ stored }) => sizeText(stored?.bytes)) },
          { title: 'AT MOST', align: 'right', value: ofOwn(({ maxBytes }) => sizeText(maxBytes)) },
        ],
        items,
        'Only the six topics that every organisation has: penstock topics create, penstock topics grant',
      );
    });
  addOwnTopicCommands(topics, surroundings);
  addTopicRecordCommands(topics, surroundings);

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

const ownTopics = (context: CommandContext, orgId: string) =>
  allItems((query) => resultOf(context.client.api.GET(QUEUE_TOPICS, { params: { path: { orgId }, query } })));
