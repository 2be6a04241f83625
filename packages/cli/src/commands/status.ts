import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type CommandContext, contextOf, type Surroundings } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { oneLine, printJson, tableLines } from '../output.ts';
import { allPipelines, isUnreachable, type PipelineSummary } from '../pipeline-reference.ts';
import { Screen } from '../status/screen.ts';
import { ageText, showsReason, statusColumns } from '../status/status-table.ts';

export const addStatusCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('status')
    .description('state, rate, lag and errors of every pipeline')
    .option('-w, --watch', 'keep showing it until Ctrl-C')
    .option('--interval <seconds>', 'how often with --watch', intervalOf, 1)
    .action(async (options: { watch?: boolean; interval: number }, command: Command) => {
      const context = contextOf(surroundings, command);
      if (options.watch === true) await watch(context, options.interval);
      else print(context, await pipelinesToShow(context));
    });
};

const intervalOf = (text: string): number => {
  const seconds = Number(text);
  if (!(seconds >= 0.2 && seconds <= 3600)) {
    throw usageFailure(`--interval is "${text}": give seconds from 0.2 to 3600.`);
  }
  return seconds;
};

/** Of one organisation, or of all of them for an administrator who named none. */
const pipelinesToShow = async (context: CommandContext): Promise<PipelineSummary[]> => {
  const { givenOrgId, adminToken } = context.settings;
  if (givenOrgId !== undefined || adminToken === undefined) {
    return allPipelines(context, await context.orgId());
  }
  const organizations = await context.organizations();
  const perOrganization = await Promise.all(organizations.map(({ orgId }) => allPipelines(context, orgId)));
  return perOrganization.flat();
};

const linesOf = (pipelines: readonly PipelineSummary[], coloured: boolean): string[] => {
  if (pipelines.length === 0) return ['No pipelines yet: penstock pipelines save FILE'];
  const organizations = new Set(pipelines.map(({ orgId }) => orgId));
  const lines = tableLines(statusColumns(coloured, organizations.size > 1), pipelines);
  for (const pipeline of pipelines.filter(showsReason)) {
    lines.push(oneLine(`  ${pipeline.name}: ${pipeline.observed.reason?.message}`));
  }
  return lines;
};

const print = (context: CommandContext, pipelines: readonly PipelineSummary[]): void => {
  if (context.json) printJson(context.output, pipelines);
  else context.output.write(`${linesOf(pipelines, false).join('\n')}\n`);
};

/** A redrawn screen on a terminal; else one block (or one JSON line) per interval. Goes on when the service is away. */
const watch = async (context: CommandContext, intervalSeconds: number): Promise<void> => {
  const { output, json, signal } = context;
  const screen = output.isTTY && !json ? new Screen(output) : undefined;
  let lastSeen: number | undefined;
  let lines: string[] = [];
  try {
    while (!signal.aborted) {
      let note = 'live; Ctrl-C ends this';
      try {
        const pipelines = await pipelinesToShow(context);
        lastSeen = Date.now();
        if (json) output.write(`${JSON.stringify({ at: new Date(lastSeen).toISOString(), pipelines })}\n`);
        lines = linesOf(pipelines, screen !== undefined && process.env.NO_COLOR === undefined);
      } catch (error) {
        if (signal.aborted) break;
        if (lastSeen === undefined || !isUnreachable(error)) throw error;
        note = `no answer from ${context.settings.baseUrl}; what is shown is ${ageText(Date.now() - lastSeen)} old`;
      }
      const head = `Penstock ${context.settings.baseUrl}  ${new Date().toLocaleTimeString('en-GB')}  ${note}`;
      if (screen !== undefined) screen.draw([head, '', ...lines]);
      else if (!json) output.write(`${[head, ...lines].join('\n')}\n\n`);
      await delay(intervalSeconds * 1000, undefined, { signal }).catch(() => {}); // only Ctrl-C ends it early
    }
  } finally {
    screen?.close();
  }
};
