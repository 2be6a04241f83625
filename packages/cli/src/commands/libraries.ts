import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { printJson, printTable, timeText } from '../output.ts';
import { readLibrary, testLibrary } from '../project/libraries/read-library.ts';

const PATH = '/api/v1/organizations/{orgId}/libraries';
const ONE = `${PATH}/{library}` as const;

/** Operator libraries of an organisation. */
export const addLibraryCommands = (program: Command, surroundings: Surroundings): void => {
  const libraries = program.command('libraries').description('operator libraries that pipelines may use');

  libraries
    .command('list')
    .description('list libraries, with what is installed')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const { items } = await resultOf(context.client.api.GET(PATH, { params: { path } }));
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'LIBRARY', value: (one) => `${one.library}${one.isRecommended ? ' (recommended)' : ''}` },
          { title: 'INSTALLED', value: (one) => (one.installedAt === null ? '-' : timeText(one.installedAt)) },
          { title: 'BY', value: (one) => one.installedBy ?? '-' },
          { title: 'OPERATORS', align: 'right', value: (one) => String(one.operators.length) },
        ],
        items,
        'This installation has no libraries beside the base library.',
      );
    });

  libraries
    .command('install')
    .description('let pipelines use the operators of a library; takes a third of a CU of Stream Designing')
    .argument('<library>', 'as listed')
    .action(async (library: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), library };
      const { items } = await resultOf(context.client.api.PUT(ONE, { params: { path } }));
      if (context.json) return printJson(context.output, items);
      context.output.write(`${path.orgId} may use the operators of ${library}.\n`);
    });

  libraries
    .command('uninstall')
    .description('give back a library that no pipeline needs')
    .argument('<library>', 'as listed')
    .action(async (library: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), library };
      await resultOf(context.client.api.DELETE(ONE, { params: { path } }));
      if (context.json) return printJson(context.output, { uninstalled: library });
      context.output.write(`${path.orgId} no longer has ${library}.\n`);
    });

  libraries
    .command('pack')
    .description('make the package of a library of your own from its folder, and run its cases')
    .argument('<folder>', 'with manifest.json, and the files that it names')
    .option('--output <file>', 'where the package goes; otherwise NAME-VERSION.json')
    .action(async (folder: string, flags: { output?: string }, command: Command) => {
      const { output, cwd } = surroundings;
      const read = readLibrary(cwd, folder);
      const cases = await testLibrary(folder, read);
      const { name, version, operators } = read.library;
      const file = flags.output ?? `${name}-${version}.json`;
      writeFileSync(resolve(cwd, file), `${JSON.stringify(read.packed)}\n`);
      if (command.optsWithGlobals<{ json?: boolean }>().json === true) return printJson(output, { file, cases });
      output.write(`${file}: ${name} ${version}, operators: ${operators.length}, cases passed: ${cases}.\n`);
    });

  libraries
    .command('upload')
    .description('install a library of your own; takes a third of a CU of Stream Designing')
    .argument('<package>', 'a file that "pack" made, or the folder')
    .action(async (path: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const { packed } = readLibrary(context.cwd, path);
      const orgId = await context.orgId();
      const body = packed as Record<string, unknown>;
      const { library } = await resultOf(context.client.api.POST(PATH, { params: { path: { orgId } }, body }));
      if (context.json) return printJson(context.output, { library });
      context.output.write(`${orgId} may use the operators of ${library}.\n`);
    });

  libraries
    .command('download')
    .description('write the package of a library of your own, as it was installed')
    .argument('<library>', 'as listed: name@version')
    .action(async (library: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), library };
      printJson(context.output, await resultOf(context.client.api.GET(`${ONE}/package`, { params: { path } })));
    });
};
