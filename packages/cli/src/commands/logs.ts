import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { type CommandContext, contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { oneLine, printJson, printTable } from '../output.ts';
import { pipelineIdOf } from '../pipeline-reference.ts';
import { countText } from '../status/status-table.ts';

interface LogsFlags {
  readonly file?: string;
  readonly tail: number;
}

export const addLogsCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('logs')
    .description('logs of the current or last run: of the worker, or of driver and executors')
    .argument('<pipeline>', 'id, beginning of an id, or name')
    .option('--file <id>', 'show this one, as the list has it')
    .option('--tail <bytes>', 'its last bytes', bytesOf, 65_536)
    .action(async (given: string, flags: LogsFlags, command: Command) => {
      const context = contextOf(surroundings, command);
      const pipelineId = await pipelineIdOf(context, given);
      if (flags.file === undefined) await list(context, pipelineId);
      else await show(context, pipelineId, flags.file, flags.tail);
    });
};

const MAX_TAIL = 1_048_576;

const bytesOf = (text: string): number => {
  const bytes = Number(text);
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > MAX_TAIL)
    throw usageFailure(`--tail is "${text}": give bytes from 1 to ${MAX_TAIL}.`);
  return bytes;
};

const list = async (context: CommandContext, pipelineId: string): Promise<void> => {
  const { api } = context.client;
  const path = { pipelineId };
  const found = await resultOf(
    api.GET('/api/v1/pipelines/{pipelineId}/logs', { params: { path }, signal: context.signal }),
  );
  if (context.json) return printJson(context.output, found);
  printTable(
    context.output,
    [
      { title: 'ID', value: (log) => log.logId },
      { title: 'OF', value: (log) => (log.executorId === null ? log.role : `${log.role} ${log.executorId}`) },
      { title: 'ATTEMPT', align: 'right', value: (log) => (log.attempt === null ? '-' : String(log.attempt)) },
      { title: 'BYTES', align: 'right', value: (log) => countText(log.bytes) },
    ],
    found.files,
    found.runId === null ? 'It has never been started.' : 'There are no logs of its last run.',
  );
  for (const trouble of found.troubles) context.output.write(`${oneLine(trouble)}\n`);
};

const show = async (context: CommandContext, pipelineId: string, logId: string, tailBytes: number): Promise<void> => {
  const { api } = context.client;
  const params = { path: { pipelineId, logId }, query: { tailBytes } };
  const text = await resultOf(
    api.GET('/api/v1/pipelines/{pipelineId}/logs/{logId}', { params, parseAs: 'text', signal: context.signal }),
  );
  if (context.json) return printJson(context.output, { logId, text });
  // Line by line: programs may write what would move the cursor.
  const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
  for (const line of lines.split('\n')) context.output.write(`${oneLine(line.replaceAll('\t', '    '))}\n`);
};
