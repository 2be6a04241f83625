import { resultOf } from '@penstock/client';
import { Argument, type Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import { printJson, printTable, timeText } from '../output.ts';
import { allItems } from '../pages.ts';

const ROLES = ['viewer', 'operator', 'designer', 'administrator'] as const;
const PATH = '/api/v1/organizations/{orgId}/members';

/** Who may do what in an organisation. */
export const addMemberCommands = (program: Command, surroundings: Surroundings): void => {
  const members = program.command('members').description('users of an organisation, and their roles in it');

  members
    .command('list')
    .description('list members by e-mail address')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const items = await allItems((query) => resultOf(context.client.api.GET(PATH, { params: { path, query } })));
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'E-MAIL', value: (member) => member.email },
          { title: 'NAME', value: (member) => member.name },
          { title: 'ROLE', value: (member) => member.role },
          { title: 'GIVEN', value: (member) => (member.source === 'oidc' ? 'by the provider' : 'here') },
          { title: 'SINCE', value: (member) => timeText(member.since) },
        ],
        items,
        'No members: penstock members set',
      );
    });

  members
    .command('set')
    .description('make a user a member, or change what a member may do')
    .argument('<email>')
    .addArgument(new Argument('<role>').choices(ROLES))
    .action(async (email: string, role: (typeof ROLES)[number], _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      await resultOf(context.client.api.PUT(PATH, { params: { path }, body: { email, role } }));
      if (context.json) return printJson(context.output, { email, role });
      context.output.write(`${email} is ${role} of ${path.orgId}.\n`);
    });

  members
    .command('remove')
    .description('end a membership')
    .argument('<email>')
    .action(async (email: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const { api } = context.client;
      const items = await allItems((query) => resultOf(api.GET(PATH, { params: { path, query } })));
      const member = items.find((one) => one.email === email.toLowerCase());
      if (member === undefined) throw new CommandFailure(ExitCode.Failed, `${path.orgId} has no member "${email}".`);
      await resultOf(api.DELETE(`${PATH}/{userId}`, { params: { path: { ...path, userId: member.userId } } }));
      if (context.json) return printJson(context.output, { removed: email });
      context.output.write(`${email} is no member of ${path.orgId} any more.\n`);
    });
};
