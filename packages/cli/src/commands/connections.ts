import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { type CommandContext, contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode, usageFailure } from '../failure.ts';
import { readInput } from '../input-file.ts';
import { printFacts, printJson, printTable, timeText } from '../output.ts';
import { allItems } from '../pages.ts';

const PATH = '/api/v1/organizations/{orgId}/connections';
const ONE = `${PATH}/{name}` as const;
const TEST = `${ONE}/test` as const;
const USED_BY = `${ONE}/used-by` as const;

type Scalar = string | number | boolean;
interface Given {
  readonly set: readonly string[];
  readonly setFile: readonly string[];
  readonly secretFile: readonly string[];
  readonly description?: string;
}

const many = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Secrets come from files alone: what stands in a command shows in the list of processes. */
const withValues = (command: Command): Command =>
  command
    .option('--set <name=value>', 'a setting, as "penstock connections kinds" lists them', many, [])
    .option('--set-file <name=file>', 'a setting whose text is in a file, - for standard input', many, [])
    .option('--secret-file <name=file>', 'a secret that is in a file, - for standard input', many, [])
    .option('--description <text>', 'what it is for');

const pair = (text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  if (at < 1) throw usageFailure(`"${text}" is not of the form name=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
};

/** Files end in a line break that nobody means. */
const readFiles = async (context: CommandContext, given: readonly string[]): Promise<Record<string, string>> => {
  const read: Record<string, string> = {};
  for (const [name, file] of given.map(pair)) read[name] = (await readInput(context.cwd, file)).replace(/\r?\n$/, '');
  return read;
};

const kindsOf = async (context: CommandContext) =>
  (await resultOf(context.client.api.GET('/api/v1/connection-kinds'))).items;

/** A value in the type that the setting has. */
const typed = (schema: unknown, name: string, text: string): Scalar => {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, { readonly type?: string }>> };
  const type = properties[name]?.type;
  if (type === 'integer' || type === 'number')
    return Number.isNaN(Number(text)) || text.trim() === '' ? text : Number(text);
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
};

const settingsOf = async (
  context: CommandContext,
  kind: string,
  { set, setFile }: Given,
): Promise<Record<string, Scalar>> => {
  const known = (await kindsOf(context)).find((one) => one.kind === kind);
  if (known === undefined) throw usageFailure(`There is no kind "${kind}": penstock connections kinds`);
  const given = set.map(pair).map(([name, text]) => [name, typed(known.settings, name, text)] as const);
  return { ...Object.fromEntries(given), ...(await readFiles(context, setFile)) };
};

/** Connections that stages name. */
export const addConnectionCommands = (program: Command, surroundings: Surroundings): void => {
  const connections = program.command('connections').description('databases and services that stages name');
  addLooking(connections, surroundings);

  withValues(connections.command('add').description('make a connection').argument('<name>').argument('<kind>')).action(
    async (name: string, kind: string, flags: Given, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const settings = await settingsOf(context, kind, flags);
      const secrets = await readFiles(context, flags.secretFile);
      const { description = '' } = flags;
      const body = { name, kind, description, settings, secrets };
      const made = await resultOf(context.client.api.POST(PATH, { params: { path }, body }));
      if (context.json) return printJson(context.output, made);
      context.output.write(`${name} goes to ${made.address}. Try it: penstock connections test ${name}\n`);
    },
  );

  withValues(
    connections
      .command('change')
      .description('change settings or secrets; other settings want the secrets anew')
      .argument('<name>')
      .option('--remove-secret <name>', 'forget a secret', many, []),
  ).action(async (name: string, flags: Given & { removeSecret: readonly string[] }, command: Command) => {
    const context = contextOf(surroundings, command);
    const path = { orgId: await context.orgId(), name };
    const before = await resultOf(context.client.api.GET(ONE, { params: { path } }));
    const settings = { ...before.settings, ...(await settingsOf(context, before.kind, flags)) };
    const removed = Object.fromEntries(flags.removeSecret.map((secret) => [secret, null]));
    const secrets = { ...removed, ...(await readFiles(context, flags.secretFile)) };
    const { description } = flags;
    const body = { settings, secrets, ...(description === undefined ? {} : { description }) };
    const header = { 'if-match': `"${before.revision}"` };
    const changed = await resultOf(context.client.api.PUT(ONE, { params: { path, header }, body }));
    if (context.json) return printJson(context.output, changed);
    context.output.write(`${name} goes to ${changed.address} from the next start of its pipelines on.\n`);
  });

  connections
    .command('remove')
    .description('delete a connection that no pipeline names')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), name };
      await resultOf(context.client.api.DELETE(ONE, { params: { path } }));
      if (context.json) return printJson(context.output, { removed: name });
      context.output.write(`${name} is gone.\n`);
    });

  connections
    .command('test')
    .description('connect as pipelines would, and say how that went')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), name };
      const outcome = await resultOf(context.client.api.POST(TEST, { params: { path } }));
      if (!outcome.connected) throw new CommandFailure(ExitCode.Failed, `${outcome.code}: ${outcome.message}`);
      if (context.json) return printJson(context.output, outcome);
      context.output.write(`Connected in ${outcome.tookMs} ms: ${outcome.found}\n`);
    });
};

const addLooking = (connections: Command, surroundings: Surroundings): void => {
  connections
    .command('list')
    .description('list connections by name')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const items = await allItems((query) => resultOf(context.client.api.GET(PATH, { params: { path, query } })));
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'NAME', value: ({ name }) => name },
          { title: 'KIND', value: ({ kind }) => kind },
          { title: 'ADDRESS', value: ({ address }) => address },
          { title: 'CHANGED', value: ({ updatedAt }) => timeText(updatedAt) },
          { title: 'TESTED', value: ({ testedAt }) => timeText(testedAt) },
        ],
        items,
        'No connections: penstock connections add',
      );
    });

  connections
    .command('show')
    .description('show a connection; of its secrets only which there are')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), name };
      const one = await resultOf(context.client.api.GET(ONE, { params: { path } }));
      if (context.json) return printJson(context.output, one);
      printFacts(context.output, {
        Kind: one.kind,
        Description: one.description === '' ? undefined : one.description,
        ...Object.fromEntries(Object.entries(one.settings).map(([setting, value]) => [setting, String(value)])),
        Secrets: one.secrets.join(', '),
        Changed: `${timeText(one.updatedAt)} by ${one.updatedBy}`,
      });
      for (const { message } of one.issues) context.output.write(`${message}\n`);
    });

  connections
    .command('used-by')
    .description('list the stages that name a connection')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), name };
      const { items } = await resultOf(context.client.api.GET(USED_BY, { params: { path } }));
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'PIPELINE', value: ({ pipelineName }) => pipelineName },
          { title: 'STAGE', value: ({ stage }) => stage },
          { title: 'COPY', value: ({ copy }) => copy },
          { title: 'ID', value: ({ pipelineId }) => pipelineId },
        ],
        items,
        'No pipeline names it.',
      );
    });

  connections
    .command('kinds')
    .description('list the kinds of connections with their settings and secrets')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const items = await kindsOf(context);
      if (context.json) return printJson(context.output, items);
      const namesOf = (schema: unknown): string =>
        Object.keys((schema as { readonly properties?: object }).properties ?? {}).join(', ');
      printTable(
        context.output,
        [
          { title: 'KIND', value: ({ kind }) => kind },
          { title: 'SETTINGS', value: ({ settings }) => namesOf(settings) },
          { title: 'SECRETS', value: ({ secrets }) => namesOf(secrets) },
        ],
        items,
        'No kinds.',
      );
    });
};
