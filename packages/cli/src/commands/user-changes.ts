import { resultOf } from '@penstock/client';
import { Argument, type Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import { printJson } from '../output.ts';
import { allItems } from '../pages.ts';

type Api = ReturnType<typeof contextOf>['adminClient']['api'];

/** What is done to a user that exists, and what to say then. */
interface UserChange {
  readonly name: string;
  readonly about: string;
  readonly change: (api: Api, path: { readonly userId: string }) => Promise<unknown>;
  readonly told: (email: string) => string;
}

const ofUser = (api: Api, body: { isDisabled?: boolean; isAdministrator?: boolean }, userId: string) =>
  resultOf(api.PATCH('/api/v1/users/{userId}', { params: { path: { userId } }, body }));

const CHANGES: readonly UserChange[] = [
  {
    name: 'disable',
    about: 'end all sessions of a user, who cannot sign in again',
    change: (api, { userId }) => ofUser(api, { isDisabled: true }, userId),
    told: (email) => `${email} cannot sign in any more.`,
  },
  {
    name: 'enable',
    about: 'let a user sign in again',
    change: (api, { userId }) => ofUser(api, { isDisabled: false }, userId),
    told: (email) => `${email} can sign in again.`,
  },
  {
    name: 'sign-out',
    about: 'end all sessions of a user, who can sign in again',
    change: (api, path) => resultOf(api.DELETE('/api/v1/users/{userId}/sessions', { params: { path } })),
    told: (email) => `${email} is signed in nowhere any more.`,
  },
  {
    name: 'unlink',
    about: 'forget who a user is at the OpenID provider: who signs in there next with their address is them',
    change: (api, path) => resultOf(api.DELETE('/api/v1/users/{userId}/identities', { params: { path } })),
    told: (email) => `${email} is nobody at the provider until they sign in there again.`,
  },
  {
    name: 'delete',
    about: 'delete a user, with sessions and memberships',
    change: async (api, path) => {
      await resultOf(api.DELETE('/api/v1/users/{userId}', { params: { path } }));
      return { deleted: path.userId };
    },
    told: (email) => `${email} is no user any more.`,
  },
];

/** Commands about a user that exists, named by e-mail address. */
export const addUserChanges = (users: Command, surroundings: Surroundings): void => {
  for (const { name, about, change, told } of CHANGES)
    users
      .command(name)
      .description(about)
      .argument('<email>')
      .action(async (email: string, _options, command: Command) => {
        const context = contextOf(surroundings, command);
        const { api } = context.adminClient;
        const done = await change(api, { userId: await userIdOf(api, email) });
        if (context.json) return printJson(context.output, done);
        context.output.write(`${told(email)}\n`);
      });

  users
    .command('administrator')
    .description('have a user administer the whole installation, or no longer')
    .argument('<email>')
    .addArgument(new Argument('<yes or no>').choices(['yes', 'no']))
    .action(async (email: string, answer: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const { api } = context.adminClient;
      const isAdministrator = answer === 'yes';
      const user = await ofUser(api, { isAdministrator }, await userIdOf(api, email));
      if (context.json) return printJson(context.output, user);
      context.output.write(`${email} ${isAdministrator ? 'administers' : 'does not administer'} the installation.\n`);
    });
};

const userIdOf = async (api: Api, email: string): Promise<string> => {
  const items = await allItems((query) => resultOf(api.GET('/api/v1/users', { params: { query } })));
  const found = items.find((user) => user.email === email.trim().toLowerCase());
  if (found === undefined) throw new CommandFailure(ExitCode.Failed, `There is no user "${email}".`);
  return found.userId;
};
