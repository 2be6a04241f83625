import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printJson, printTable, timeText } from '../output.ts';
import { pipelineIdOf } from '../pipeline-reference.ts';

export const addEventsCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('events')
    .description('what happened to a pipeline, newest first')
    .argument('<pipeline>', 'id, beginning of an id, or name')
    .option('--limit <number>', 'at most so many', '20')
    .action(async (given: string, flags: { limit: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const limit = Number(flags.limit);
      if (!Number.isSafeInteger(limit) || limit < 1)
        throw usageFailure(`--limit is "${flags.limit}": give a whole number.`);
      const path = { pipelineId: await pipelineIdOf(context, given) };
      const { items } = await resultOf(
        context.client.api.GET('/api/v1/pipelines/{pipelineId}/events', { params: { path, query: { limit } } }),
      );
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'AT', value: (event) => timeText(event.at) },
          { title: 'SEVERITY', value: (event) => event.severity },
          { title: 'CODE', value: (event) => event.code },
          { title: 'MESSAGE', value: (event) => event.message },
        ],
        items,
        'Nothing has happened yet.',
      );
    });
};
