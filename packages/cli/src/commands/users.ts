import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printFacts, printJson, printTable, timeText } from '../output.ts';
import { allItems } from '../pages.ts';
import { addUserChanges } from './user-changes.ts';

/** Users of the installation; for its administrator. */
export const addUserCommands = (program: Command, surroundings: Surroundings): void => {
  const users = program.command('users').description('people who may sign in (administrator)');

  users
    .command('list')
    .description('list users by e-mail address')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const items = await allItems((query) =>
        resultOf(context.adminClient.api.GET('/api/v1/users', { params: { query } })),
      );
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'E-MAIL', value: (user) => user.email },
          { title: 'NAME', value: (user) => user.name },
          { title: 'ADMINISTRATOR', value: (user) => (user.isAdministrator ? 'yes' : '-') },
          { title: 'DISABLED', value: (user) => timeText(user.disabledAt) },
          { title: 'LAST SIGN-IN', value: (user) => timeText(user.lastSignInAt) },
        ],
        items,
        'No users: penstock users create',
      );
    });

  users
    .command('create')
    .description('make a user, and a link that signs them in once')
    .argument('<email>')
    .option('--name <name>', 'what they are called')
    .option('--administrator', 'they administer the whole installation')
    .option('--hours <number>', 'how long the link is good', '24')
    .action(
      async (email: string, options: { name?: string; administrator?: true; hours: string }, command: Command) => {
        const context = contextOf(surroundings, command);
        const hours = hoursOf(options.hours);
        const { api } = context.adminClient;
        const body = {
          email,
          isAdministrator: options.administrator === true,
          ...(options.name === undefined ? {} : { name: options.name }),
        };
        const user = await resultOf(api.POST('/api/v1/users', { body }));
        const link = await resultOf(api.POST('/api/v1/sign-in-links', { body: { email: user.email, hours } }));
        if (context.json) return printJson(context.output, { ...user, link });
        printFacts(context.output, {
          User: user.email,
          'Sign-in link': `${context.settings.baseUrl}${link.path}`,
          'Good until': timeText(link.expiresAt),
        });
      },
    );

  users
    .command('link')
    .description('make a link that signs a user in once; without an address for the first administrator')
    .argument('[email]')
    .option('--hours <number>', 'how long it is good', '1')
    .action(async (email: string | undefined, options: { hours: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const body = { hours: hoursOf(options.hours), ...(email === undefined ? {} : { email }) };
      const link = await resultOf(context.adminClient.api.POST('/api/v1/sign-in-links', { body }));
      if (context.json) return printJson(context.output, link);
      printFacts(context.output, {
        User: link.email,
        'Sign-in link': `${context.settings.baseUrl}${link.path}`,
        'Good until': timeText(link.expiresAt),
      });
    });

  addUserChanges(users, surroundings);
};

const hoursOf = (text: string): number => {
  const hours = Number(text);
  if (Number.isInteger(hours) && hours > 0 && hours <= 168) return hours;
  throw usageFailure(`--hours is "${text}": give a whole number from 1 to 168.`);
};
