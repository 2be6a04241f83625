import { defineProcessor, fieldPointer, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { textField, wholeNumberField } from '../../shared/config/fields.ts';
import { textIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import {
  ioMappingField,
  mentionsState,
  scriptDocumentOptions,
  scriptDrops,
  scriptErrors,
  scriptPointsField,
  stateKeyField,
  timeLimitField,
} from '../../shared/scripts/script-config.ts';
import { scriptOutputs, scriptPoints } from '../../shared/scripts/script-outputs.ts';
import { ScriptStage } from '../../shared/scripts/script-stage.ts';
import { defineScriptState, type ScriptState } from '../../shared/scripts/script-state.ts';
import { Sandbox } from './sandbox.ts';
import { syntaxProblem } from './syntax-check.ts';

const config = Type.Object({
  ioMapping: ioMappingField,
  inputOutput: scriptPointsField,
  script: textField({
    title: 'JavaScript',
    description:
      'The script, run once per batch. It finds the batch in `records` and passes records on with `output.write(record)`.',
    minLength: 1,
    maxLength: 200_000,
    control: 'code',
    language: 'javascript',
    group: 'JavaScript',
  }),
  timeLimitMs: timeLimitField('JavaScript'),
  memoryLimitMb: wholeNumberField({
    title: 'Memory Limit',
    description: 'Memory of the script per task, in MiB.',
    default: 24,
    minimum: 16,
    maximum: 512,
    unit: 'MiB',
    group: 'JavaScript',
    advanced: true,
  }),
  stateKey: stateKeyField('JavaScript'),
});

/** Its definition for one of the data formats. */
export const javascriptBy = (of: Addressing): Omit<ProcessorDefinition<typeof config, ScriptState>, 'kind'> => ({
  ...operatorNames('processor', 'JavaScript'),
  library: LIBRARY,
  stageNameAliases: ['com_streamsets_pipeline_stage_processor_javascript_JavaScriptDProcessor'],
  version: 1,
  labelAliases: ['JavaScript Evaluator'],
  instancePrefixAliases: ['JavaScriptEvaluator'],
  libraries: CLASSIC_LIBRARIES,
  category: 'script',
  keywords: ['script', 'code', 'js', 'evaluator', 'compute'],
  summary: 'Runs a script of your own over the records.',
  description: `The script runs once per batch, in a sandbox without network, files, timers or modules, within limits of time and memory. How records are grouped into batches is not defined, so results should not depend on it.

Objects: \`records\`, the batch; \`record.value\`, a record's fields; \`record.attributes\` (topic, partition, offset, timestamp) and \`record.sourceId\`; \`output.write(record)\`; \`error.write(record, message)\`; \`state\`, an object kept between batches; \`log.info/warn/error(message, …)\`; \`sdcFunctions.getFieldNull(record, path)\`, \`.createRecord(id)\`, \`.createMap(listMap)\`, \`.createEvent(type, version)\`, \`.toEvent(record)\` (events go nowhere), \`.isPreview()\`; \`enosFunc.mcMin\`, \`mcMax\`, \`mcSum\`, \`mcMean\`, \`mcCov\` (standard deviation by mean) and \`input\`, each of \`(record, pointId)\`, on records that Latest Record Merger or Batch Merger put together; the \`NULL_…\` constants, all null. The same objects are there under the name newer StreamSets scripts use: \`sdc.records\`, \`sdc.output.write\`, \`sdc.error.write\`, \`sdc.state\`, \`sdc.log\`, \`sdc.createRecord\` and so on.

Numbers the script leaves alone keep their spelling, however many digits they have. In its arithmetic whole numbers beyond 2^53 lose digits; a \`BigInt\` is written with all of its own. A number that is not finite (\`1 / 0\`) is an error (\`SCRIPT_OUTPUT_NOT_VALID\`), not a null.

With Input/Output rows only records of the input points reach the script (others: \`not-selected\`), and what it writes must fit an output point (\`SCRIPT_OUTPUT_NOT_VALID\`). Records it neither writes nor reports are dropped, as \`not-written\`, or with M:1 as \`merged\`. \`error.write\` makes an error \`SCRIPT_ERROR\`. If the script throws (\`SCRIPT_FAILED\`, with the line) or exceeds a limit (\`SCRIPT_TIME_LIMIT\`, \`SCRIPT_MEMORY_LIMIT\`), nothing of that run counts: with 1:1 the records are run again one by one, for up to twice the time limit, so that only those that fail (or are left when that time is over) are errors; with M:1 the whole batch is. Late and duplicate records and missing values are the script's business.

State: \`state\`, one per task, kept together with the output it led to. Each of its properties is kept by itself as JSON, and a commit writes those that changed: keep what belongs to an asset under its id. A property may have 512 KiB with its name (\`SCRIPT_STATE_TOO_LARGE\`); how many there are is bounded by the memory limit alone, into which the whole state has to fit. Changes are noticed of what the script reaches by the name \`state\` in that run: an object that it got from \`state\` in an earlier batch and still holds is not looked at. The order of the properties is not kept over a restart. Global variables other than \`state\` may be lost at any time.`,
  config,
  errors: scriptErrors,
  drops: scriptDrops,
  documentOptions: scriptDocumentOptions,
  check: ({ script, inputOutput }) => {
    const problem = syntaxProblem(script);
    return [
      ...(problem === undefined
        ? []
        : [textIssue('/script', `The script cannot be read. ${problem.message}`, problem.at)]),
      ...of.check(inputOutput, ['inputPoint', 'outputPoint']),
    ];
  },
  deterministic: false,
  longestCallMs: ({ timeLimitMs }) => timeLimitMs,
  changes: () => 'any',
  requires: ({ script, stateKey }) =>
    mentionsState(script) ? { kind: 'parts', parts: stateKey.map(fieldPointer) } : undefined,
  stores: [defineScriptState((stored) => JSON.stringify(stored))],
  lineage: ({ inputOutput }) => scriptPoints(of, inputOutput),
  create: ({ script, timeLimitMs, memoryLimitMb, inputOutput, ioMapping }, context) =>
    new ScriptStage(
      {
        of,
        timeLimitMs,
        inputs: scriptPoints(of, inputOutput).inputs,
        isOneToOne: ioMapping === '1:1',
        isSlowToOpen: false,
        open: () =>
          new Sandbox({
            script,
            timeLimitMs,
            memoryLimitMb,
            isPreview: context.isPreview,
            outputs: scriptOutputs(of, inputOutput),
          }),
        respell: (source, text) => source.withDigits(text),
      },
      context,
    ),
});

export const javascript = defineProcessor(javascriptBy(POINTS));
