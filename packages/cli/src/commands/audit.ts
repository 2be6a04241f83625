import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { printJson, printTable, timeText } from '../output.ts';
import { itemsUpTo } from '../pages.ts';

interface Flags {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly from?: string;
  readonly to?: string;
  readonly installation?: true;
  readonly limit: string;
}

/** Who did what. */
export const addAuditCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('audit')
    .description('who did what in the organisation, and who looked at its data, newest first')
    .option('--actor <name>', 'only what this access key, user or admin did')
    .option('--action <beginning>', 'only actions that begin so: pipeline., data.read')
    .option('--target <id>', 'only what was done with this pipeline, key or user')
    .option('--from <time>', 'not before this time, as 2026-01-31T12:00:00Z')
    .option('--to <time>', 'not after this time')
    .option('--installation', 'of all organisations, and of none (administrators of the installation)')
    .option('--limit <number>', 'at most so many', '50')
    .action(async (flags: Flags, command: Command) => {
      const context = contextOf(surroundings, command);
      const limit = Number(flags.limit);
      if (!Number.isSafeInteger(limit) || limit < 1)
        throw usageFailure(`--limit is "${flags.limit}": give a whole number.`);
      const { actor, action, target } = flags;
      const wanted = {
        ...(actor === undefined ? {} : { actor }),
        ...(action === undefined ? {} : { action }),
        ...(target === undefined ? {} : { target }),
        ...(flags.from === undefined ? {} : { from: timeOf('--from', flags.from) }),
        ...(flags.to === undefined ? {} : { to: timeOf('--to', flags.to) }),
      };
      const { api } = context.client;
      const path = flags.installation === true ? undefined : { orgId: await context.orgId() };
      const { items, hasMore } = await itemsUpTo(limit, (page) => {
        const query = { ...page, ...wanted };
        return resultOf(
          path === undefined
            ? api.GET('/api/v1/audit', { params: { query } })
            : api.GET('/api/v1/organizations/{orgId}/audit', { params: { path, query } }),
        );
      });
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'AT', value: (entry) => timeText(entry.at) },
          { title: 'ACTOR', value: (entry) => entry.actor },
          { title: 'FROM', value: (entry) => entry.address ?? '' },
          { title: 'ACTION', value: (entry) => entry.action },
          { title: 'TARGET', value: (entry) => entry.target },
          { title: 'DETAIL', value: (entry) => entry.detail ?? '' },
        ],
        items,
        'Nothing of the kind was done.',
      );
      if (hasMore) context.output.write(`There is more: --limit ${limit * 2}, or --to an earlier time.\n`);
    });
};

const timeOf = (flag: string, given: string): number => {
  const at = Date.parse(given);
  if (Number.isNaN(at)) throw usageFailure(`${flag} is "${given}": give a time as 2026-01-31T12:00:00Z.`);
  return at;
};
