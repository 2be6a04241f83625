import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { clip, printJson, printTable, timeText } from '../output.ts';

const RECORDS = '/api/v1/organizations/{orgId}/topics/{topic}/records';
/** Most in one answer. */
const MAX_RECORDS = 200;

interface Options {
  readonly limit: number;
  readonly partition?: number;
  readonly offset?: number;
  readonly since?: number;
  readonly fields?: true;
}

const wholeOf = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw usageFailure(`"${text}" is not a whole number.`);
  return Number(text);
};

/** Unix ms of a number of them, of a time as in ISO 8601, or of `15m`, `2h`, `3d` ago. */
export const momentOf = (text: string, now: number): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const ago = /^(\d{1,6})(s|m|h|d)$/.exec(text);
  if (ago !== null) return Math.max(0, now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at) || at < 0)
    throw usageFailure(`"${text}" is not a time: give one such as 2026-01-31T12:00:00Z, 15m (ago) or Unix ms.`);
  return at;
};

const UNIT_MS = { s: 1000, m: 60_000, h: 3600_000, d: 24 * 3600_000 };

/** Looking at what lies in topics. */
export const addTopicRecordCommands = (topics: Command, surroundings: Surroundings): void => {
  topics
    .command('records')
    .description('look at records of a topic: the newest, or from a place on; no position changes')
    .argument('<topic>', 'its name in Kafka')
    .option('--limit <number>', `at most so many, ${MAX_RECORDS} at most`, wholeOf, 20)
    .option('--partition <number>', 'only of this one', wholeOf)
    .option('--offset <number>', 'from this offset of --partition on', wholeOf)
    .option('--since <time>', 'from this time on: 2026-01-31T12:00:00Z, 15m (ago), Unix ms', (text) =>
      momentOf(text, Date.now()),
    )
    .option('--fields', 'which fields they have, with types and an example')
    .action(async (topic: string, options: Options, command: Command) => {
      const { fields: isOfFields, ...query } = options;
      if (query.limit < 1 || query.limit > MAX_RECORDS)
        throw usageFailure(`--limit is ${query.limit}: give 1 to ${MAX_RECORDS}.`);
      if (query.offset !== undefined && query.partition === undefined)
        throw usageFailure('An offset is one of a partition: give --partition as well.');
      if (query.offset !== undefined && query.since !== undefined)
        throw usageFailure('Give --offset or --since, not both.');
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), topic };
      const found = await resultOf(
        context.client.api.GET(RECORDS, { params: { path, query }, signal: context.signal }),
      );
      if (context.json) return printJson(context.output, found);
      if (isOfFields === true)
        printTable(
          context.output,
          [
            { title: 'FIELD', value: ({ path: pointer }) => pointer || '(the value)' },
            { title: 'TYPES', value: ({ types }) => types.join(', ') },
            { title: 'RECORDS', align: 'right', value: ({ count }) => String(count) },
            { title: 'EXAMPLE', value: ({ example }) => clip(example) },
          ],
          found.fields,
          `None of ${found.items.length} records is JSON.`,
        );
      else
        printTable(
          context.output,
          [
            { title: 'PLACE', value: ({ partition, offset }) => `${partition}@${offset}` },
            { title: 'AT', value: ({ timestamp }) => timeText(timestamp) },
            { title: 'KEY', value: ({ key }) => shownBytes(key, '-') },
            { title: 'VALUE', value: ({ value }) => shownBytes(value, '(tombstone)') },
          ],
          found.items,
          'No records there.',
        );
      const heldBack = found.partitions.reduce((sum, partition) => sum + partition.heldBack, 0);
      if (heldBack > 0) context.output.write(`${heldBack} more offsets are of transactions that are still open.\n`);
      if (found.isCutShort) context.output.write('Time was up before everything was looked at; there may be more.\n');
    });
};

const shownBytes = (
  part: { readonly base64: string; readonly text: string | null; readonly size: number } | null,
  none: string,
): string => {
  if (part === null) return none;
  if (part.size === 0) return '(empty)';
  return clip(part.text ?? `base64:${part.base64}`);
};
