import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import { oneLine, printJson } from '../output.ts';
import { applyPlan, checkPlan } from '../project/apply/apply-plan.ts';
import { type Plan, type PlannedPipeline, planPipelines } from '../project/apply/plan-pipelines.ts';
import { hasNoChanges, planLines } from '../project/apply/plan-text.ts';
import { junitOf } from '../project/cases/junit.ts';
import { type CaseResult, runCases } from '../project/cases/run-cases.ts';
import { readProject } from '../project/folder/read-project.ts';
import { readOwnLibraries } from '../project/libraries/read-library.ts';

interface ChangeFlags {
  readonly env?: string;
  readonly release?: boolean;
  readonly prune?: boolean;
  readonly withSecrets?: boolean;
  readonly acceptRefusals?: boolean;
  readonly check?: boolean;
  readonly note?: string;
}

const FOLDER = 'with penstock.yaml and pipelines/NAME/pipeline.json (or .yaml), cases in pipelines/NAME/cases';
const ENV = 'fill in the parameters of this environment of penstock.yaml';

/** Pipelines as files in Git: tested where they are, compared with what is there, and brought there. */
export const addCodeCommands = (program: Command, surroundings: Surroundings): void => {
  addTestCommand(program, surroundings);

  changing(program.command('plan'))
    .description('what "apply" would change, stage by stage, and what happens to state and positions; changes nothing')
    .option('--check', 'end with exit code 1 where there is anything to change')
    .action(async (folder: string, flags: ChangeFlags, command: Command) => {
      const { context, plan, options } = await planned(surroundings, folder, flags, command);
      if (context.json) printJson(context.output, shown(plan));
      else printPlan(context.output.write, plan, options);
      await checkPlan(context, plan, options);
      if (flags.check === true && !hasNoChanges(plan, options))
        throw new CommandFailure(ExitCode.Failed, 'The organisation is not as the folder says.');
    });

  changing(program.command('apply'))
    .description('bring the pipelines of a folder into the organisation: all of them or, where one is refused, none')
    .option('--note <text>', 'why; kept with what is released')
    .action(async (folder: string, flags: ChangeFlags, command: Command) => {
      const { context, plan, options } = await planned(surroundings, folder, flags, command);
      if (!context.json) printPlan(context.output.write, plan, options);
      const outcome = await applyPlan(context, plan, options);
      if (context.json) return printJson(context.output, { ...shown(plan), ...outcome });
      for (const { name, pipelineId, revision, version } of outcome.applied)
        context.output.write(
          `Applied ${oneLine(name)}: ${pipelineId}, revision ${revision}, ${version === null ? 'not released' : `version ${version} is released`}.\n`,
        );
      for (const name of outcome.deleted) context.output.write(`Deleted ${oneLine(name)}.\n`);
    });
};

const changing = (command: Command): Command =>
  command
    .argument('<folder>', FOLDER)
    .option('--env <name>', ENV)
    .option('--release', 'also put online what is not; running pipelines have to be paused for that')
    .option('--prune', 'delete pipelines of the organisation that are not in the folder')
    .option('--with-secrets', 'save the secrets of the folder again; they cannot be compared')
    .option('--accept-refusals', 'release although the next start would be refused');

const planned = async (surroundings: Surroundings, folder: string, flags: ChangeFlags, command: Command) => {
  const context = contextOf(surroundings, command);
  const options = {
    release: flags.release === true,
    prune: flags.prune === true,
    withSecrets: flags.withSecrets === true,
    acceptRefusals: flags.acceptRefusals === true,
    ...(flags.note === undefined ? {} : { note: flags.note }),
  };
  const variables = surroundings.environment;
  const project = readProject({ cwd: context.cwd, folder, environment: flags.env, variables });
  return { context, options, plan: await planPipelines(context, project, options) };
};

const printPlan = (write: (text: string) => void, plan: Plan, options: { readonly prune: boolean }): void => {
  for (const line of planLines(plan, options)) write(`${line}\n`);
};

const shown = ({ orgId, pipelines, others }: Plan) => ({
  orgId,
  pipelines: pipelines.map(shownPipeline),
  others: others.map(({ name, pipelineId, status }) => ({ name, pipelineId, status })),
});

const shownPipeline = ({ name, action, found, changes, facts, hasSecrets, forecast }: PlannedPipeline) => ({
  name,
  action,
  pipelineId: found?.pipelineId ?? null,
  status: found?.status ?? null,
  revision: found?.revision ?? null,
  version: found?.version ?? null,
  changes,
  facts,
  hasSecrets,
  forecast: forecast ?? null,
});

const addTestCommand = (program: Command, surroundings: Surroundings): void => {
  program
    .command('test')
    .description('run the cases of a folder of pipelines through the engine; nothing is needed but the files')
    .argument('<folder>', FOLDER)
    .option('--env <name>', ENV)
    .option('--junit <file>', 'also write the results as JUnit XML')
    .action(async (folder: string, flags: { env?: string; junit?: string }, command: Command) => {
      const { output, cwd, environment: variables } = surroundings;
      const project = readProject({ cwd, folder, environment: flags.env, variables });
      const ownLibraries = readOwnLibraries(cwd, folder);
      const results: CaseResult[] = [];
      for (const pipeline of project.pipelines) results.push(...(await runCases(pipeline, ownLibraries)));
      const failed = results.filter(({ differences }) => differences.length > 0).length;
      if (command.optsWithGlobals<{ json?: boolean }>().json === true) printJson(output, results);
      else printResults(output.write, results, failed);
      if (flags.junit !== undefined) writeFileSync(resolve(cwd, flags.junit), junitOf(results));
      // A folder whose cases were all lost must not look tested.
      if (results.length === 0) throw new CommandFailure(ExitCode.Failed, `${folder} holds no cases.`);
      if (failed > 0) throw new CommandFailure(ExitCode.Failed, `${failed} of ${results.length} cases failed.`);
    });
};

const printResults = (write: (text: string) => void, results: readonly CaseResult[], failed: number): void => {
  for (const { pipeline, title, file, line, differences } of results) {
    const place = differences.length === 0 ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
    write(`${differences.length === 0 ? 'ok    ' : 'FAILED'}  ${oneLine(`${pipeline}: ${title}${place}`)}\n`);
    for (const text of differences)
      for (const [index, row] of text.split('\n').entries())
        write(`        ${index === 0 ? '' : '  '}${oneLine(row)}\n`);
  }
  write(`${results.length - failed} passed, ${failed} failed\n`);
};
