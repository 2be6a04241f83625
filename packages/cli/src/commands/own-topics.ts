import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printJson } from '../output.ts';

export const QUEUE_TOPICS = '/api/v1/organizations/{orgId}/queue-topics';
const ONE = `${QUEUE_TOPICS}/{topic}` as const;

interface Size {
  readonly partitions?: number;
  readonly hours?: number;
  readonly size?: number;
  readonly description?: string;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1.5 GiB`; `-` where it is not known. */
export const sizeText = (bytes: number | null | undefined): string => {
  if (bytes === null || bytes === undefined) return '-';
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${Math.round((bytes / 1024 ** step) * 10) / 10} ${UNITS[step]}`;
};

/** Bytes of `500MiB`, `2 GiB` or a number alone. */
export const bytesOf = (text: string): number => {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)?\s*$/i.exec(text);
  const unit = UNITS.findIndex((one) => one.toLowerCase() === (found?.[2] ?? 'B').toLowerCase());
  if (found === null) throw usageFailure(`"${text}" is not a size: give one such as 500MiB or 2GiB.`);
  return Math.round(Number(found[1]) * 1024 ** unit);
};

const wholeOf = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw usageFailure(`"${text}" is not a whole number.`);
  return Number(text);
};

const withSize = (command: Command): Command =>
  command
    .option('--partitions <number>', 'how many; more can be added later, none taken away', wholeOf)
    .option('--hours <number>', 'older records are deleted', wholeOf)
    .option('--size <size>', 'of all partitions together, such as 2GiB: beyond it the oldest are deleted', bytesOf)
    .option('--description <text>', 'what it is for');

const bodyOf = ({ partitions, hours, size, description }: Size) => ({
  ...(partitions === undefined ? {} : { partitions }),
  ...(hours === undefined ? {} : { retentionHours: hours }),
  ...(size === undefined ? {} : { maxBytes: size }),
  ...(description === undefined ? {} : { description }),
});

/** Topics that an organisation makes for itself, within its grant of Message Queue. */
export const addOwnTopicCommands = (topics: Command, surroundings: Surroundings): void => {
  withSize(
    topics
      .command('create')
      .description('make a topic of the organisation; 1 CU of Message Queue is ten partitions and 10 GiB')
      .argument('<topic>', 'its name in Kafka'),
  ).action(async (topic: string, given: Size, command: Command) => {
    const context = contextOf(surroundings, command);
    const path = { orgId: await context.orgId() };
    const body = { topic, ...bodyOf(given) };
    const made = await resultOf(context.client.api.POST(QUEUE_TOPICS, { params: { path }, body }));
    if (context.json) return printJson(context.output, made);
    context.output.write(
      `Pipelines of ${path.orgId} may read and write ${topic} (${made.partitions} partitions, ${sizeText(made.maxBytes)}, ${made.retentionHours} h).\n`,
    );
  });

  withSize(
    topics
      .command('change')
      .description('change how large a topic may be and how long it keeps records')
      .argument('<topic>', 'as listed'),
  ).action(async (topic: string, given: Size, command: Command) => {
    const context = contextOf(surroundings, command);
    const body = bodyOf(given);
    if (Object.keys(body).length === 0) throw usageFailure('Say what is to change: --partitions, --hours, --size.');
    const path = { orgId: await context.orgId(), topic };
    const changed = await resultOf(context.client.api.PATCH(ONE, { params: { path }, body }));
    if (context.json) return printJson(context.output, changed);
    context.output.write(
      `${topic} has ${changed.partitions} partitions, ${sizeText(changed.maxBytes)} at most, for ${changed.retentionHours} h.\n`,
    );
  });

  topics
    .command('delete')
    .description('delete a topic of the organisation with its records; not while a pipeline reads or writes it')
    .argument('<topic>', 'as listed')
    .action(async (topic: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { orgId: await context.orgId(), topic };
      await resultOf(context.client.api.DELETE(ONE, { params: { path } }));
      if (context.json) return printJson(context.output, { deleted: topic });
      context.output.write(`Deleted ${topic} with its records.\n`);
    });
};
