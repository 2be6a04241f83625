import { resultOf } from '@penstock/client';
import { type Command, Option } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { printJson } from '../output.ts';

const LANGUAGES = ['en', 'zh'] as const;

/** What a code of an answer, an issue, an event or a dead letter means. */
export const addExplainCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('explain')
    .description('what a code of an issue, event, answer or dead letter means, and what to do')
    .argument('<code>', 'such as GRAPH_CYCLE')
    .addOption(new Option('--language <language>', 'of the text').choices(LANGUAGES).default('en'))
    .action(async (code: string, { language }: { language: (typeof LANGUAGES)[number] }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { code: code.toUpperCase() };
      const found = await resultOf(
        context.client.api.GET('/api/v1/codes/{code}', { params: { path, query: { language } } }),
      );
      if (context.json) return printJson(context.output, found);
      context.output.write(`${found.meaning}\n${found.remedy === null ? '' : `${found.remedy}\n`}`);
    });
};
