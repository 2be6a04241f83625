import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import { oneLine, printJson } from '../output.ts';
import { applyPlan } from '../project/apply-plan.ts';
import { junitOf } from '../project/junit.ts';
import { makePlan, type PlannedPipeline } from '../project/make-plan.ts';
import { readProject } from '../project/read-project.ts';
import { runCases } from '../project/run-cases.ts';

interface EnvironmentFlag {
  readonly env?: string;
}

/** Pipelines as files in Git: tested where they are, compared with what is there, and brought there. */
export const addCodeCommands = (program: Command, surroundings: Surroundings): void => {
  program
    .command('test')
    .description('run the cases of a folder of pipelines through the engine; nothing is needed but the files')
    .argument('<folder>', 'NAME.json is a document, NAME.cases.json its cases')
    .option('--env <name>', 'fill in the parameters of environments/NAME.json')
    .option('--junit <file>', 'also write the results as JUnit XML')
    .action(async (folder: string, flags: EnvironmentFlag & { junit?: string }) => {
      const { output, cwd } = surroundings;
      const pipelines = readProject(cwd, folder, flags.env);
      const results = [];
      for (const pipeline of pipelines) results.push(...(await runCases(pipeline)));
      for (const { pipeline, name, differences } of results) {
        output.write(`${differences.length === 0 ? 'ok    ' : 'FAILED'}  ${oneLine(pipeline)}: ${oneLine(name)}\n`);
        for (const line of differences.flatMap((text) => text.split('\n')))
          output.write(`          ${oneLine(line)}\n`);
      }
      if (flags.junit !== undefined) writeFileSync(resolve(cwd, flags.junit), junitOf(results));
      const failed = results.filter(({ differences }) => differences.length > 0).length;
      output.write(`${results.length - failed} passed, ${failed} failed\n`);
      // A folder whose cases were all lost must not look tested.
      if (results.length === 0) throw new CommandFailure(ExitCode.Failed, `${folder} holds no cases.`);
      if (failed > 0) throw new CommandFailure(ExitCode.Failed, `${failed} of ${results.length} cases failed.`);
    });

  program
    .command('plan')
    .description('what "apply" would change, stage by stage, and what happens to state; changes nothing')
    .argument('<folder>', 'the folder of pipelines')
    .option('--env <name>', 'fill in the parameters of environments/NAME.json')
    .action(async (folder: string, flags: EnvironmentFlag, command: Command) => {
      const context = contextOf(surroundings, command);
      const plan = await makePlan(context, readProject(context.cwd, folder, flags.env));
      if (context.json) return printJson(context.output, plan.map(shown));
      for (const line of planLines(plan)) context.output.write(`${line}\n`);
    });

  program
    .command('apply')
    .description('bring the pipelines of a folder into the organisation: all of them or, where one is refused, none')
    .argument('<folder>', 'the folder of pipelines')
    .option('--env <name>', 'fill in the parameters of environments/NAME.json')
    .option('--release', 'also put what has changed online; running pipelines have to be paused for that')
    .action(async (folder: string, flags: EnvironmentFlag & { release?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      const plan = await makePlan(context, readProject(context.cwd, folder, flags.env));
      await applyPlan(context, plan, { release: flags.release === true });
      if (context.json) return printJson(context.output, plan.map(shown));
      for (const line of planLines(plan)) context.output.write(`${line}\n`);
      const count = plan.filter(({ action }) => action !== 'none').length;
      context.output.write(count === 0 ? 'Nothing had to be changed.\n' : `${count} applied.\n`);
    });
};

const shown = ({ name, action, pipelineId, status, changes }: PlannedPipeline) => ({
  name,
  action,
  pipelineId: pipelineId ?? null,
  status: status ?? null,
  changes,
});

const planLines = (plan: readonly PlannedPipeline[]): string[] =>
  plan.flatMap(({ name, action, status, changes }) => {
    const head = { create: '+ new      ', update: '~ changed  ', none: '= the same ' }[action];
    return [
      `${head}${oneLine(name)}${status === undefined ? '' : ` (${status})`}`,
      ...changes.map(
        ({ stage, kind, what, state }) =>
          `    ${kind} ${oneLine(stage)}${what.length === 0 ? '' : `: ${oneLine(what.join(', '))}`}; state ${state}`,
      ),
    ];
  });
