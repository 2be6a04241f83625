import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { oneLine, printJson } from '../output.ts';
import { pipelineIdOf } from '../pipeline-reference.ts';

interface Flags {
  readonly stage?: string;
  readonly records: string;
  readonly timeout: string;
}

export const addSnapshotCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('snapshot')
    .description('look at records that pass the stages of a running pipeline, without disturbing it')
    .argument('<pipeline>', 'id, beginning of an id, or name')
    .option('--stage <instance>', 'only this stage')
    .option('--records <number>', 'records going into and coming out of each stage, 1 to 50', '10')
    .option('--timeout <seconds>', 'how long to wait for them, 1 to 30', '10')
    .action(async (given: string, flags: Flags, command: Command) => {
      const context = contextOf(surroundings, command);
      const body = {
        records: numberOf(flags.records, '--records', 50),
        timeoutMs: numberOf(flags.timeout, '--timeout', 30) * 1000,
        ...(flags.stage === undefined ? {} : { stage: flags.stage }),
      };
      const path = { pipelineId: await pipelineIdOf(context, given) };
      const answer = await resultOf(
        context.client.api.POST('/api/v1/pipelines/{pipelineId}/snapshot', {
          params: { path },
          body,
          signal: context.signal,
        }),
      );
      if (context.json) return printJson(context.output, answer);
      for (const { stage, label, input, output } of answer.records) {
        context.output.write(`${oneLine(label)} (${oneLine(stage)}): ${input.length} in, ${output.length} out\n`);
        for (const record of input) context.output.write(`  in   ${lineOf(record)}\n`);
        for (const record of output) context.output.write(`  out  ${lineOf(record)}\n`);
      }
      if (!answer.complete)
        context.output.write(
          `This is what passed in ${(answer.waitedMs / 1000).toFixed(1)} s; not every stage had ${body.records} records to show.\n`,
        );
    });
};

const lineOf = ({ text, isCut }: { text: string; isCut: boolean }): string => oneLine(isCut ? `${text}…` : text);

const numberOf = (text: string, flag: string, maximum: number): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1 || number > maximum)
    throw usageFailure(`${flag} is "${text}": give a whole number from 1 to ${maximum}.`);
  return number;
};
