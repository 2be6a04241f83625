import { resultOf } from '@penstock/client';
import { type Command, Option } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printFacts, printJson, printTable, timeText } from '../output.ts';
import { allItems } from '../pages.ts';

const ROLES = ['viewer', 'operator', 'designer', 'administrator'] as const;
type Role = (typeof ROLES)[number];
const DAY_MS = 86_400_000;

const daysOf = (text: string): number => {
  const days = Number(text);
  if (days > 0 && days < 36_500) return days;
  throw usageFailure(`--days is "${text}": give a number of days above 0.`);
};

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
          { title: 'ROLE', value: (key) => key.role },
          { title: 'CREATED', value: (key) => timeText(key.createdAt) },
          { title: 'EXPIRES', value: (key) => timeText(key.expiresAt) },
          { title: 'LAST USED', value: (key) => timeText(key.lastUsedAt) },
        ],
        items,
        'No access keys: penstock keys create',
      );
    });

  keys
    .command('create')
    .description('make a key pair; the secret key is shown only now (administrator)')
    .option('--name <name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).default('administrator'))
    .option('--days <number>', 'good for so many days; without it for ever')
    .action(async (options: { name?: string; role: Role; days?: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const pair = await resultOf(
        context.adminClient.api.POST('/api/v1/organizations/{orgId}/access-keys', {
          params: { path },
          body: {
            role: options.role,
            ...(options.name === undefined ? {} : { name: options.name }),
            ...(options.days === undefined ? {} : { expiresAt: Date.now() + daysOf(options.days) * DAY_MS }),
          },
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

  keys
    .command('revoke')
    .description('have the token of an access key be worth nothing; the key can ask for a new one')
    .argument('<accessKey>')
    .action(async (accessKey: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), accessKey };
      await resultOf(
        context.client.api.DELETE('/api/v1/organizations/{orgId}/access-keys/{accessKey}/tokens', { params: { path } }),
      );
      if (context.json) return printJson(context.output, { revoked: accessKey });
      context.output.write(`The token of ${accessKey} is worth nothing now.\n`);
    });
};
