import { resultOf } from '@penstock/client';
import { type Command, Option } from 'commander';
import { type CommandContext, contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import { printFacts, printJson, printTable } from '../output.ts';
import { allItems } from '../pages.ts';

const PATH = '/api/v1/organizations/{orgId}/alarm-receivers';
const ONE = `${PATH}/{receiverId}` as const;
const TEST = `${ONE}/test` as const;

const language = () => new Option('--language <code>', 'of the texts').choices(['en', 'zh']).default('en');

const listOf = (context: CommandContext, path: { readonly orgId: string }) =>
  allItems((query) => resultOf(context.client.api.GET(PATH, { params: { path: { ...path }, query } })));

/** Id of a receiver of the organisation by its id or its name. */
export const receiverIdOf = async (context: CommandContext, orgId: string, given: string): Promise<string> => {
  const found = (await listOf(context, { orgId })).filter(({ receiverId, name }) => [receiverId, name].includes(given));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.receiverId;
  throw new CommandFailure(
    ExitCode.Failed,
    only === undefined ? `There is no receiver "${given}".` : `Several receivers are called "${given}": give the id.`,
  );
};

/** Who an organisation's alarms are told to. */
export const addReceiverCommands = (program: Command, surroundings: Surroundings): void => {
  const receivers = program.command('receivers').description('who alarms are told to, by mail or webhook');

  receivers
    .command('list')
    .description('list receivers by name')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const items = await listOf(context, { orgId: await context.orgId() });
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'NAME', value: ({ name }) => name },
          { title: 'KIND', value: ({ kind }) => kind },
          { title: 'ADDRESS', value: ({ address }) => address },
          { title: 'LANGUAGE', value: (receiver) => receiver.language },
          { title: 'ID', value: ({ receiverId }) => receiverId },
        ],
        items,
        'No receivers: penstock receivers add-mail, penstock receivers add-webhook',
      );
    });

  for (const [name, kind, what] of [
    ['add-mail', 'email', '<address>'],
    ['add-webhook', 'webhook', '<url>'],
  ] as const)
    receivers
      .command(name)
      .description(kind === 'email' ? 'tell somebody by mail' : 'tell a program by a signed call (Standard Webhooks)')
      .argument('<name>')
      .argument(what)
      .addOption(language())
      .action(async (given: string, address: string, flags: { language: 'en' | 'zh' }, command: Command) => {
        const context = contextOf(surroundings, command);
        const path = { orgId: await context.orgId() };
        const body = { name: given, kind, address, language: flags.language };
        const made = await resultOf(context.client.api.POST(PATH, { params: { path }, body }));
        if (context.json) return printJson(context.output, made);
        printFacts(context.output, { Id: made.receiverId, Address: made.address, Secret: made.secret ?? undefined });
        if (made.secret !== null)
          context.output.write('The secret is shown this once: deliveries are signed with it.\n');
        if (!made.canSend)
          context.output.write('Mails cannot be sent yet: PENSTOCK_SMTP_URL is not set where the service runs.\n');
      });

  receivers
    .command('remove')
    .description('delete a receiver, with what is on its way to it')
    .argument('<receiver>', 'id or name')
    .option('--force', 'also where pipelines name it')
    .action(async (given: string, flags: { force?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      const orgId = await context.orgId();
      const receiverId = await receiverIdOf(context, orgId, given);
      const query = { force: flags.force === true };
      await resultOf(context.client.api.DELETE(ONE, { params: { path: { orgId, receiverId }, query } }));
      if (context.json) return printJson(context.output, { removed: receiverId });
      context.output.write(`${given} is told nothing any more.\n`);
    });

  receivers
    .command('test')
    .description('send something there now, and say how that went')
    .argument('<receiver>', 'id or name')
    .action(async (given: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const orgId = await context.orgId();
      const receiverId = await receiverIdOf(context, orgId, given);
      const outcome = await resultOf(context.client.api.POST(TEST, { params: { path: { orgId, receiverId } } }));
      if (!outcome.delivered) throw new CommandFailure(ExitCode.Failed, `${outcome.code}: ${outcome.message}`);
      if (context.json) return printJson(context.output, outcome);
      context.output.write('It was taken.\n');
    });

  receivers
    .command('new-secret')
    .description('give a webhook another secret to sign with')
    .argument('<receiver>', 'id or name')
    .action(async (given: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const orgId = await context.orgId();
      const receiverId = await receiverIdOf(context, orgId, given);
      const params = { path: { orgId, receiverId } };
      const changed = await resultOf(context.client.api.PATCH(ONE, { params, body: { newSecret: true } }));
      if (context.json) return printJson(context.output, changed);
      context.output.write(changed.secret === null ? 'Mails are not signed.\n' : `Secret: ${changed.secret}\n`);
    });
};
