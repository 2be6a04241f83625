import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { printJson, printTable } from '../output.ts';
import { allItems } from '../pages.ts';

export const addOperatorsCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('operators')
    .description('the operators that pipelines are made of, or one of them with its options')
    .argument('[id]', 'as listed')
    .option('--own', 'with those of the libraries of its own that the organisation has installed')
    .action(async (id: string | undefined, flags: { own?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      const { api } = context.client;
      const own = flags.own === true ? { orgId: await context.orgId() } : {};
      if (id !== undefined) {
        // Its schema is the reference; there is nothing a table could add to it.
        return printJson(
          context.output,
          await resultOf(api.GET('/api/v1/operators/{id}', { params: { path: { id }, query: own } })),
        );
      }
      const items = await allItems((query) =>
        resultOf(api.GET('/api/v1/operators', { params: { query: { ...query, ...own } } })),
      );
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'ID', value: (operator) => operator.id },
          { title: 'LABEL', value: (operator) => operator.label },
          { title: 'KIND', value: (operator) => operator.kind },
          { title: 'WHAT IT DOES', value: (operator) => operator.summary },
        ],
        items,
        'No operators.',
      );
    });
};
