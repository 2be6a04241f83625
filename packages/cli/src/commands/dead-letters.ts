import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { type CommandContext, contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { clip, printJson, printTable, timeText } from '../output.ts';
import { itemsUpTo } from '../pages.ts';
import { pipelineIdOf } from '../pipeline-reference.ts';

interface Filters {
  readonly pipeline?: string;
  readonly stage?: string;
  readonly code?: string;
}

export const addDeadLetterCommands = (program: Command, surroundings: Surroundings): void => {
  const letters = program.command('dead-letters').description('records that became errors');

  letters
    .command('list')
    .description('newest first')
    .option('--pipeline <pipeline>', 'only of this pipeline')
    .option('--stage <instance>', 'only of this stage')
    .option('--code <code>', 'only with this error code')
    .option('--limit <number>', 'at most so many', '20')
    .action(async (flags: Filters & { limit: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId() };
      const filters = await filtersOf(context, flags);
      const { items, hasMore } = await itemsUpTo(countOf(flags.limit, '--limit'), (page) =>
        resultOf(
          context.client.api.GET('/api/v1/organizations/{orgId}/dead-letters', {
            params: { path, query: { ...filters, ...page } },
            signal: context.signal,
          }),
        ),
      );
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'ID', value: (letter) => letter.id },
          { title: 'AT', value: (letter) => timeText(letter.at) },
          { title: 'STAGE', value: (letter) => letter.stage },
          { title: 'CODE', value: (letter) => letter.code },
          { title: 'FROM', value: ({ source }) => placeText(source) },
          { title: 'REASON', value: (letter) => clip(letter.message) },
          { title: 'RECORD', value: recordText },
        ],
        items,
        'No dead letters.',
      );
      if (hasMore) context.output.write(`These are the newest ${items.length}; there are more: --limit shows them.\n`);
    });

  letters
    .command('replay')
    .description('send dead letters back to where they came from')
    .argument('[ids...]', 'as listed; or choose by the options')
    .option('--pipeline <pipeline>', 'those of this pipeline')
    .option('--stage <instance>', 'those of this stage')
    .option('--code <code>', 'those with this error code')
    .option('--max <number>', 'at most so many, without ids', '100')
    .action(async (ids: string[], flags: Filters & { max: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const filters = await filtersOf(context, flags);
      const hasFilters = Object.keys(filters).length > 0;
      if (ids.length > 0 === hasFilters) {
        throw usageFailure('Say which dead letters: ids as listed, or --pipeline, --stage or --code.');
      }
      const path = { orgId: await context.orgId() };
      const body = ids.length > 0 ? { ids } : { ...filters, max: countOf(flags.max, '--max') };
      const result = await resultOf(
        context.client.api.POST('/api/v1/organizations/{orgId}/dead-letters/replay', { params: { path }, body }),
      );
      if (context.json) return printJson(context.output, result);
      context.output.write(`Replayed ${result.replayed}.\n`);
      for (const { id, reason } of result.skipped) context.output.write(`Skipped ${id}: ${reason}\n`);
    });
};

/** Topic, partition and offset; of a message that held several records, also which of them. */
const placeText = (source: {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly place?: { readonly number: number };
}): string => {
  const message = `${source.topic}/${source.partition}@${source.offset}`;
  return source.place === undefined ? message : `${message}#${source.place.number}`;
};

/** The beginning of a record. A tombstone (no value) and an empty message are different things. */
const recordText = ({ value, valueText }: { readonly value: string | null; readonly valueText?: string }): string => {
  if (value === null) return '(tombstone)';
  if (value === '') return '(empty)';
  return clip(valueText ?? `base64:${value}`);
};

const filtersOf = async (
  context: CommandContext,
  flags: Filters,
): Promise<{ pipelineId?: string; stage?: string; code?: string }> => ({
  ...(flags.pipeline === undefined ? {} : { pipelineId: await pipelineIdOf(context, flags.pipeline) }),
  ...(flags.stage === undefined ? {} : { stage: flags.stage }),
  ...(flags.code === undefined ? {} : { code: flags.code }),
});

const countOf = (text: string, flag: string): number => {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw usageFailure(`${flag} is "${text}": give a whole number above 0.`);
  return count;
};
