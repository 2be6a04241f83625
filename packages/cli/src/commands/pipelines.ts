import { resultOf } from '@penstock/client';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { readDocument } from '../input-file.ts';
import { printJson, printTable, timeText } from '../output.ts';
import { allPipelines, pipelineIdOf } from '../pipeline-reference.ts';
import { printPipeline } from '../status/pipeline-page.ts';
import { statusColumns } from '../status/status-table.ts';
import { addPipelineCheckCommands } from './pipeline-checks.ts';
import { addPipelineRunCommands } from './pipeline-runs.ts';

export const addPipelineCommands = (program: Command, surroundings: Surroundings): void => {
  const pipelines = program.command('pipelines').description('pipelines of an organisation');

  pipelines
    .command('list')
    .description('list pipelines')
    .option('--status <status>', 'only those with this status: PUBLISHED, RUNNING, PAUSED, STOPPED, ...')
    .action(async (options: { status?: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const items = await allPipelines(context, await context.orgId(), options.status);
      if (context.json) return printJson(context.output, items);
      printTable(
        context.output,
        [
          { title: 'ID', value: (row) => row.pipelineId },
          ...statusColumns(false, false).slice(0, 3),
          { title: 'RELEASED', value: (row) => (row.released ? 'yes' : 'no') },
          { title: 'UPDATED', value: (row) => timeText(row.updatedAt) },
        ],
        items,
        'No pipelines: penstock pipelines save FILE',
      );
    });

  pipelines
    .command('get')
    .description('show one pipeline, or its document')
    .argument('<pipeline>', 'id, beginning of an id, or name')
    .option('--document', 'the document instead of the facts (the design copy)')
    .option('--released', 'the released document')
    .action(async (given: string, options: { document?: boolean; released?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      const path = { pipelineId: await pipelineIdOf(context, given) };
      if (options.document === true || options.released === true) {
        const query = { released: options.released === true };
        return printJson(
          context.output,
          await resultOf(
            context.client.api.GET('/api/v1/pipelines/{pipelineId}/document', { params: { path, query } }),
          ),
        );
      }
      const pipeline = await resultOf(context.client.api.GET('/api/v1/pipelines/{pipelineId}', { params: { path } }));
      if (context.json) return printJson(context.output, pipeline);
      printPipeline(context.output, pipeline);
    });

  pipelines
    .command('save')
    .description('store a document as the design copy; makes a pipeline without --id')
    .argument('<file>', 'the document as JSON; - for standard input')
    .option('--id <pipeline>', 'the pipeline to change')
    .option('--name <name>', 'its name')
    .option('--description <text>', 'its description')
    .option('--offline', 'for the offline channel (default: real-time)')
    .action(
      async (
        file: string,
        options: { id?: string; name?: string; description?: string; offline?: boolean },
        command: Command,
      ) => {
        const context = contextOf(surroundings, command);
        const document = await readDocument(context.cwd, file);
        const enos = await context.enos();
        const id = options.id === undefined ? null : await pipelineIdOf(context, options.id);
        const pipelineId = await enos.save(id, {
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.description === undefined ? {} : { desc: options.description }),
          ...(options.offline === true ? { messageChannel: 1 } : {}),
          pipelineJson: document,
        });
        if (context.json) return printJson(context.output, { pipelineId });
        context.output.write(`Saved ${pipelineId}. Next: penstock pipelines release ${pipelineId}\n`);
      },
    );

  pipelines
    .command('delete')
    .description('delete a pipeline that is not running')
    .argument('<pipeline>', 'id, beginning of an id, or name')
    .action(async (given: string, _options, command: Command) => {
      const context = contextOf(surroundings, command);
      const pipelineId = await pipelineIdOf(context, given);
      await resultOf(context.client.api.DELETE('/api/v1/pipelines/{pipelineId}', { params: { path: { pipelineId } } }));
      if (context.json) return printJson(context.output, { deleted: pipelineId });
      context.output.write(`Deleted ${pipelineId}.\n`);
    });

  addPipelineRunCommands(pipelines, surroundings);
  addPipelineCheckCommands(pipelines, surroundings);
};
