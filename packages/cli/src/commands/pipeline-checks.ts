import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode, usageFailure } from '../failure.ts';
import { readDocument, readLines, readRecords } from '../input-file.ts';
import { issueLines } from '../issues.ts';
import { oneLine, printJson } from '../output.ts';
import { pipelineIdOf } from '../pipeline-reference.ts';

interface PreviewFlags {
  readonly pipeline?: string;
  readonly records?: string;
  readonly messages?: string;
  readonly live?: string;
  readonly earliest?: boolean;
  readonly timeout: string;
}

/** validate and preview: they change nothing. */
export const addPipelineCheckCommands = (pipelines: Command, surroundings: Surroundings): void => {
  pipelines
    .command('validate')
    .description('check a document; exit code 1 where it has errors')
    .argument('<file>', 'the document as JSON; - for standard input')
    .action(async (file: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const document = await readDocument(context.cwd, file);
      const orgId = await context.orgId();
      const result = await resultOf(context.client.api.POST('/api/v1/validate', { body: { document, orgId } }));
      if (context.json) printJson(context.output, result);
      else for (const line of issueLines(result.issues)) context.output.write(`${line}\n`);
      if (!result.valid) throw new CommandFailure(ExitCode.Failed, `${file} is not valid.`);
      if (!context.json) context.output.write(`${file} is valid.\n`);
    });

  pipelines
    .command('preview')
    .description('run a document over some records, writing nothing')
    .argument('[file]', 'the document as JSON; - for standard input')
    .option('--pipeline <pipeline>', 'run the design copy of this pipeline (or the file in its place)')
    .option('--records <file>', 'records to run it over: a JSON array, or one object per line')
    .option('--messages <file>', 'messages to run it over, one per line as they are: also such as are no records')
    .option('--live <number>', 'read this many records from its source instead (default: 10)')
    .option('--earliest', 'with --live: from the oldest records')
    .option('--timeout <seconds>', 'with --live: how long to wait for records', '10')
    .action(async (file: string | undefined, flags: PreviewFlags, command: Command) => {
      const context = contextOf(surroundings, command);
      if (file === undefined && flags.pipeline === undefined) throw usageFailure('Give a file or --pipeline.');
      const input = await inputOf(context.cwd, flags);
      const result = await resultOf(
        context.client.api.POST('/api/v1/preview', {
          body: {
            ...(file === undefined ? {} : { document: await readDocument(context.cwd, file) }),
            ...(flags.pipeline === undefined ? {} : { pipelineId: await pipelineIdOf(context, flags.pipeline) }),
            orgId: await context.orgId(),
            ...input,
          },
          signal: context.signal,
        }),
      );
      if (context.json) return printJson(context.output, result);
      for (const line of issueLines(result.issues)) context.output.write(`${line}\n`);
      for (const stage of result.stages) {
        const { input: taken, output, dropped, errors } = stage;
        context.output.write(
          `\n${oneLine(stage.label)} (${oneLine(stage.instanceName)}): ${taken.length} in, ${output.length} out, ${dropped.length} dropped, ${errors.length} errors\n`,
        );
        for (const record of output) context.output.write(`  out      ${oneLine(JSON.stringify(record))}\n`);
        for (const drop of dropped) context.output.write(`  dropped  ${oneLine(drop.reason)}\n`);
        for (const error of errors) context.output.write(`  error    ${oneLine(`${error.code} ${error.message}`)}\n`);
      }
    });
};

/** What it is run over. */
const inputOf = async (cwd: string, flags: PreviewFlags) => {
  const { records, messages, live } = flags;
  if ([records, messages, live].filter((given) => given !== undefined).length > 1)
    throw usageFailure('Give one of --records, --messages and --live.');
  if (records !== undefined) return { records: await readRecords(cwd, records) };
  if (messages !== undefined) return { messages: await readLines(cwd, messages) };
  return {
    live: {
      maxRecords: countOf(live ?? '10', '--live'),
      from: flags.earliest === true ? ('earliest' as const) : ('latest' as const),
      timeoutMs: countOf(flags.timeout, '--timeout') * 1000,
    },
  };
};

const countOf = (text: string, flag: string): number => {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw usageFailure(`${flag} is "${text}": give a whole number above 0.`);
  return count;
};
